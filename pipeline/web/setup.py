"""A new study in five steps, or one of those this computer knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import KeyChangeError, StudyExistsError
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of, name_of, text_of
from pipeline.web.known import known_studies
from pipeline.web.locking import MOST_CHARACTERS
from pipeline.web.place import Place

if TYPE_CHECKING:
    from starlette.routing import Route


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/studies", answer(show_studies), methods=["GET"]),
        Route("/api/studies", answer(make_study), methods=["POST"]),
        Route("/api/studies/{study}/open", answer(go_to), methods=["POST"]),
        Route("/api/folders", answer(show_roots), methods=["GET"]),
        Route("/api/folders/{folder}", answer(show_inside), methods=["GET"]),
    ]


def show_studies(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """The studies this computer knows, and where a new one could lie."""
    shown = [place.folders.show(path) for path in known_studies()]
    home = place.folders.show(Path.home(), str(Path.home()))
    return {
        "studies": [
            {"id": each.id, "name": each.name, "folder": str(place.folders.path(each.id))} for each in shown
        ],
        "home": {"id": home.id, "name": home.name},
        "reviewer": place.reviewer,
    }


def show_roots(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Where one begins to look."""
    return {
        "folders": [_shown(place, each.id, each.name) for each in place.folders.roots()],
        "up": "",
        "here": "",
    }


def show_inside(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """The folders in a folder; a study among them is marked."""
    folder = place.folders.path(path["folder"])
    shown = [_shown(place, each.id, each.name) for each in place.folders.inside(folder)]
    return {"folders": shown, "here": str(folder), "id": path["folder"], "study": _is_study(folder)}


def _shown(place: Place, short: str, name: str) -> dict[str, Any]:
    return {"id": short, "name": name, "study": _is_study(place.folders.path(short))}


def _is_study(folder: Path) -> bool:
    from pipeline.study.vault.key_book import FILE_NAME

    return (folder / FILE_NAME).is_file()


def go_to(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Another study, by its folder's short name: its passphrase is asked for next."""
    if not place.may_unlock or not place.locked:
        raise RequestError(409, "Lock the study that is open first.")
    folder = place.folders.path(path["study"])
    if not _is_study(folder):
        raise RequestError(404, "There is no study in this folder.")
    place.folder = folder
    return {}


def make_study(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Make a study in a new folder beside others, opened by a passphrase, and where wanted by a key file too."""
    from pipeline.study.creating import check_passphrase
    from pipeline.study.study import Study

    if not place.may_unlock or not place.locked:
        raise RequestError(409, "Lock the study that is open first.")
    name = name_of(body, "name")
    folder = place.folders.path(text_of(body, "folder", most=64)) / folder_name(name)
    if not name or folder.name == "":
        raise RequestError(409, "The study needs a name.")
    if folder.exists() and any(folder.iterdir()):
        raise StudyExistsError(folder=folder)
    passphrase = text_of(body, "passphrase", most=MOST_CHARACTERS)
    check_passphrase(passphrase)
    key_file = key_file_for(folder) if flag_of(body, "key_file") else None
    study = Study.create(folder, passphrase=passphrase, key_file=key_file, name=name)
    place.enter(study)
    return {"folder": str(folder)}


def folder_name(name: str) -> str:
    """What the study's folder is called: its name, of characters every file system takes."""
    return re.sub(r"[^\w .-]", "_", name).strip(" .")[:60]


def key_file_for(folder: Path) -> Path:
    """Where a new study's key file goes: outside the study, in this account's configuration."""
    import platformdirs

    home = Path(platformdirs.user_config_dir("session-deid", appauthor=False)) / "keys"
    found = home / f"{folder.name}.key"
    if found.exists():
        raise KeyChangeError(what=found, why="is there already and is not overwritten")
    return found
