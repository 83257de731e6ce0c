"""Holds in the page: placed and lifted by a named person, with their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.study import holds
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of, name_of, text_of
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.routing import Route

MOST_REASON_CHARACTERS = 2000


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/holds", answer(show), methods=["GET"]),
        Route("/api/holds", answer(place_one), methods=["POST"]),
        Route("/api/holds/lift", answer(lift), methods=["POST"]),
    ]


def show(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Every hold with its reason, what can be held, and what a person states who ends one."""
    study = place.study
    reasons = holds.read_reasons(study)
    return {
        "holds": [
            {
                "recording": each.recording,
                "by": each.by,
                "at": each.at,
                "reason": reasons.get(each.entry, ""),
                "lifted_by": each.lifted_by,
                "lifted_at": each.lifted_at,
            }
            for each in holds.all_holds(study)
        ],
        "recordings": [
            {"id": row.id, "name": row.name} for row in study.recordings() if row.state not in holds.TOO_LATE
        ],
        "statement": told(holds.LIFTING),
        "reviewer": place.reviewer,
    }


def place_one(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Nothing of a recording, or with an empty id of the study, is destroyed from now on."""
    recording, reason, by = _asked(place, body)
    holds.place_hold(place.study, recording, reason=reason, by=by, account=place.study.audit.by)
    return {}


def lift(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """A named person states that it has ended."""
    if not flag_of(body, "accepted"):
        raise RequestError(409, "The hold stands: nobody confirmed that it ends.")
    recording, reason, by = _asked(place, body)
    holds.lift_holds(place.study, recording, reason=reason, by=by, account=place.study.audit.by)
    return {}


def _asked(place: Place, body: dict[str, Any]) -> tuple[str, str, str]:
    """The recording (empty for the study), the reason and the name; raises RequestError where one is missing."""
    named = text_of(body, "recording", "", 20)
    reason = text_of(body, "reason", most=MOST_REASON_CHARACTERS).strip()
    by = name_of(body, "name")
    if not reason or not by:
        raise RequestError(409, "A hold needs a reason and a name.")
    return (place.study.recording(named).id if named else ""), reason, by
