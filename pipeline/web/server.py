"""Runs the review page on this computer's loopback address."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.errors import PortTakenError
from pipeline.verify.store import ReviewStore
from pipeline.web.access import Door

if TYPE_CHECKING:
    import uvicorn

GRACE_SECONDS = 2


def bind_port(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 takes any free one. Raises PortTakenError."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except (OSError, OverflowError):
        bound.close()
        raise PortTakenError(port=port) from None
    return bound


def open_link(door: Door, port: int, recording: str = "") -> str:
    """A link that works once."""
    link = f"http://127.0.0.1:{port}/open?token={door.make_token()}"
    return f"{link}&recording={recording}" if recording else link


def make_server(
    store: ReviewStore, door: Door, *, port: int, reviewer: str, when_ready: Callable[[], None]
) -> uvicorn.Server:
    """A server to `run([bound])`. No access log, and no message of an error, which might hold words."""
    import uvicorn

    from pipeline.web.app import create_app

    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio"):
        quiet = logging.getLogger(name)
        quiet.handlers, quiet.propagate, quiet.disabled = [], False, True

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            when_ready()

    app = create_app(store, door, reviewer=reviewer, port=port)
    return Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            lifespan="on",
        )
    )
