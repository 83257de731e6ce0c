"""Taking a verified recording back into review, from its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.web.answers import answer
from pipeline.web.bodies import name_of, text_of
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.routing import Route


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    one = "/api/recordings/{recording}/reopening"
    return [
        Route(one, answer(show_reopening), methods=["GET"]),
        Route(one, answer(reopen), methods=["POST"]),
    ]


def show_reopening(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """What was given out of the recording, and the name to reopen it under."""
    from pipeline.study.given_out import given_out

    row = place.study.recording(path["recording"])
    return {"given": [told(each) for each in given_out(place.study, row.id)], "reviewer": place.reviewer}


def reopen(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Reopen it for a reason, in a person's name."""
    from pipeline.study.finding import user
    from pipeline.study.reopening import MOST_REASON_CHARACTERS
    from pipeline.study.reopening import reopen as reopen_recording

    row = place.study.recording(path["recording"])
    reason = text_of(body, "reason", most=MOST_REASON_CHARACTERS)
    place.desk.forget(row.id)
    return {
        "given": list(reopen_recording(place.study, row.id, reason, by=name_of(body, "reviewer") or user()))
    }
