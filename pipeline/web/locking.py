"""Opening and locking the study from the page: by a passphrase typed into it, a key file, or the system's keyring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, text_of
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from pipeline.study.vault.keys import KeySource

MOST_CHARACTERS = 1024


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/ways", answer(show_ways), methods=["GET"]),
        Route("/api/unlock", answer(unlock), methods=["POST"]),
        Route("/api/lock", _lock, methods=["POST"]),
    ]


def show_ways(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """How this study can be opened here."""
    from pipeline.study.settings import key_file_of, read_settings
    from pipeline.study.vault import key_book

    if place.folder is None:
        return {"ways": [], "locked": True, "folder": ""}
    settings, book = read_settings(place.folder), key_book.read_book(place.folder)
    kinds = {wrap.kind for wrap in book.wraps}
    ways = ["passphrase"] if "passphrase" in kinds else []
    key_file = key_file_of(place.folder, settings)
    if key_file is not None and key_file.is_file():
        ways.append("file")
    ways += [kind for kind in ("keyring", "recovery") if kind in kinds]
    return {"ways": ways, "locked": place.locked, "folder": str(place.folder), "name": settings.name}


def unlock(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Open the study; a wrong passphrase is refused (403) and touches nothing."""
    if not place.may_unlock:
        raise RequestError(409, "This page was opened for a study that is open already.")
    place.unlock(_source(place, text_of(body, "way"), body))
    return {}


def _source(place: Place, way: str, body: dict[str, Any]) -> KeySource:
    from pipeline.study.settings import key_file_of, read_settings
    from pipeline.study.vault.keys import KeyFile, KeyText, Passphrase, SystemKeyring

    if way == "passphrase":
        return Passphrase(text_of(body, "passphrase", most=MOST_CHARACTERS))
    if way == "recovery":
        return KeyText(text_of(body, "passphrase", most=MOST_CHARACTERS))
    if way == "keyring":
        return SystemKeyring()
    known = key_file_of(place.folder, read_settings(place.folder)) if place.folder else None
    if way == "file" and known is not None:  # the one of study.toml: the page names no path
        return KeyFile(known)
    raise RequestError(422)


async def _lock(request: Request) -> Response:
    """Forget the key now. Refused while something is at work with it."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    if not await run_in_threadpool(request.app.state.place.lock):
        return JSONResponse({"error": told("Something is still being taken in or given out.")}, 409)
    return JSONResponse({})
