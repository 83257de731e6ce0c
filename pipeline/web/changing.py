"""The study's settings in the page: each with what it means; and the ways to open the study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.errors import SettingsError
from pipeline.study.retention import TABLE, Retention
from pipeline.study.vault.study_key import Ring
from pipeline.web import texts
from pipeline.web.answers import answer
from pipeline.web.bodies import MAX_NAME_CHARACTERS, RequestError, text_of
from pipeline.web.locking import MOST_CHARACTERS
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

SHOWN = (
    *(
        "name",
        "ethics_approval",
        "policy",
        "sensitivity",
        "style",
        "reviewers",
        "destroy_after_days",
        "withdrawal",
    ),
    *(
        "destroy_raw_transcript",
        "unattended_destroy",
        "other_copies",
        "language",
        "speakers",
        "engine",
        "model",
        "hours_for_an_hour",
        "device",
        "diarizer",
    ),
    "settle_seconds",
)
# Rules of the table [retention], each a field of its own: what a board asks for.
RULES = tuple(f"{TABLE}.{name}" for name in Retention.model_fields)


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/settings", answer(show_settings), methods=["GET"]),
        Route("/api/settings", answer(change), methods=["POST"]),
        Route("/api/passphrase", answer(change_passphrase), methods=["POST"]),
        Route("/api/ways", answer(add_way), methods=["POST"]),
        Route("/api/ways/{way}/remove", answer(remove_way), methods=["POST"]),
        Route("/api/recovery", answer(make_recovery), methods=["POST"]),
        Route("/api/language", _choose_language, methods=["POST"]),
    ]


def show_settings(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Every setting that can be changed here, with what there is to choose from."""
    from pipeline.study.key_changes import way_of_runs
    from pipeline.study.settings import rules_of

    study = place.study
    plain, unasked = study.settings.model_dump(mode="json"), way_of_runs(study)
    return {
        "settings": [
            *(
                {"id": name, "value": plain[name], "noted": name in rules_of(study.settings)}
                for name in SHOWN
            ),
            *(
                {"id": f"{TABLE}.{name}", "value": value, "noted": True}
                for name, value in plain[TABLE].items()
            ),
        ],
        "choices": _with_what_is_set(choices(), plain),
        "ways": [
            {
                "name": wrap.name,
                "kind": wrap.kind,
                "ring": wrap.ring.value,
                "runs": wrap.name == unasked,
                "removable": study.key.opens(wrap.ring),
            }
            for wrap in study.book.wraps
        ],
        "ring": study.key.ring.value,
        "rings": [ring.value for ring in Ring if study.key.opens(ring)],
        "languages": list(texts.languages()),
        "folder": str(study.folder),
    }


def _with_what_is_set(
    offered: dict[str, list[dict[str, str]]], plain: Mapping[str, object]
) -> dict[str, list[dict[str, str]]]:
    """The choices with what study.toml says now, where that is none of them (a policy's file, a model that is not installed):
    else a page that is saved would change it without a word."""
    return {
        name: [*each, *({"id": now, "about": ""} for now in [str(plain[name])] if now not in _ids(each))]
        for name, each in offered.items()
    }


def _ids(offered: list[dict[str, str]]) -> set[str]:
    return {each["id"] for each in offered}


def choices() -> dict[str, list[dict[str, str]]]:
    """What can be chosen where not everything can."""
    from pipeline.deidentify.policy import load, names

    policies = [{"id": name, "about": told(load(name).description)} for name in names()]
    plain = {
        "sensitivity": ("strict", "balanced", "lenient"),
        "style": ("label", "surrogate"),
        "reviewers": ("1", "2"),
        "withdrawal": ("their words", "whole recording", "from now on"),
        "engine": ("faster-whisper", "openai-whisper"),
        "model": tuple(_models()),
        "device": ("auto", "cpu", "cuda"),
        "diarizer": tuple(_diarizers()),
    }
    return {"policy": policies} | {k: [{"id": v, "about": ""} for v in values] for k, values in plain.items()}


def _models() -> list[str]:
    """The recognition models that are installed, and the choice of the best of them."""
    from pipeline.models.manifest import load
    from pipeline.models.store import installed
    from pipeline.transcribe.choosing import AUTO

    names = [model.name for model in load() if model.name.startswith("whisper")]
    return [AUTO, *(name for name in names if installed(name))]


def _diarizers() -> list[str]:
    """Those of which both models are installed."""
    from pipeline.models.store import installed
    from pipeline.speakers.diarization.choice import BETWEEN, diarizers

    return [pair for pair in diarizers() if all(map(installed, pair.split(BETWEEN)))]


def change(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Change some settings; what decides something is noted in the record."""
    from pipeline.study.changing import change_settings

    given = {each["id"] for each in choices()["policy"]} if "policy" in body else set()
    if "policy" in body and body["policy"] not in given:  # a path is study.toml's own business
        raise SettingsError(file="study.toml", why="policy: there is no such policy")
    for name, value in body.items():
        if isinstance(value, str) and len(value) > MAX_NAME_CHARACTERS:
            raise SettingsError(file="study.toml", why=f"{name} is too long")
    change_settings(place.study, _with_rules(place.study.settings.retention, body))
    return {}


def _with_rules(now: Retention, body: dict[str, Any]) -> dict[str, Any]:
    """The changes with those of single rules put into their table."""
    plain = {name: value for name, value in body.items() if name not in RULES}
    ruled = {name.removeprefix(f"{TABLE}."): body[name] for name in RULES if name in body}
    return {**plain, TABLE: {**now.model_dump(mode="json"), **ruled}} if ruled else plain


def change_passphrase(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """A new passphrase; the old one no longer opens the study. The old one must be given once more."""
    from pipeline.study.creating import check_passphrase
    from pipeline.study.key_changes import replace_passphrases
    from pipeline.study.vault import keys

    study = place.study
    mine = [wrap for wrap in study.book.wraps if wrap.kind == "passphrase" and wrap.ring is study.key.ring]
    if mine:
        book = study.book.model_copy(update={"wraps": tuple(mine)})
        keys.unlock(book, keys.Passphrase(text_of(body, "old", most=MOST_CHARACTERS)))
    new = text_of(body, "new", most=MOST_CHARACTERS)
    check_passphrase(new)
    replace_passphrases(study, keys.Passphrase(new))
    return {}


def add_way(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """One more passphrase, to one ring or both."""
    from pipeline.study import key_changes
    from pipeline.study.creating import check_passphrase
    from pipeline.study.vault import keys

    ring = text_of(body, "ring", most=10)
    if ring not in tuple(Ring):
        raise RequestError(422)
    new = text_of(body, "passphrase", most=MOST_CHARACTERS)
    check_passphrase(new)
    added = key_changes.add_way(place.study, keys.Passphrase(new), "passphrase", ring=Ring(ring))
    return {"name": added.name}


def remove_way(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """A way that opens the study no longer; never the last one to either ring."""
    from pipeline.study import key_changes

    key_changes.remove_way(place.study, path["way"])
    return {}


def make_recovery(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """A recovery sheet to print: it opens the study like a passphrase. It is shown once and kept nowhere."""
    from pipeline.study.key_changes import add_way
    from pipeline.study.vault.key_files import make_key_text
    from pipeline.study.vault.keys import KeyText

    study = place.study
    text = make_key_text(purpose=f"Recovery sheet of the study {study.id}.")
    add_way(study, KeyText(text), "recovery")
    return {"text": text, "name": study.settings.name}


async def _choose_language(request: Request) -> Response:
    from starlette.responses import JSONResponse

    from pipeline.web.bodies import read_body

    chosen = text_of(await read_body(request), "language", most=10)
    if chosen not in texts.languages():
        raise RequestError(422)
    done = JSONResponse({})
    done.set_cookie(texts.COOKIE, chosen, httponly=True, samesite="strict", path="/")
    return done
