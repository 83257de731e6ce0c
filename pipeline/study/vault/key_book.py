"""keys.json on the disk: read, replaced whole, and cleared of what a killed key command left."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import KeyBookError, StudyMissingError
from pipeline.study.vault.files import overwrite_open, remove_for_good, storage_errors, write_bytes
from pipeline.study.vault.keys import KeyBook
from pipeline.study.vault.study_key import Ring

FILE_NAME = "keys.json"
UNFINISHED = re.compile(re.escape(FILE_NAME) + r"\.[0-9a-f]{8}\.part")


def read_book(folder: Path) -> KeyBook:
    """keys.json of a study; raises StudyMissingError or KeyBookError."""
    path = folder / FILE_NAME
    try:
        with storage_errors(path):
            data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise StudyMissingError(folder=folder) from None
    try:
        return KeyBook.model_validate_json(data)
    except ValidationError:
        raise KeyBookError(file=path, why="it does not read as one") from None


def clear_unfinished(folder: Path) -> None:
    """Overwrite and remove what a killed key command left unfinished: it may hold a way that was never added."""
    for left in unfinished(folder):
        remove_for_good(left, place="keys.clear")


def unfinished(folder: Path) -> list[Path]:
    """Unfinished writings of keys.json; empty while no key command was killed."""
    return [path for path in folder.glob(f"{FILE_NAME}.*.part") if UNFINISHED.fullmatch(path.name)]


def write_book(folder: Path, book: KeyBook) -> None:
    """Replace keys.json whole; the replaced file's bytes are then overwritten where they lay."""
    path = folder / FILE_NAME
    data = json.dumps(plain_of(book), indent=1).encode()
    with storage_errors(path):
        if os.name == "nt" or not path.exists():
            write_bytes(path, data, place="keys")
            return
        with path.open("r+b", buffering=0) as old:
            write_bytes(path, data, place="keys")
            overwrite_open(old)


def plain_of(book: KeyBook) -> dict[str, object]:
    """What is written of a book; a ring is named where a way opens one alone, so that an earlier version still reads
    the others."""
    plain = book.model_dump(mode="json")
    for wrap in plain["wraps"]:
        if wrap["ring"] == Ring.BOTH.value:
            del wrap["ring"]
    return plain
