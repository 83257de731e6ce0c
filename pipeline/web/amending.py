"""Putting an approved transcript right from the page it is read on; what participants sent back about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from pipeline.study.finding import user
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, name_of, number_of, text_of
from pipeline.web.leaving import day_of
from pipeline.web.place import Place

if TYPE_CHECKING:
    from starlette.routing import Route

    from pipeline.erase.amend import Look

MOST_WORDS_CHARACTERS = 300


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    one = "/api/recordings/{recording}"
    return [
        Route(f"{one}/amendment", answer(show_standing), methods=["GET"]),
        Route(f"{one}/amendment/places", answer(find_places), methods=["POST"]),
        Route(f"{one}/amendment/look", answer(look), methods=["POST"]),
        Route(f"{one}/amendment", answer(amend), methods=["POST"]),
        Route(f"{one}/corrections", answer(show_corrections), methods=["GET"]),
        Route(f"{one}/corrections", answer(enter), methods=["POST"]),
        Route("/api/corrections/{number}", answer(settle), methods=["POST"]),
    ]


def show_standing(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Whether it can be amended, its versions, and an amendment that waits for another person."""
    from pipeline.erase.amend import proposal_of
    from pipeline.study.approved import read_approved, versions_of
    from pipeline.study.vault.states import State

    study = place.study
    row = study.recording(path["recording"])
    approved = read_approved(study, row.id) if row.state is State.DESTROYED else None
    waiting = proposal_of(study, row.id) if approved else None
    return {
        "can": approved is not None,
        "versions": [asdict(each) for each in versions_of(approved)] if approved else [],
        "waiting": {"edits": [asdict(edit) for edit in waiting.edits], "reason": waiting.reason}
        if waiting
        else None,
        "reviewer": place.reviewer,
    }


def find_places(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Every place where these words stand."""
    from pipeline.study.approved import read_approved
    from pipeline.verify import amending

    approved = read_approved(place.study, place.study.recording(path["recording"]).id)
    words = text_of(body, "words", most=MOST_WORDS_CHARACTERS)
    return {
        "places": [
            list(each) for each in amending.find_places(approved.utterances if approved else (), words)
        ]
    }


def look(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """What the edits lead to; nothing is changed."""
    seen = _look(place, path, body)
    return {
        "before": seen.before,
        "after": seen.after,
        "version": seen.version,
        "lines": [list(each) for each in seen.lines],
        "given": list(seen.given_out),
        "statement": seen.statement(),
    }


def _look(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> Look:
    from pydantic import ValidationError

    from pipeline.erase import amend as verb
    from pipeline.verify.amending import read_edits

    try:
        edits = read_edits(body.get("edits"))
    except ValidationError:
        raise RequestError(422) from None
    return verb.look(place.study, place.study.recording(path["recording"]).id, edits)


def amend(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Keep a person's statement and, when it is enough, make the next version."""
    from pipeline.erase import amend as verb
    from pipeline.study.reopening import MOST_REASON_CHARACTERS

    seen = _look(place, path, body)
    if (seen.before, seen.after) != (text_of(body, "before", most=64), text_of(body, "after", most=64)):
        raise RequestError(409, "Something changed since it was shown to you.")
    seen = replace(seen, reason=text_of(body, "reason", most=MOST_REASON_CHARACTERS))
    done = verb.amend(place.study, seen, name_of(body, "reviewer"), by=user())
    place.desk.forget(seen.recording)
    return {"done": done is not None, "edition": done.edition() if done else ""}


def show_corrections(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """What was sent about a recording."""
    from pipeline.study.corrections import read_corrections

    row = place.study.recording(path["recording"])
    found = [each for each in read_corrections(place.study).corrections if each.recording == row.id]
    return {"corrections": [asdict(each) for each in found]}


def enter(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Keep what a participant sent."""
    from pipeline.study import corrections

    row = place.study.recording(path["recording"])
    text = text_of(body, "text", most=corrections.MOST_CHARACTERS)
    kept = corrections.enter(
        place.study,
        row.id,
        name_of(body, "participant"),
        text,
        day=day_of(body, "day"),
        by=place.reviewer or user(),
    )
    return {"number": kept.number}


def settle(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Say what became of it."""
    from pipeline.study import corrections

    how = text_of(body, "how", most=10)
    if how not in ("amended", "noted", "declined"):
        raise RequestError(422)
    number = number_of({"number": int(path["number"]) if path["number"].isdigit() else None}, "number")
    corrections.settle(place.study, number, how, by=place.reviewer or user())  # type: ignore[arg-type]
    return {}
