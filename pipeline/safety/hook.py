"""The refusal inside Python: an audit hook (PEP 578) sees each connection and name look-up that Python code makes."""

from __future__ import annotations

import errno
import ipaddress
import sys
import threading

_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKS_UP = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


def install(only_thread: int | None = None) -> None:
    """Refuse from here on, for the whole process or one thread of it; a hook cannot be taken out again."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if only_thread is None or threading.get_ident() == only_thread:
            _refuse_network(event, arguments)

    sys.addaudithook(refuse)


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
