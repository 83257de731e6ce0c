"""Giving transcripts out from the page: a preview, files in the formats of other tools, the package for an archive."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.export.options import options_from_table
from pipeline.export.registry import formats
from pipeline.study.giving_out import (
    MOST_RECIPIENT_CHARACTERS,
    PACKAGE,
    Chosen,
    check_recipient,
    choose,
    files_of,
    keep_participant,
    note,
    write_package,
)
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of, name_of, text_of, texts_of
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

MOST_KEPT = 4
PREVIEW_CHARACTERS = 6000
TEXTS = frozenset(
    {
        "txt",
        "md",
        "vtt",
        "srt",
        "csv",
        "json",
        "jsonl",
        "rttm",
        "textgrid",
        "eaf",
        "nvivo",
        "atlasti",
        "maxqda",
    }
)
CHOICES = ("wording", "replacements", "times", "pauses")
KEPT = "out"
DOWNLOADED = "this computer's downloads"


@dataclass(frozen=True, slots=True)
class Given:
    """A file that waits for the browser to fetch it."""

    name: str
    data: bytes = field(repr=False)


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/out", answer(show_out), methods=["GET"]),
        Route("/api/out", answer(give_out), methods=["POST"]),
        Route("/api/out/preview", answer(preview), methods=["POST"]),
        Route("/api/out/{ticket}", fetch, methods=["GET"]),
    ]


def show_out(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """What can be given out, what was, and the formats there are."""
    from pipeline.study.given_out import given_out
    from pipeline.study.vault.states import VERIFIED_STATES

    study = place.study
    options = options_from_table(study.settings.export)
    return {
        "recordings": [
            {"id": row.id, "name": row.name, "given": [told(each) for each in given_out(study, row.id)]}
            for row in study.recordings(*sorted(VERIFIED_STATES))
        ],
        "people": [person.code for person in study.roster.load().people],
        "formats": [{"id": name, "help": told(each.help)} for name, each in formats().items()],
        "options": {name: getattr(options, name) for name in CHOICES},
    }


def _chosen(place: Place, body: dict[str, Any], kinds: Sequence[str], *, evidence: bool) -> Chosen:
    """The recordings asked for with the conventions asked for; raises RequestError for what there is not."""
    if not kinds or any(kind not in (*formats(), PACKAGE) for kind in kinds):
        raise RequestError(422)
    names = [place.study.recording(each).id for each in texts_of(body, "recordings")]
    if not names:
        raise RequestError(422, "No recording was chosen.")
    chosen = choose(place.study, names, evidence=evidence, draft=flag_of(body, "draft"))
    wanted = {name: body[name] for name in CHOICES if name in body}
    options = options_from_table({**place.study.settings.export, **wanted})
    return replace(chosen, options=replace(options, draft=chosen.options.draft))


def preview(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """How the first of the recordings will look; what is no text is shown as one."""
    kind = text_of(body, "format", most=20)
    chosen = _chosen(place, body, [kind if kind in TEXTS else "txt"], evidence=False)
    _, data = next(
        files_of(replace(chosen, documents=chosen.documents[:1]), [kind if kind in TEXTS else "txt"])
    )
    text = data.decode("utf-8-sig")
    return {"text": text[:PREVIEW_CHARACTERS], "cut": len(text) > PREVIEW_CHARACTERS, "as": kind in TEXTS}


def give_out(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Make the files; the audit chain notes it before the browser can fetch them."""
    kinds = list(dict.fromkeys(texts_of(body, "formats")))
    whom = check_recipient(place.study, text_of(body, "to", "", MOST_RECIPIENT_CHARACTERS))
    chosen = _chosen(place, body, kinds, evidence=PACKAGE in kinds)
    if code := name_of(body, "participant", "").upper():
        if PACKAGE in kinds:
            raise RequestError(422)
        chosen = keep_participant(chosen, code)
    given = _package(chosen, kinds) if PACKAGE in kinds else _files(chosen, kinds)
    note(place.study, chosen, kinds, to=whom or DOWNLOADED)
    waiting: dict[str, Given] = place.kept.setdefault(KEPT, {})
    ticket = secrets.token_urlsafe(16)
    waiting[ticket] = given
    for old in list(waiting)[:-MOST_KEPT]:
        del waiting[old]
    return {"ticket": ticket, "name": given.name, "size": len(given.data)}


def _files(chosen: Chosen, kinds: Sequence[str]) -> Given:
    from pipeline.export.xml import zip_bytes

    files = list(files_of(chosen, kinds))
    if len(files) == 1:
        return Given(*files[0])
    return Given(f"{chosen.study}-transcripts.zip", zip_bytes(files))


def _package(chosen: Chosen, kinds: Sequence[str]) -> Given:
    """The package is written to a folder of ours first, as its library wants; it holds de-identified content alone."""
    with tempfile.TemporaryDirectory(prefix="session-deid-") as folder:
        path = write_package(chosen, kinds, Path(folder), zipped=True)
        return Given(path.name, path.read_bytes())


def fetch(request: Request) -> Response:
    """One file, once."""
    from starlette.responses import JSONResponse, Response

    waiting: dict[str, Given] = request.app.state.place.kept.get(KEPT, {})
    given = waiting.pop(request.path_params["ticket"], None)
    if given is None:
        return JSONResponse({"error": told("This file was fetched already.")}, 404)
    name = re.sub(r"[^A-Za-z0-9._ -]", "_", given.name)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(given.data, media_type="application/octet-stream", headers=headers)
