"""Looks through the study's folder for copies of a recording or of its keys: as files stand there, not unpacked."""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pipeline.errors import printable
from pipeline.study.vault.files import storage_errors
from pipeline.study.vault.states import STUDY_OWNER

if TYPE_CHECKING:
    from pipeline.erase.traces import Kind, Traces
    from pipeline.study.study import Study

ANY_SIZE = -1
HOLDS: dict[Kind, str] = {
    "key": "one of its keys, plain or wrapped",
    "sealed": "a piece of it, as it was sealed",
    "plain": "a piece of its sound",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that holds what is to go: where it lies in the study's folder, fit to be shown, and what it holds."""

    place: str
    holds: str


def find_copy(study: Study, traces: Traces, *kinds: Kind, besides_own: bool) -> Copy | None:
    """The first file below the study's folder that holds a trace.

    `besides_own` leaves out the ledger and the recording's own sealed files, which hold all of it until it is
    destroyed. Other recordings' sealed files are always left out where the ledger stands for them: they are
    ciphertext under other keys, and reading them all would take hours in a large study. Links are not followed.
    Raises the storage errors for what cannot be read: it could be a copy.
    """
    known = _left_out(study, traces.recording, besides_own=besides_own)
    for path in _files_below(study.folder):
        with storage_errors(path):
            try:
                size = path.stat().st_size
                if not size or known.get(path) in (size, ANY_SIZE):
                    continue
                with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                    kind = traces.stand_in(content, *kinds)
            except FileNotFoundError:  # another process's, gone meanwhile
                continue
        if kind:
            return Copy(show_place(study, path), HOLDS[kind])
    return None


def _left_out(study: Study, recording: str, *, besides_own: bool) -> dict[Path, int]:
    """The files not to look into, with the size each must have."""
    found = {
        study.vault.path(owner, row.file): row.size
        for owner in study.rows.owners()
        for row in study.rows.artifacts(owner)
        if owner not in (recording, STUDY_OWNER)
    }
    if besides_own:
        ledger = study.ledger.path
        own = [
            each
            for row in study.rows.artifacts(recording)
            for each in (study.vault.path(recording, row.file), study.vault.spare_path(recording, row.file))
        ]
        found |= dict.fromkeys((ledger, ledger.with_name(f"{ledger.name}-journal"), *own), ANY_SIZE)
    return found


def _files_below(folder: Path) -> Iterator[Path]:
    """Every plain file, in order. Raises OSError for a folder that cannot be read."""

    def refuse(error: OSError) -> NoReturn:
        raise error

    with storage_errors(folder):
        for place, inner, names in os.walk(folder, onerror=refuse):
            inner.sort()
            yield from (path for name in sorted(names) if _is_plain(path := Path(place, name)))


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def show_place(study: Study, path: Path) -> str:
    """Where a file lies in the study's folder; a part that names somebody of the roster is not shown."""
    parts = path.relative_to(study.folder).parts
    return "/".join("(a name)" if study.names.names_someone(part) else printable(part) for part in parts)
