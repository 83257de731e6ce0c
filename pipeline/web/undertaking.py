"""The undertaking of confidentiality in the page: shown and accepted before anything is heard or read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.errors import UndertakingError
from pipeline.study.undertaking import accept, has_accepted, text_of
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of, name_of
from pipeline.web.place import Place

if TYPE_CHECKING:
    from starlette.routing import Route

# Whatever gives a word or a sound of what was said.
HEARD = re.compile(
    r"/api/recordings/[^/]+(/(sound|words|pulse|mentions|decisions|approval))?|/api/(find|replace)"
)


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/undertaking", answer(show), methods=["GET"]),
        Route("/api/undertaking", answer(take), methods=["POST"]),
    ]


def show(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """The text, and whether whom the page was opened for has accepted it."""
    study = place.study
    return {
        "text": text_of(study),
        "accepted": has_accepted(study, place.reviewer),
        "reviewer": place.reviewer,
    }


def take(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """A named person accepts it."""
    if not flag_of(body, "accepted"):
        raise RequestError(409, "Nothing was accepted.")
    accept(place.study, name_of(body, "name"), at_page_of=place.reviewer)
    return {}


def lacks(place: Place) -> bool:
    """Whether the study has an undertaking that whom the page was opened for has not accepted."""
    study = place.open_study
    return study is not None and not has_accepted(study, place.reviewer)


def refuse_unaccepted(place: Place, path: str) -> str:
    """Why an address is refused before the undertaking is accepted; empty when it is not."""
    return str(UndertakingError(person=place.reviewer)) if HEARD.fullmatch(path) and lacks(place) else ""
