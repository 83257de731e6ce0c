"""Removing a source whose content is safe in the vault, so that a crash in between is finished later.

    week 3.wav -> .session-deid-removing-DIGEST-week 3.wav -> overwritten -> unlinked -> folder synced

A marked file is finished only when the study proves once more that it holds what the mark names: the study may have
been put back from before the import. Otherwise the file gets its name back. Only a plain file with one name is ever
overwritten: a link, or a second name of the file, would lead the writing to something that was not given to us.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from pipeline.errors import FileUnreadableError, InputError
from pipeline.files import patiently
from pipeline.study.intake.gathering import Taken
from pipeline.study.intake.settling import Shape, open_for_writing, same_shape
from pipeline.study.intake.sources import digest_of
from pipeline.study.vault import faults
from pipeline.study.vault.files import open_in_place, overwrite_open, sync_folder

REMOVAL_MARK = ".session-deid-removing-"
MARKED = re.compile(re.escape(REMOVAL_MARK) + r"([0-9a-f]{64})-(.+)", re.DOTALL)
NAME_MOST_BYTES = 255  # of one file name, on every file system we know
CHANGED = "kept, because it changed meanwhile or another program has it open"
MORE_NAMES = "kept, because it has other names (hard links) on its disk; remove it yourself"
STUCK = "an earlier removal cannot be finished; remove it yourself"
BACK = (
    "an import was about to remove it, but the study does not hold it (was it put back from a backup?); "
    "the file has its name back"
)

# The size of the recording with this SHA-256 whose content is safe, or was rightly destroyed; None when it is neither.
SafeSize = Callable[[str], int | None]


def remove_source(path: Path, shape: Shape, digest: str) -> str:
    """Remove a source whose content is safe: mark, overwrite, unlink, sync. Returns why it stays, if it does.

    `digest` is the SHA-256 of its content, which the mark carries with its name.
    """
    if not same_shape(path, shape) or open_for_writing(path):
        return CHANGED
    if shape.links > 1:
        return MORE_NAMES
    marked = path.with_name(_mark(digest, path.name))
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


def _mark(digest: str, name: str) -> str:
    """The name of a file that is being removed; of a very long name the end stays, with its suffix."""
    mark = f"{REMOVAL_MARK}{digest}-"
    room = NAME_MOST_BYTES - len(mark)
    while len(os.fsencode(name)) > room:
        name = name[1:]
    return mark + name


def _finish(marked: Path) -> None:
    """Overwrite and unlink a marked file; raises OSError, or InputError for what is no plain file of one name."""
    with open_in_place(marked) as file:
        if Shape.of(marked) != Shape.from_stat(os.fstat(file.fileno())) or Shape.of(marked).links > 1:
            raise FileUnreadableError(file=marked, why="it is not the file it was")
        faults.point("import.overwriting")
        overwrite_open(file)
    faults.point("import.overwritten")
    patiently(marked.unlink)
    faults.point("import.unlinked")
    sync_folder(marked.parent)


def finish_removals(paths: Iterable[Path], safe_size: SafeSize) -> Iterator[Taken]:
    """Finish removals a crash interrupted, in folders and below, and beside files; yields what could not go.

    What the study does not hold gets its name back (`left`); what cannot be looked at is `failed`.
    """
    for marked in sorted({mark for path in paths for mark in _marks(path)}):
        try:
            if _is_safe(marked, safe_size):
                _finish(marked)
            else:
                yield Taken(_give_back(marked), "left", why=BACK)
        except (OSError, InputError):
            yield Taken(marked, "failed", why=STUCK)


def _is_safe(marked: Path, safe_size: SafeSize) -> bool:
    """Whether the study holds what a marked file held: as it is now, or before the overwriting of it began."""
    size = Shape.of(marked).size
    found = MARKED.fullmatch(marked.name)
    named = safe_size(found[1]) if found else None
    return named == size or safe_size(digest_of(marked)) == size


def _give_back(marked: Path) -> Path:
    """Let a marked file have its name again, or one like it where that is taken meanwhile."""
    found = MARKED.fullmatch(marked.name)
    name = found[2] if found else f"unfinished-removal-{marked.name.removeprefix(REMOVAL_MARK)}.wav"
    target = marked.with_name(name)
    if os.path.lexists(target):
        target = marked.with_name(f"{Path(name).stem[:100]}-{secrets.token_hex(3)}{Path(name).suffix}")
    patiently(partial(marked.rename, target))
    sync_folder(target.parent)
    return target


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
