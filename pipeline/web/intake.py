"""Taking in from the page: files dropped on it, streamed straight into the seal; and drives, folders and the inbox."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pipeline.errors import InputError, SessionDeidError
from pipeline.study.intake.gathering import Taken, gather
from pipeline.study.intake.streaming import Offer, look_at, look_inside, take_stream, take_transcript
from pipeline.web.answers import answer, refusal
from pipeline.web.bodies import MAX_NAME_CHARACTERS, RequestError, flag_of, number_of, text_of, texts_of
from pipeline.web.place import Place

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from pipeline.study.study import Study

MOST_FILES_SHOWN = 200
MOST_TRANSCRIPT_BYTES = 64 << 20
TAKING = "taking"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/offers", answer(offer), methods=["POST"]),
        Route("/api/intake", receive, methods=["POST"]),
        Route("/api/sources", answer(show_sources), methods=["GET"]),
        Route("/api/sources/{folder}", answer(show_files), methods=["GET"]),
        Route("/api/sources/{folder}/take", answer(take), methods=["POST"]),
        Route("/api/taking", answer(show_taking), methods=["GET"]),
    ]


# --- dropped files ------------------------------------------------------------------------------


def offer(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Whether a file is wanted: known by its digest before a byte of it is sent."""
    offered = _offer(
        text_of(body, "name", most=MAX_NAME_CHARACTERS), number_of(body, "size"), text_of(body, "digest")
    )
    if not (offered.looks_like_sound or offered.is_transcript):
        raise RequestError(415, "This is neither a recording nor a transcript, going by the end of its name.")
    if offered.is_transcript and offered.size > MOST_TRANSCRIPT_BYTES:
        raise RequestError(413, "This is too large for a transcript.")
    found = look_at(place.study, offered)
    return {"outcome": found.outcome, "recording": found.recording}


def _offer(name: str, size: int, digest: str) -> Offer:
    if not name.strip() or not name.isprintable() or size < 0 or not _DIGEST.fullmatch(digest):
        raise RequestError(422)
    return Offer(name, size, digest)


async def receive(request: Request) -> Response:
    """One file as the body of the request; its name, size and digest in headers, so that no address holds them."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    place: Place = request.app.state.place
    try:
        offered = _offer_of(request)
        source = _Body(request.stream())

        def work() -> dict[str, str]:
            with place.at_work():
                if offered.is_transcript:
                    data = source.read_all(MOST_TRANSCRIPT_BYTES)
                    return {"recording": take_transcript(place.study, offered, data).id, "problem": ""}
                row = take_stream(place.study, offered, source)
                return {"recording": row.id, "problem": look_inside(place.study, row)}

        return JSONResponse(await run_in_threadpool(work))
    except (SessionDeidError, RequestError, ValueError) as error:
        return refusal(error)


def _offer_of(request: Request) -> Offer:
    size = request.headers.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,15}", size):
        raise RequestError(411, "How long the file is must be said before.")
    name = unquote(request.headers.get("x-file-name", ""), errors="strict")
    if len(name) > MAX_NAME_CHARACTERS:
        raise RequestError(422)
    return _offer(name, int(size), request.headers.get("x-file-digest", ""))


class _Body:
    """A request's body as a blocking reader, for the thread that seals it."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes as they arrive; nothing at the end, also when the browser has gone."""
        import anyio

        while not self._held:
            piece = anyio.from_thread.run(self._next)
            if piece is None:
                return b""
            self._held = piece
        taken, self._held = (self._held, b"") if size < 0 else (self._held[:size], self._held[size:])
        return taken

    def read_all(self, most: int) -> bytes:
        """All of it; raises RequestError when it is longer than that."""
        whole = bytearray()
        while piece := self.read():
            whole += piece
            if len(whole) > most:
                raise RequestError(413, "This is too large for a transcript.")
        return bytes(whole)

    async def _next(self) -> bytes | None:
        from starlette.requests import ClientDisconnect

        try:
            return await anext(self._pieces)
        except (StopAsyncIteration, ClientDisconnect):
            return None


# --- drives, folders, the inbox -----------------------------------------------------------------


@dataclass
class Taking:
    """An import that goes on for the page: what became of each file so far."""

    total: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    running: bool = True
    problem: str = ""


def show_sources(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Drives and folders to look in, with the inbox first when something lies in it."""
    from pipeline.study.creating import INBOX

    inbox = place.study.folder / INBOX
    waiting = len(gather([inbox])[0]) if inbox.is_dir() else 0
    shown = place.folders.show(inbox, INBOX)
    return {
        "inbox": {"id": shown.id, "count": waiting},
        "folders": [
            {"id": each.id, "name": each.name, "drive": each.drive} for each in place.folders.roots()
        ],
    }


def show_files(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """The recordings in a folder and below it, with whether each is new; and the folders in it.

    `ours`: a drive or the inbox, where what is sealed is removed unless somebody says otherwise.
    """
    from pipeline.study.creating import INBOX

    folder = place.folders.path(path["folder"])
    study = place.study
    files, _ = gather([folder])
    return {
        "here": str(folder),
        "folders": [{"id": each.id, "name": each.name} for each in place.folders.inside(folder)],
        "count": len(files),
        "files": [
            {"id": place.folders.show(file).id, **_show_file(study, folder, file)}
            for file in files[:MOST_FILES_SHOWN]
        ],
        "ours": folder == study.folder / INBOX or place.folders.is_drive(folder),
    }


def _show_file(study: Study, folder: Path, file: Path) -> dict[str, Any]:
    """One file. It is new when no recording has its size, or none of that size has its content."""
    from pipeline.study.intake.sources import digest_of

    named = study.names.names_someone(file.stem)
    shown = {"name": "…" if named else str(file.relative_to(folder)), "size": 0, "at": 0.0, "new": False}
    try:
        found = file.stat()
        same = {row.digest for row in study.rows.recordings() if row.size == found.st_size}
        new = not same or digest_of(file) not in same
    except (OSError, InputError):
        return shown
    return {**shown, "size": found.st_size, "at": found.st_mtime, "new": new}


def take(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Seal the recordings chosen of a folder, and remove each once its sealed copy was read back (unless kept)."""
    folder = place.folders.path(path["folder"])
    files = [place.folders.path(each) for each in texts_of(body, "files")]
    if not files or any(folder not in file.parents for file in files):
        raise RequestError(422, "No recording was chosen.")
    going: Taking | None = place.kept.get(TAKING)
    if going is not None and going.running:
        raise RequestError(409, "Recordings are being taken in already.")
    taking = Taking(len(files))
    place.kept[TAKING] = taking
    keep = flag_of(body, "keep")
    threading.Thread(target=_take_all, args=(place, files, keep, taking), daemon=True).start()
    return {"total": taking.total}


def _take_all(place: Place, files: list[Path], keep: bool, taking: Taking) -> None:
    from pipeline.bugs import error_of
    from pipeline.study.intake.importing import import_files

    try:
        with place.at_work():
            study = place.study
            for taken in import_files(study, files, keep=keep):
                if taken.outcome != "left":
                    taking.lines.append(_show_taken(study, taken))
    except SessionDeidError as error:
        taking.problem = str(error)
    except Exception as bug:
        taking.problem = str(error_of(bug, file="a file", stage="taking in"))
    finally:
        taking.running = False


def _show_taken(study: Study, taken: Taken) -> dict[str, Any]:
    named = study.names.names_someone(taken.file.stem)
    return {
        "name": taken.recording if named else taken.file.name,
        "outcome": taken.outcome,
        "recording": taken.recording,
        "removed": taken.removed,
        "why": taken.why,
    }


def show_taking(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """How far the import is."""
    taking: Taking | None = place.kept.get(TAKING)
    if taking is None:
        return {"running": False, "total": 0, "lines": [], "problem": ""}
    return {
        "running": taking.running,
        "total": taking.total,
        "lines": taking.lines,
        "problem": taking.problem,
    }
