"""A process of ours stays on this computer, and keeps what it writes to itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.cli.main import needs_network

TRIES = """
import socket, sys
from pipeline.safety import stay_offline
stay_offline()
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
socket.getaddrinfo("localhost", 80)
def refused(attempt):
    try:
        attempt()
    except OSError as error:
        return "works offline" in str(error)
print(refused(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1)),
      refused(lambda: socket.getaddrinfo("example.org", 80)),
      refused(lambda: socket.gethostbyname("example.org")),
      refused(lambda: socket.getaddrinfo("127.example.org", 80)),
      refused(lambda: socket.getaddrinfo("localhost.example.org", 80)),
      refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53))),
      refused(lambda: socket.create_connection(("2001:db8::1", 80), timeout=1)))
"""


def test_nothing_but_this_computer_is_reached() -> None:
    """Connections, datagrams and name look-ups to elsewhere are refused; the loopback works."""
    done = subprocess.run(
        [sys.executable, "-c", TRIES], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["True"] * 7


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["deidentify", "a.wav", "--out", "models"], False),
        (["run", "--workers", "2"], False),
        (["--help"], False),
        ([], False),
        (["models", "install"], True),
        (["run", "--scheduler", "tls://x"], True),
        (["run", "--scheduler=tls://x"], True),
        (["run", "--slurm"], True),
    ],
)
def test_only_models_and_clusters_may_use_the_network(arguments: list[str], needed: bool) -> None:
    """The command line decides, before anything is imported."""
    assert needs_network(arguments) is needed
