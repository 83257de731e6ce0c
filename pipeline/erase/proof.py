"""After destruction: does anything left open, or hold, what was destroyed?

What to look for is remembered in memory before the keys go: the keys themselves, their wrapped forms, and
pieces of the sealed and of the plain content. A destruction that was interrupted after the keys were
dropped can remember less, and its certificate then lists fewer checks.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from pipeline.erase.certificate import Check
from pipeline.errors import RecordingUnknownError, SealBrokenError, StudyError
from pipeline.study.vault.files import storage_errors
from pipeline.study.vault.sealed_records import STUDY_OWNER
from pipeline.study.vault.sealing import open_bytes
from pipeline.study.vault.states import PART_OF, Artifact

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow
    from pipeline.study.vault.states import Part

PIECE_BYTES = 4096
PIECES = 8
WHERE = "no file of the study's folder, other recordings' sealed files left out,"
SMALL_BYTES = 1 << 24  # artifacts up to this size are remembered whole, to try every key on them


@dataclass(frozen=True, slots=True)
class Remembered:
    """What must not be found any more."""

    keys: tuple[bytes, ...] = field(default=(), repr=False)
    pieces: tuple[bytes, ...] = field(default=(), repr=False)
    sealed: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


def remember(study: Study, recording_id: str, parts: tuple[Part, ...]) -> Remembered:
    """Take note of keys and pieces while they are still there; what is gone already is left out."""
    keys = [k for part in parts if (k := _key(study, recording_id, part))]
    wrapped = [
        bytes(found[0])
        for part in parts
        for found in study.ledger.query(
            "SELECT wrapped FROM keys WHERE owner = ? AND part = ?", recording_id, part.value
        )
    ]
    pieces = _plain_pieces(study, recording_id)
    sealed: list[tuple[str, bytes]] = []
    for artifact in study.rows.artifacts(recording_id):
        if PART_OF[Artifact(artifact.kind)] in parts:
            path = study.vault.path(recording_id, artifact.file)
            if not path.is_file():
                continue
            with path.open("rb") as file:
                pieces += _pieces(file, path.stat().st_size)
            if path.stat().st_size <= SMALL_BYTES:
                sealed.append((artifact.kind, path.read_bytes()))
    return Remembered((*keys, *wrapped), tuple(pieces), tuple(sealed))


def _key(study: Study, recording_id: str, part: Part) -> bytes | None:
    try:
        return study.recording_key(recording_id, part)
    except StudyError:
        return None


def _plain_pieces(study: Study, recording_id: str) -> list[bytes]:
    """Pieces of the source audio itself; none when it can no longer be opened."""
    try:
        with study.open_source(recording_id) as source:
            size = source.seek(0, io.SEEK_END)
            return _pieces(source, size)
    except StudyError:
        return []


def _pieces(file: BinaryIO, size: int) -> list[bytes]:
    """Pieces of 4 KiB spread over a file; runs of one byte (digital silence) tell nothing and are left out."""
    found = []
    for number in range(PIECES if size >= PIECE_BYTES else 0):
        file.seek((size - PIECE_BYTES) * number // (PIECES - 1))
        piece = file.read(PIECE_BYTES)
        if len(set(piece)) > 1:
            found.append(piece)
    return found


def prove(study: Study, row: RecordingRow, parts: tuple[Part, ...], seen: Remembered) -> list[Check]:
    """Every check that can be made now."""
    checks = [
        Check(
            how="the ledger holds none of the recording's destroyed keys", passed=_no_keys(study, row, parts)
        ),
        Check(how="the source audio can no longer be opened", passed=_cannot_open(study, row)),
        Check(
            how="no sealed file of the destroyed kinds is left in the vault",
            passed=_no_files(study, row, parts),
        ),
    ]
    if seen.sealed:
        passed = not any(_opens(study, row.id, kind, data) for kind, data in seen.sealed)
        checks.append(Check(how="none of the study's remaining keys opens what was sealed", passed=passed))
    if seen.keys:
        how = f"{WHERE} holds the destroyed keys, plain or wrapped"
        checks.append(Check(how=how, passed=not _found(study, row.id, seen.keys)))
    if seen.pieces:
        how = f"{WHERE} holds a piece of the recording, plain or as it was sealed (4 KiB pieces looked for)"
        checks.append(Check(how=how, passed=not _found(study, row.id, seen.pieces)))
    return checks


def _no_keys(study: Study, row: RecordingRow, parts: tuple[Part, ...]) -> bool:
    return not {part.value for part in parts} & set(study.rows.key_ids(row.id))


def _cannot_open(study: Study, row: RecordingRow) -> bool:
    try:
        study.open_source(row.id).close()
    except (RecordingUnknownError, SealBrokenError):
        return True
    return False


def _no_files(study: Study, row: RecordingRow, parts: tuple[Part, ...]) -> bool:
    folder = study.vault.folder / row.id
    kinds = tuple(f"{kind.value}-" for kind, part in PART_OF.items() if part in parts)
    return not folder.is_dir() or not any(p.name.startswith(kinds) for p in folder.iterdir())


def _opens(study: Study, owner: str, kind: str, data: bytes) -> bool:
    for key in _every_key(study):
        try:
            open_bytes(data, key, study.vault.binding(owner, kind))
        except SealBrokenError:
            continue
        return True
    return False


def _every_key(study: Study) -> Iterator[bytes]:
    for row in study.ledger.query("SELECT owner, part FROM keys"):
        key = study.rows.key(row[0], row[1])
        if key is not None:
            yield key


def _found(study: Study, recording_id: str, needles: tuple[bytes, ...]) -> bool:
    """Whether any file of the study holds any of the byte strings (other recordings' sealed files are
    left out: they are ciphertext under other keys, and reading them all would take hours in a large study)."""
    wanted = {n for needle in needles for n in (needle, needle.hex().encode()) if n}
    for path in sorted(study.folder.rglob("*")):
        parts = path.relative_to(study.folder).parts
        if (
            parts[0] == study.vault.folder.name
            and len(parts) > 1
            and parts[1] not in (recording_id, STUDY_OWNER)
        ):
            continue
        if path.is_symlink() or not path.is_file() or not path.stat().st_size:
            continue
        with (
            storage_errors(path),
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            if any(content.find(needle) >= 0 for needle in wanted):
                return True
    return False
