"""Who is who, and the roster: voices to hear and to name, people and other words to remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.errors import ParticipantUnknownError
from pipeline.records import Consent
from pipeline.speakers.consent import KINDS, read_cell
from pipeline.study import who
from pipeline.study.left import who_left
from pipeline.study.roster import WORD_KINDS
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, name_of, text_of, texts_of
from pipeline.web.place import Place

if TYPE_CHECKING:
    from starlette.routing import Route

MOST_NICKNAMES = 20
MOST_ANSWER = 20
MOST_CSV_CHARACTERS = 500_000


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    voice = "/api/voices/{code}"
    return [
        Route("/api/people", answer(show_people), methods=["GET"]),
        Route(f"{voice}/sample", answer(show_sample), methods=["GET"]),
        Route(f"{voice}/person", answer(say_who), methods=["POST"]),
        Route(f"{voice}/merge", answer(merge), methods=["POST"]),
        Route(f"{voice}/split", answer(split), methods=["POST"]),
        Route(f"{voice}/forget", answer(forget), methods=["POST"]),
        Route("/api/roster", answer(add_person), methods=["POST"]),
        Route("/api/roster/{code}/name", answer(rename_person), methods=["POST"]),
        Route("/api/roster/{code}/consent", answer(note_consent), methods=["POST"]),
        Route("/api/roster/words", answer(add_words), methods=["POST"]),
        Route("/api/roster/table", answer(import_table), methods=["POST"]),
    ]


def show_people(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Every voice with its share, its likely names and why; everybody in the roster."""
    study = place.study
    roster, voices = study.roster.load(), who.list_voices(study)
    heard = sum(voice.seconds for voice in voices) or 1.0
    names = {row.id: row.name for row in study.recordings()}
    return {
        "voices": [
            {
                **asdict(voice),
                "share": voice.seconds / heard,
                "recordings": [{"id": r, "name": names.get(r, r)} for r in voice.recordings],
                "likely": [{"code": each.code, "name": each.name, "why": each.why} for each in voice.likely],
            }
            for voice in voices
        ],
        "recordings": [{"id": row, "name": name} for row, name in names.items()],
        "left": [asdict(each) for each in who_left(study)],
        "people": [asdict(person) for person in roster.people],
        "words": {kind: getattr(roster, kind) for kind in WORD_KINDS},
    }


def show_sample(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Where the voice can be heard alone."""
    sample = who.find_sample(place.study, path["code"])
    if sample is None:
        raise RequestError(404, "Its sound is not there any more.")
    return asdict(sample)


def say_who(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """This voice is that person."""
    who.say_who(place.study, path["code"], name_of(body, "person").upper())
    return {}


def merge(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Two voices are one person."""
    who.merge(place.study, path["code"], name_of(body, "into").upper())
    return {}


def split(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """In one recording this voice was somebody else."""
    who.split(
        place.study, path["code"], name_of(body, "recording").upper(), new=name_of(body, "new", "").upper()
    )
    return {}


def forget(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Delete its voiceprints."""
    who.forget(place.study, path["code"])
    return {}


def add_person(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Somebody new in the roster; the code is the one given, else the next free one."""
    code = name_of(body, "code", "").upper()
    person = place.study.roster.add(name_of(body, "name"), _nicknames(body), name_of(body, "role", ""), code)
    return {"code": person.code}


def _nicknames(body: dict[str, Any]) -> tuple[str, ...]:
    given = texts_of(body, "nicknames") if "nicknames" in body else []
    if len(given) > MOST_NICKNAMES:
        raise RequestError(422)
    return tuple(name for each in given if (name := name_of({"name": each}, "name")))


def rename_person(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Correct a name; the one before stays as another name, since it may have been spoken."""
    name = name_of(body, "name")
    if not name:
        raise ParticipantUnknownError(code=path["code"], where="")
    place.study.roster.rename(path["code"], name)
    return {}


def note_consent(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """What a person agreed to, each as "yes", "no" or "yes 2026-03-01"; what is not given stays."""
    given = {kind: read_cell(text_of(body, kind, most=MOST_ANSWER)) for kind in KINDS if kind in body}
    person = place.study.roster.set_consent(path["code"].upper(), Consent(**given))
    return {"consent": asdict(person.consent)}


def add_words(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Places, staff and other words to remove: one a line."""
    kind = text_of(body, "kind", most=10)
    if kind not in WORD_KINDS:
        raise RequestError(422)
    words = tuple(name_of({"name": each}, "name") for each in texts_of(body, "words"))
    place.study.roster.add_words(kind, tuple(word for word in words if word))
    return {}


def import_table(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """A roster as a table: a CSV file's content, or what was pasted from a spreadsheet."""
    text = text_of(body, "text", most=MOST_CSV_CHARACTERS)
    roster = place.study.roster.import_bytes(text.encode(), "The table")
    return {"people": len(roster.people)}
