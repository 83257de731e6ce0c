"""Taking in from drives, folders and the inbox, as the server sees them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError, SessionDeidError
from pipeline.study.intake.gathering import Taken, gather
from pipeline.study.left import who_left
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of, texts_of
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.routing import Route

    from pipeline.study.study import Study

MOST_FILES_SHOWN = 200
TAKING = "taking"


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/sources", answer(show_sources), methods=["GET"]),
        Route("/api/sources/{folder}", answer(show_files), methods=["GET"]),
        Route("/api/sources/{folder}/take", answer(take), methods=["POST"]),
        Route("/api/taking", answer(show_taking), methods=["GET"]),
    ]


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
        "left": [{"participant": each.participant, "asked": each.asked} for each in who_left(place.study)],
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

    name = str(file.relative_to(folder))  # with the folders it lies in: they may be named after somebody too
    named = study.names.names_someone(name)
    shown = {"name": "…" if named else name, "size": 0, "at": 0.0, "new": False}
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
    named = study.names.names_someone(taken.file.name)
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
        "lines": [{**line, "why": told(line["why"])} for line in taking.lines],
        "problem": told(taking.problem),
    }
