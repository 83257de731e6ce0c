"""The pages, as Jinja2 templates fill them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.study.needs import needed_at
from pipeline.study.vault.study_key import Ring
from pipeline.web import scripts, texts
from pipeline.web.told import told

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, Response
    from starlette.routing import BaseRoute

    from pipeline.web.place import Place

HERE = Path(__file__).parent
# The pages around the review: what each is called, and where it is. Those shown stand in the head of each.
PAGES = {
    "week": "/",
    "read": "/read/{recording}",
    "people": "/people",
    "take-in": "/take-in",
    "out": "/out",
    "evidence": "/evidence",
    "undertaking": "/undertaking",
    "settings": "/settings",
    "ending": "/ending",
    "setup": "/setup",
}
OPEN_TO_ALL = frozenset({"setup"})  # shown while no study is open
SHOWN = ("week", "people", "take-in", "out", "evidence", "settings")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )


def warm_up() -> None:
    """Compile the templates before anybody waits for them."""
    for template in ("page.html", "review.html", "refused.html", "entered.html"):
        _environment().get_template(template)


def render(template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A template as an answer."""
    from starlette.responses import HTMLResponse

    return HTMLResponse(_environment().get_template(template).render(**facts), status)


def refusal_page(request: Request, why: str, status: int) -> HTMLResponse:
    """A refusal in words for people, in the browser's language."""
    command = "session-deid open" if request.app.state.place.may_unlock else "session-deid review"
    return render("refused.html", status, why=told(why), command=command, **_words(request))


def _words(request: Request) -> dict[str, Any]:
    """What a template says its texts with."""
    language = texts.language_of(request)
    return {"language": language, "say": partial(texts.say, language)}


def routes() -> list[BaseRoute]:
    """The pages: empty frames that their scripts fill."""
    from starlette.routing import Route

    return [
        Route("/recordings/{recording}", review_page),
        *(Route(path, _page_of(name)) for name, path in PAGES.items()),
    ]


def _page_of(name: str) -> Callable[[Request], HTMLResponse]:
    def show(request: Request) -> HTMLResponse:
        place = request.app.state.place
        if not place.locked or name in OPEN_TO_ALL:
            return frame(request, name)
        return frame(request, "unlock" if place.folder is not None else "setup")

    return show


def frame(request: Request, name: str) -> HTMLResponse:
    """One of the pages around the review, in the browser's language."""
    place = request.app.state.place
    return render(
        "page.html",
        page=name,
        nav=name not in ("unlock", *OPEN_TO_ALL),
        pages=shown_to(place),
        paths=PAGES,
        study=place.name,
        reviewer=place.reviewer,
        mode="open" if place.may_unlock else "review",
        csrf=request.state.visit.csrf,
        idle=int(request.app.state.door.idle_seconds),
        **_words(request),
    )


def shown_to(place: Place) -> list[str]:
    """The pages in the head of each: those that the key given opens."""
    return [each for each in SHOWN if place.opens(needed_at(PAGES[each], writes=False))]


def review_page(request: Request) -> Response:
    """The page of one recording: an empty frame that its scripts fill. What is destroyed can still be read."""
    from starlette.responses import RedirectResponse

    from pipeline.web.undertaking import lacks

    if request.app.state.place.locked:
        return frame(request, "unlock")
    desk = request.app.state.place.desk
    info = desk.info(request.path_params["recording"])
    if info.state == "destroyed" or not request.app.state.place.opens(Ring.IDENTITY):
        return RedirectResponse(f"/read/{info.id}", 303)
    if lacks(request.app.state.place):
        return frame(request, "undertaking")
    desk.open_soon(info)
    return render(
        "review.html",
        study=desk.store.name,
        reviewer=desk.reviewer,
        csrf=request.state.visit.csrf,
        mode="open" if request.app.state.place.may_unlock else "review",
        info=info,
        state=texts.say(texts.language_of(request), f"state.{info.state}"),
        modules=scripts.modules_of("review"),
        idle=int(request.app.state.door.idle_seconds),
        **_words(request),
    )
