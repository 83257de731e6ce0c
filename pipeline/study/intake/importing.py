"""Import: a recording goes into the vault, is read back and compared, and only then leaves its place.

    content hash -> row `received` -> sealed -> read back -> compared -> row `sealed` -> source removed

The same content twice is one recording. A file that still grows, or that another program has open for
writing, waits. Until the vault's copy is proven and committed the source is only read; then, unless it
is to be kept, it is renamed to a mark, overwritten, unlinked, and its folder synced. A crash in
between leaves the mark, which the next import from that folder finishes, having proven the vault's copy once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from pipeline.bugs import error_of
from pipeline.errors import (
    EmptyFileError,
    FileUnreadableError,
    InputError,
    RecordingUnknownError,
    SealBrokenError,
    SessionDeidError,
    StateError,
    TranscriptFormatError,
)
from pipeline.study.intake.gathering import Taken, gather
from pipeline.study.intake.own_files import refuse_own_file, refuse_own_places
from pipeline.study.intake.receiving import ChangedError, receive, seal_source, seal_source_again
from pipeline.study.intake.removal import finish_removals, remove_source
from pipeline.study.intake.settling import Shape, look_twice
from pipeline.study.intake.sightings import LEFT, REMOVED, SEEN, Sighting
from pipeline.study.intake.sources import SourceFile, digest_all, digest_of
from pipeline.study.intake.usable import refuse_unusable
from pipeline.study.resealing import is_silenced
from pipeline.study.study import Study
from pipeline.study.vault.files import need_space
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import Part, State

ENDING = (State.DESTROYING, State.DESTROYED, State.WITHDRAWING, State.WITHDRAWN)
IMPORT_LOCK_WAIT_S = 600


def import_files(
    study: Study,
    paths: Iterable[Path],
    *,
    keep: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Taken]:
    """Take files (or the sound files of folders) into the study, one after another.

    Yields what became of each as it is done. Raises OwnFileError for a folder that holds the study, UnknownSealedError
    when the vault holds what the ledger does not know, and the storage errors of the study; a file that cannot be used is an outcome, not an error. With `keep` the sources are left where they are.
    """
    with study.lock("import", wait_s=IMPORT_LOCK_WAIT_S):
        study.tidy()
        paths = list(paths)
        refuse_own_places(study, paths)
        yield from finish_removals(paths, partial(_safe_size, study))
        files, left = gather(paths)
        yield from left
        looked = look_twice(files, study.settings.settle_seconds, sleep)
        for path in files:
            if path in looked.growing:
                yield Taken(path, "waits", why="still being written")
            elif path in looked.shapes:
                yield _take_or_say_why(study, path, looked.shapes[path], keep)
            else:
                yield Taken(path, "failed", why=why_not(study, path, looked.unusable[path]))


def why_not(study: Study, path: Path, error: InputError | TranscriptFormatError | StateError) -> str:
    """An error about a file, without a file name that holds a name."""
    return str(type(error)(**{**error.facts, "file": _shown(study, path)}))


def _shown(study: Study, path: Path) -> str:
    """A file's name, unless it names somebody, in its ending too."""
    return "a file" if study.names.names_someone(path.name) else path.name


# --- one file -------------------------------------------------------------------------------------


def _take_or_say_why(study: Study, path: Path, shape: Shape, keep: bool) -> Taken:
    """An error nobody foresaw costs its own file alone, which stays where it is."""
    try:
        return _take(study, path, shape, keep)
    except (SessionDeidError, OSError):
        raise
    except Exception as bug:
        error = error_of(bug, file=_shown(study, path), stage="taking it in")
        return Taken(path, "failed", why=str(error))


def _take(study: Study, path: Path, shape: Shape, keep: bool) -> Taken:
    try:
        if shape.size == 0:
            raise EmptyFileError(file=path)
        refuse_own_file(study, path)
        digest = digest_of(path)
        if study.rows.by_digest(digest) is None:
            refuse_unusable(path)
    except (InputError, TranscriptFormatError) as error:
        return Taken(path, "failed", why=f"{why_not(study, path, error)} It stays where it is.")
    known = study.rows.by_digest(digest)
    if known is None or known.state is State.RECEIVED:
        need_space(study.folder, shape.size)
    row = known or receive(study, path.stem, digest, shape.size)
    try:
        seen = Sighting.of(study, path, shape)
    except OSError as error:
        return Taken(
            path,
            "failed",
            row.id,
            why=why_not(study, path, FileUnreadableError(file=path, why=error.strerror)),
        )
    seen.note(study, row.id, SEEN)  # before it may go: a crash forgets no file
    taken = _take_row(study, path, shape, row, keep)
    seen.note(study, row.id, REMOVED if taken.removed else LEFT)
    return taken


def _take_row(study: Study, path: Path, shape: Shape, row: RecordingRow, keep: bool) -> Taken:
    """What becomes of a file whose recording has a row."""
    if row.state is not State.RECEIVED:
        return _take_known(study, path, shape, row, keep)
    try:
        with SourceFile(path) as source:
            seal_source(study, source, row, source.device)
    except ChangedError:
        return Taken(path, "waits", row.id, why="it changed while it was read")
    except InputError as error:
        return Taken(path, "failed", row.id, why=why_not(study, path, error))
    return _removed(path, shape, row, keep, "sealed")


def _take_known(study: Study, path: Path, shape: Shape, known: RecordingRow, keep: bool) -> Taken:
    """A file that is in the study: it may go only if the vault's copy is proven once more, or mended by it."""
    if keep:
        return Taken(path, "known", known.id)
    if not study.rows.has_key(known.id, Part.AUDIO.value):
        why = "its recording was destroyed here; remove this copy yourself"
        return Taken(path, "known", known.id, why=why)
    if not is_proven(study, known):
        try:
            with SourceFile(path) as source:
                seal_source_again(study, source, known, source.device)
        except (ChangedError, InputError, SealBrokenError):
            return Taken(path, "known", known.id, why="kept, because the vault's copy is damaged")
    return _removed(path, shape, known, keep, "known")


def is_proven(study: Study, row: RecordingRow) -> bool:
    """Whether the vault's copy opens and is what was imported.

    One in which somebody was silenced is never what was imported, and what was imported must not come back: it counts as
    proven, so that a copy of the file that turns up is removed and never sealed.
    """
    if is_silenced(study, row.id):
        return True
    try:
        with study.open_source(row.id) as reader:
            return digest_all(reader.read) == row.digest
    except (RecordingUnknownError, SealBrokenError):
        return False


def _safe_size(study: Study, digest: str) -> int | None:
    """The size of the recording of this content, when the vault's copy is proven or was destroyed by the rules."""
    row = study.rows.by_digest(digest)
    if row is None or not (row.state in ENDING or is_proven(study, row)):
        return None
    return row.size


def _removed(
    path: Path, shape: Shape, row: RecordingRow, keep: bool, outcome: Literal["sealed", "known"]
) -> Taken:
    """Remove a source whose content is safe, unless it is to be kept."""
    why = "" if keep else remove_source(path, shape, row.digest)
    return Taken(path, outcome, row.id, why, not (keep or why))
