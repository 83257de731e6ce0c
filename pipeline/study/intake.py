"""Import: a recording goes into the vault, is read back and compared, and only then leaves its place.

    content hash -> row `received` -> sealed -> read back -> compared -> row `sealed` -> source removed

The same content twice is one recording. A file that still grows, or that another program has open for
writing, waits. Until the vault's copy is proven and committed the source is only read; then, unless it
is to be kept, it is renamed to a mark, overwritten, unlinked, and its folder synced. A crash in
between leaves the mark, which the next import from that folder finishes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from pipeline.errors import (
    EmptyFileError,
    FileMissingError,
    FileUnreadableError,
    InputError,
    RecordingUnknownError,
    SealBrokenError,
)
from pipeline.study import faults
from pipeline.study.audit import now
from pipeline.study.files import need_space
from pipeline.study.key_files import KEY_BYTES
from pipeline.study.removal import finish_removals, remove_source
from pipeline.study.rows import ArtifactRow, RecordingRow
from pipeline.study.sealing import Receipt
from pipeline.study.settling import Shape, settled
from pipeline.study.states import Artifact, Part, State
from pipeline.study.study import Study

BLOCK_BYTES = 1 << 20
IMPORT_LOCK_WAIT_S = 600
SOUND_SUFFIXES = frozenset(
    f".{name}"
    for names in (
        "wav w64 au aif aiff aifc flac caf",
        "mp3 m4a m4b aac ogg oga opus wma amr dss ds2 mka",
        "mp4 3gp webm mkv mov avi wmv mpg mpeg",
    )
    for name in names.split()
)
UNFINISHED_SUFFIXES = frozenset((".part", ".crdownload", ".tmp", ".download", ".filepart"))

Outcome = Literal["sealed", "known", "waits", "left", "failed"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file.

    `sealed`: a new recording; `known`: it was in the study already; `waits`: still being written;
    `left`: not touched, `why` says so; `failed`: could not be read. `removed`: the source is gone.
    """

    file: Path = field(repr=False)
    outcome: Outcome
    recording: str = ""
    why: str = ""
    removed: bool = False


def import_files(
    study: Study,
    paths: Iterable[Path],
    *,
    keep: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Taken]:
    """Take files (or the sound files of folders) into the study, one after another.

    Yields what became of each as it is done. Raises the storage errors of the study; a file that
    cannot be used is an outcome, not an error. With `keep` the sources are left where they are.
    """
    with study.lock("import", wait_s=IMPORT_LOCK_WAIT_S):
        paths = list(paths)
        for folder in {path if path.is_dir() else path.parent for path in paths}:
            finish_removals(folder)
        files, left = gather(paths)
        yield from left
        shapes, growing = settled(files, study.settings.settle_seconds, sleep)
        for path in files:
            if path in growing:
                yield Taken(path, "waits", why="still being written")
            elif path in shapes:
                yield _take(study, path, shapes[path], keep)
            else:
                yield Taken(path, "failed", why=_why(study, path, FileMissingError(file=path)))


def gather(paths: Iterable[Path]) -> tuple[list[Path], list[Taken]]:
    """The files to take: those named, and in folders those that look like sound; the rest is left."""
    files: list[Path] = []
    left: list[Taken] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        for inner in sorted(path.rglob("*")):
            if not inner.is_file() or any(part.startswith(".") for part in inner.relative_to(path).parts):
                continue
            if inner.suffix.lower() in SOUND_SUFFIXES:
                files.append(inner)
            elif inner.suffix.lower() in UNFINISHED_SUFFIXES:
                left.append(Taken(inner, "waits", why="its name says it is unfinished"))
            else:
                left.append(Taken(inner, "left", why="not a sound file"))
    return list(dict.fromkeys(files)), left


def _why(study: Study, path: Path, error: InputError) -> str:
    """An error about a file, without a file name that holds a name."""
    named = study.names.names_someone(path.stem)
    return str(type(error)(**{**error.facts, "file": "a file" if named else path.name}))


# --- one file -------------------------------------------------------------------------------------


def _take(study: Study, path: Path, shape: Shape, keep: bool) -> Taken:
    try:
        if shape.size == 0:
            raise EmptyFileError(file=path)
        digest = digest_of(path)
    except InputError as error:
        return Taken(path, "failed", why=_why(study, path, error))
    known = study.rows.by_digest(digest)
    if known is not None and known.state is not State.RECEIVED:
        return _take_known(study, path, shape, known, keep)
    need_space(study.folder, shape.size)
    row = known or _receive(study, path, digest, shape.size)
    try:
        _seal(study, path, row)
    except _ChangedError:
        return Taken(path, "waits", row.id, why="it changed while it was read")
    except InputError as error:
        return Taken(path, "failed", row.id, why=_why(study, path, error))
    return Taken(path, "sealed", row.id, removed=not keep and remove_source(path, shape))


def _take_known(study: Study, path: Path, shape: Shape, known: RecordingRow, keep: bool) -> Taken:
    """A file that is in the study: it may go only if the vault's copy is proven once more."""
    if keep:
        return Taken(path, "known", known.id)
    try:
        with study.open_source(known.id) as reader:
            proven = _digest(reader) == known.digest
    except RecordingUnknownError:
        return Taken(
            path, "known", known.id, why="its recording was destroyed here; remove this copy yourself"
        )
    except SealBrokenError:
        return Taken(path, "known", known.id, why="kept, because the vault's copy is damaged")
    if not proven:
        return Taken(path, "known", known.id, why="kept, because the vault's copy differs")
    return Taken(path, "known", known.id, removed=remove_source(path, shape))


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of a file given to us; raises FileMissingError or FileUnreadableError."""
    with _open_input(path) as file:
        return _digest(file)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()


class _InputFile:
    """A user's file whose read errors are the file's, not the study's disk's."""

    def __init__(self, path: Path):
        self._path = path

    def __enter__(self) -> BinaryIO:
        try:
            self._file = self._path.open("rb")
        except FileNotFoundError:
            raise FileMissingError(file=self._path) from None
        except OSError as error:
            raise FileUnreadableError(file=self._path, why=error.strerror) from None
        return self._file

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._file.close()


def _open_input(path: Path) -> _InputFile:
    return _InputFile(path)


class _ChangedError(Exception):
    """The file did not give the same bytes twice."""


def _receive(study: Study, path: Path, digest: str, size: int) -> RecordingRow:
    """Give a new recording its id: state `received`, nothing of its content kept yet."""
    with study.ledger.transaction():
        number = study.rows.next_number()
        recording_id = f"R{number:04d}"
        detail = {"state": State.RECEIVED.value, "digest": digest, "size": size}
        seq = study.audit.append("received", recording_id, detail)
        moment = now()
        row = RecordingRow(
            number=number,
            id=recording_id,
            name=path.stem,
            state=State.RECEIVED,
            failed_stage=None,
            reason=None,
            digest=digest,
            size=size,
            duration=None,
            received_at=moment,
            changed_at=moment,
            audit_seq=seq,
        )
        study.rows.put_recording(row)
    faults.moment("import.received")
    return row


def _seal(study: Study, path: Path, row: RecordingRow) -> None:
    """Seal, read back, compare, commit. Only after this may the source be removed."""
    keys = {part: secrets.token_bytes(KEY_BYTES) for part in Part}
    kind = Artifact.SOURCE.value
    with _open_input(path) as source:
        same_disk = os.fstat(source.fileno()).st_dev == study.folder.stat().st_dev
        file, receipt = study.vault.write(row.id, kind, keys[Part.AUDIO], source)
    faults.moment("import.sealed")
    try:
        _prove(study, row, keys[Part.AUDIO], file, receipt)
    except BaseException:
        study.vault.remove(row.id, file)
        raise
    faults.moment("import.read_back")
    # From here on the sealed file is the ledger's; one that no commit stands for is swept by the next run.
    with study.ledger.transaction():
        for part, key in keys.items():
            study.rows.put_key(row.id, part.value, key)
        detail = {
            "state": State.SEALED.value,
            "artifacts": {kind: receipt.digest},
            "keys": study.rows.key_ids(row.id),
            "from_this_disk": same_disk,
        }
        seq = study.audit.append("sealed", row.id, detail)
        study.rows.put_artifact(ArtifactRow(row.id, kind, file, receipt.digest, receipt.size, 1, now(), seq))
        study.rows.change(row.id, state=State.SEALED, changed_at=now(), audit_seq=seq)
    faults.moment("import.committed")


def _prove(study: Study, row: RecordingRow, key: bytes, file: str, receipt: Receipt) -> None:
    """Raise unless what was sealed is what was hashed, and reads back as such from the disk."""
    if receipt.plain_digest != row.digest:
        raise _ChangedError
    kind = Artifact.SOURCE.value
    with study.vault.open(row.id, kind, file, key, receipt.digest) as back:
        if _digest(back) != row.digest:
            raise SealBrokenError(file=study.vault.binding(row.id, kind), why="it reads back differently")
