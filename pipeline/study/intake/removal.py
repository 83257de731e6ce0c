"""Removing a source whose content is safe in the vault, so that a crash in between is finished later.

Only a plain file with one name is ever overwritten: a link, or a second name of the file, would lead the
writing to something that was not given to us.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import FileUnreadableError, InputError
from pipeline.files import patiently
from pipeline.study.intake.settling import Shape, open_for_writing, same_shape
from pipeline.study.vault import faults
from pipeline.study.vault.files import open_in_place, overwrite_open, sync_folder

REMOVAL_MARK = ".session-deid-removing-"
CHANGED = "kept, because it changed meanwhile or another program has it open"
MORE_NAMES = "kept, because it has other names (hard links) on its disk; remove it yourself"


def remove_source(path: Path, shape: Shape) -> str:
    """Remove a source whose content is safe: mark, overwrite, unlink, sync. Returns why it stays, if it does."""
    if not same_shape(path, shape) or open_for_writing(path):
        return CHANGED
    if shape.links > 1:
        return MORE_NAMES
    marked = path.with_name(f"{REMOVAL_MARK}{secrets.token_hex(6)}")
    try:
        with open_in_place(path):  # where it cannot be overwritten it keeps its name
            pass
        patiently(lambda: path.rename(marked))
        sync_folder(path.parent)
        faults.point("import.marked")
        _finish(marked)
    except OSError as error:
        return f"not removed ({(error.strerror or 'the system refused').lower()}); remove it yourself"
    except InputError:
        return CHANGED
    return ""


def _finish(marked: Path) -> None:
    """Overwrite and unlink a marked file; raises OSError, or InputError for what is no plain file of one name."""
    with open_in_place(marked) as file:
        if Shape.of(marked) != Shape.from_stat(os.fstat(file.fileno())) or Shape.of(marked).links > 1:
            raise FileUnreadableError(file=marked, why="it is not the file it was")
        overwrite_open(file)
    faults.point("import.overwritten")
    patiently(marked.unlink)
    faults.point("import.unlinked")
    sync_folder(marked.parent)


def finish_removals(paths: Iterable[Path]) -> list[Path]:
    """Finish removals a crash interrupted, in folders and below, and beside files; returns what could not go."""
    left = []
    for marked in sorted({mark for path in paths for mark in _marks(path)}):
        try:
            _finish(marked)
        except (OSError, InputError):
            left.append(marked)
    return left


def _marks(path: Path) -> Iterator[Path]:
    """The marks in a folder and below it, or beside a file."""
    if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where we may not look
        yield from _marks_in(path.parent)
        return
    for place, _, _ in os.walk(path):
        yield from _marks_in(Path(place))


def _marks_in(folder: Path) -> Iterator[Path]:
    try:
        yield from (Path(entry.path) for entry in os.scandir(folder) if entry.name.startswith(REMOVAL_MARK))
    except OSError:  # gathering tells of a folder that cannot be read
        return
