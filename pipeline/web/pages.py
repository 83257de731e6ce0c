"""The pages, as Jinja2 templates fill them."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.verify.store import REVIEWABLE, RecordingInfo, RunInfo

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request
    from starlette.responses import HTMLResponse

HERE = Path(__file__).parent
# Asked for at once, since a browser that finds imports one after another waits for each.
REVIEW_MODULES = (
    "dom api model quiet decide dialog spots transcript player choose questions queue card mark reading verify timeline"
    " reveal keys"
).split()
STATE_WORDS = {
    "received": "received, not yet sealed",
    "sealed": "sealed, waiting to be transcribed",
    "transcribed": "transcribed, waiting for speakers",
    "attributed": "speakers told, waiting for de-identification",
    "redacted": "ready for review",
    "in review": "in review",
    "verified": "verified, sound not yet destroyed",
    "destroyed": "verified, sound destroyed",
    "withdrawing": "withdrawn, being destroyed",
    "withdrawn": "withdrawn and destroyed, without a transcript",
    "failed": "failed",
}


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    made.filters["clock"] = show_clock
    made.filters["age"] = show_age
    return made


def warm_up() -> None:
    """Compile the templates before anybody waits for them."""
    for template in ("list.html", "review.html", "refused.html", "entered.html"):
        _environment().get_template(template)


def render(template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A template as an answer."""
    from starlette.responses import HTMLResponse

    return HTMLResponse(_environment().get_template(template).render(**facts), status)


def refusal_page(why: str, status: int) -> HTMLResponse:
    """A refusal in words for people."""
    return render("refused.html", status, why=why)


def list_page(request: Request) -> HTMLResponse:
    """Recordings with state, progress and age; runs with their failures."""
    desk = request.app.state.desk
    recordings = sorted(desk.store.recordings(), key=_urgency)
    return render(
        "list.html",
        study=desk.store.name,
        reviewer=desk.reviewer,
        csrf=request.state.visit.csrf,
        rows=[_row(info) for info in recordings],
        runs=[_run(run) for run in desk.store.runs()],
        idle=int(request.app.state.door.idle_seconds),
    )


def review_page(request: Request) -> HTMLResponse:
    """The page of one recording: an empty frame that its scripts fill."""
    desk = request.app.state.desk
    info = desk.info(request.path_params["recording"])
    desk.open_soon(info)
    return render(
        "review.html",
        study=desk.store.name,
        reviewer=desk.reviewer,
        csrf=request.state.visit.csrf,
        info=info,
        state=STATE_WORDS[info.state],
        modules=REVIEW_MODULES,
        idle=int(request.app.state.door.idle_seconds),
    )


def _urgency(info: RecordingInfo) -> tuple[int, float, str]:
    """What a person can do something about comes first, the oldest of it first."""
    first = {"in review": 0, "redacted": 1, "failed": 2}.get(info.state, 3)
    last = {"destroyed": 4, "withdrawing": 4, "withdrawn": 5}
    return (last.get(info.state, first), info.received_at, info.name)


def _row(info: RecordingInfo) -> dict[str, Any]:
    return {
        "info": info,
        "state": STATE_WORDS[info.state],
        "open": info.state in REVIEWABLE,
        "measure": info.state in ("redacted", "in review"),
        "age": show_age(time.time() - info.received_at) if info.received_at else "",
    }


def _run(run: RunInfo) -> dict[str, Any]:
    return {"age": show_age(time.time() - run.started_at), "done": run.done, "failures": run.failures}


def show_clock(seconds: float) -> str:
    """0:05:09"""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def show_age(seconds: float) -> str:
    """How long ago, in one unit."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
