"""What every process of ours does first, so that nothing identified slips onto the disk or onto the network."""

from __future__ import annotations

import errno
import ipaddress
import os
import sys


def protect_process() -> None:
    """Files we write are ours alone (umask 077) and a crash leaves no memory on disk (no core dump)."""
    os.umask(0o077)
    try:
        import resource
    except ImportError:  # Windows writes no core files
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def stay_offline() -> None:
    """From here on this process reaches nothing but this computer, whatever a library tries; there is no way back.

    Promise and proof in one: an audit hook (PEP 578) sees every connection and name look-up that Python code makes
    and refuses it as a computer without a network would, so a library that can do without goes on.
    """
    sys.addaudithook(_refuse_network)


_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKS_UP = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in _CONNECTS:
        address = arguments[1]
        # what is no tuple is a socket of this computer
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in _LOOKS_UP:
        host = arguments[0]
    else:
        return
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if isinstance(name, str) and name and not _is_this_computer(name):
        raise OSError(errno.ENETUNREACH, "session-deid works offline")


def _is_this_computer(host: str) -> bool:
    """The loopback's name or an address of it; a name that only begins like one is another computer's."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
