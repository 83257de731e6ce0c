"""Runs the review page on this computer's loopback address."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.errors import PortTakenError
from pipeline.web.access import Door
from pipeline.web.place import Place

if TYPE_CHECKING:
    import uvicorn

GRACE_SECONDS = 2
TRIES = 20


def bind_port(port: int) -> list[socket.socket]:
    """Sockets on both loopback addresses under one number; port 0 takes any free one. Raises PortTakenError.

    Both, because a browser asks either for a name below `localhost`: what we left free another account could take.
    """
    for _ in range(1 if port else TRIES):
        first = _bind(socket.AF_INET, "127.0.0.1", port)
        if first is None:
            break
        second = _bind(socket.AF_INET6, "::1", first.getsockname()[1]) if _has_ipv6() else None
        if second is not None or not _has_ipv6():
            return [first, *([second] if second else [])]
        first.close()
    raise PortTakenError(port=port) from None


def _bind(family: int, address: str, port: int) -> socket.socket | None:
    bound = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        bound.bind((address, port))
    except (OSError, OverflowError):
        bound.close()
        return None
    return bound


def _has_ipv6() -> bool:
    """Whether this computer has the address ::1 at all."""
    if not socket.has_ipv6:
        return False
    try:
        probe = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    except OSError:
        return False
    with probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def open_link(door: Door, port: int, recording: str = "") -> str:
    """A link that works once."""
    link = f"http://{door.host}:{port}/open?token={door.make_token()}"
    return f"{link}&recording={recording}" if recording else link


def make_server(
    place: Place,
    door: Door,
    *,
    port: int,
    when_ready: Callable[[], None],
    leave_seconds: float | None = None,
    when_shown: Callable[[], None] = lambda: None,
) -> uvicorn.Server:
    """A server to `run(bind_port(...))`. No access log, and no message of an error, which might hold words.

    It ends by itself once no page has been open for `leave_seconds`; `when_shown` is called when the first page is there.
    """
    import uvicorn

    from pipeline.web.app import create_app

    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio"):
        quiet = logging.getLogger(name)
        quiet.handlers, quiet.propagate, quiet.disabled = [], False, True

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            when_ready()

    def leave() -> None:
        server.should_exit = True

    app = create_app(place, door, port=port, leave=leave, leave_seconds=leave_seconds, when_shown=when_shown)
    server = Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            lifespan="on",
        )
    )
    return server
