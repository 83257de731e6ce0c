"""The review page as an ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from pipeline.errors import RecordingUnknownError
from pipeline.verify.store import ReviewStore
from pipeline.web import api, pages, reports
from pipeline.web.access import Door
from pipeline.web.desk import Desk
from pipeline.web.security import Guard

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

IDLE_CHECK_SECONDS = 5.0


def create_app(store: ReviewStore, door: Door, *, reviewer: str, port: int) -> Starlette:
    """The application for one study, answering under the door's own host name alone."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    pages.warm_up()
    cookie = "session_deid"
    app = Starlette(
        routes=[
            Route("/", pages.list_page),
            Route("/open", _open),
            Route("/recordings/{recording}", pages.review_page),
            Route("/recordings/{recording}/report", reports.report_page),
            Route("/api/recordings/{recording}/report", reports.report_file),
            *api.routes(),
            Mount("/static", StaticFiles(directory=pages.HERE / "static")),
        ],
        middleware=[Middleware(Guard, door=door, host=f"{door.host}:{port}", cookie=cookie)],
        exception_handlers={RecordingUnknownError: _no_recording, 404: _not_found},
        lifespan=_lifespan,
    )
    app.state.desk = Desk(store, reviewer)
    app.state.door = door
    app.state.cookie = cookie
    return app


async def _open(request: Request) -> Response:
    """Exchange the one-time token for a cookie, and go on from a page of ours: what another place (the file the
    browser was opened with) began would not be sent the cookie."""
    visit = request.app.state.door.exchange(request.query_params.get("token", ""))
    if visit is None:
        return pages.refusal_page("This link was used already, or is too old.", 403)
    wanted = request.query_params.get("recording", "")
    answer = pages.render("entered.html", to=f"/recordings/{wanted}" if _is_plain(wanted) else "/")
    answer.set_cookie(request.app.state.cookie, visit.id, httponly=True, samesite="strict", path="/")
    return answer


def _is_plain(name: str) -> bool:
    return bool(name) and all(c.isalnum() or c in "-_." for c in name) and not name.startswith(".")


async def _no_recording(_request: Request, error: Exception) -> Response:
    return pages.refusal_page(str(error), 404)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return pages.refusal_page("There is no such page.", 404)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """While nobody has a session, no words and no sound stay in memory."""
    watch = asyncio.create_task(_forget_when_idle(app))
    try:
        yield
    finally:
        watch.cancel()
        app.state.desk.clear()


async def _forget_when_idle(app: Starlette) -> None:
    from starlette.concurrency import run_in_threadpool

    while True:
        await asyncio.sleep(IDLE_CHECK_SECONDS)
        if not app.state.door.anybody():
            await run_in_threadpool(app.state.desk.clear)
