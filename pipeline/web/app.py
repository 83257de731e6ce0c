"""The local page as an ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from pipeline.errors import RecordingUnknownError, RingNeededError, SessionDeidError
from pipeline.web import (
    amending,
    api,
    changing,
    done,
    endings,
    everywhere,
    evidence,
    holds,
    intake,
    labels,
    leaving,
    locking,
    models,
    out,
    pages,
    people,
    reading,
    reopening,
    reports,
    scripts,
    setup,
    sources,
    texts,
    undertaking,
    week,
)
from pipeline.web.access import Door
from pipeline.web.place import Place
from pipeline.web.security import Guard
from pipeline.web.warming import OnceShown

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

IDLE_CHECK_SECONDS = 5.0
ROOMS = (
    api,
    everywhere,
    labels,
    done,
    reports,
    locking,
    week,
    endings,
    reading,
    amending,
    reopening,
    people,
    leaving,
    out,
    evidence,
    holds,
    changing,
    setup,
    models,
    intake,
    sources,
    undertaking,
)


def create_app(
    place: Place,
    door: Door,
    *,
    port: int,
    leave: Callable[[], None] = lambda: None,
    leave_seconds: float | None = None,
    when_shown: Callable[[], None] = lambda: None,
) -> Starlette:
    """The application for one place, answering under the door's own host name alone.

    `leave` ends the server; it is called once no page has been open for `leave_seconds`. `when_shown` is called once,
    when the first page has been shown.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    pages.warm_up()
    cookie = "session_deid"
    app = Starlette(
        routes=_routes(),
        middleware=[
            Middleware(OnceShown, begin=when_shown),
            Middleware(Guard, door=door, host=f"{door.host}:{port}", cookie=cookie),
        ],
        exception_handlers={
            RecordingUnknownError: _no_recording,
            RingNeededError: _other_ring,
            404: _not_found,
        },
        lifespan=_lifespan,
    )
    app.state.place = place
    app.state.door = door
    app.state.cookie = cookie
    app.state.leave = leave
    app.state.leave_seconds = leave_seconds
    return app


def _routes() -> list[BaseRoute]:
    from starlette.routing import Route

    return [
        Route("/open", _open),
        Route("/texts.js", texts.texts_module),
        *pages.routes(),
        *(route for room in ROOMS for route in room.routes()),
        Route("/static/{name}", scripts.send),
    ]


async def _open(request: Request) -> Response:
    """Exchange the one-time token for a cookie, and go on from a page of ours: what another place (the file the
    browser was opened with) began would not be sent the cookie."""
    visit = request.app.state.door.exchange(request.query_params.get("token", ""))
    if visit is None:
        return pages.refusal_page(request, "This link was used already, or is too old.", 403)
    wanted = request.query_params.get("recording", "")
    answer = pages.render("entered.html", to=f"/recordings/{wanted}" if _is_plain(wanted) else "/")
    answer.set_cookie(request.app.state.cookie, visit.id, httponly=True, samesite="strict", path="/")
    return answer


def _is_plain(name: str) -> bool:
    return bool(name) and all(c.isalnum() or c in "-_." for c in name) and not name.startswith(".")


async def _no_recording(request: Request, error: Exception) -> Response:
    return pages.refusal_page(request, str(error), 404)


async def _other_ring(request: Request, error: Exception) -> Response:
    return pages.refusal_page(request, str(error), 403)


async def _not_found(request: Request, _error: Exception) -> Response:
    return pages.refusal_page(request, "There is no such page.", 404)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """While nobody has a session the study is locked, and no words and no sound stay in memory; nor do those of a
    recording that is destroyed."""
    watch = asyncio.create_task(_forget_what_is_over(app))
    try:
        yield
    finally:
        watch.cancel()
        app.state.place.forget()


async def _forget_what_is_over(app: Starlette) -> None:
    from starlette.concurrency import run_in_threadpool

    door: Door = app.state.door
    while True:
        await asyncio.sleep(IDLE_CHECK_SECONDS)
        if not door.anybody():
            await run_in_threadpool(app.state.place.lock)
        else:
            with contextlib.suppress(
                SessionDeidError
            ):  # a ledger that is in use just now: looked at again soon
                await run_in_threadpool(app.state.place.forget_destroyed)
        if app.state.leave_seconds is not None and door.unasked_seconds() > app.state.leave_seconds:
            app.state.leave()
