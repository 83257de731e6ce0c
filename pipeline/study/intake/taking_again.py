"""Taking in again what lies sealed in the vault and an older ledger, put back from a backup, does not know.

The spare beside a sealed source holds its wrapped key and its sealed name. Each source is opened by it, compared and
sealed as an import does, under its old number where that is free. A record (roster, voices, decisions ...) whose version
in the ledger was replaced since, and is gone, is followed by the newest that its key opens. The rest is put apart as it
is: nothing that a backup brought to light is destroyed here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

from pipeline.errors import RecordingUnknownError, SealBrokenError
from pipeline.study.intake.gathering import Taken
from pipeline.study.intake.importing import ENDING, IMPORT_LOCK_WAIT_S, is_proven
from pipeline.study.intake.receiving import SOURCE, ChangedError, receive, seal_source, seal_source_again
from pipeline.study.intake.sources import digest_all
from pipeline.study.leftovers import Unknown, clear_leftovers, find_leftovers, put_apart
from pipeline.study.study import Study
from pipeline.study.vault.files import need_space
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.sealed_records import Stored
from pipeline.study.vault.states import PART_OF, STUDY_OWNER, Artifact, Part, State

APART = "the ledger cannot open it; it was put apart, as it is, into {folder}/"
FOLLOWS = "the ledger's version of it is gone, so this later one stands now"
LATER = "made of the recording since, by a ledger that is gone; it was put apart, as it is, into {folder}/"
HELD = "the study holds this recording, so the second copy of it was removed"
ENDED = "its recording was destroyed here, so this copy of it was removed"


def take_in_again(study: Study) -> Iterator[Taken]:
    """Take in every sealed source the ledger does not know; yields what became of each sealed file.

    Raises AuditBrokenError when the ledger is older than its head: then the newest one is to be put back first.
    """
    with study.lock("import", wait_s=IMPORT_LOCK_WAIT_S):
        with study.ledger.transaction():
            study.audit.check_head(study.audit.last())
            found = find_leftovers(study)
            clear_leftovers(study, found)
        for each in (each for each in found.unknown if each.kind == SOURCE):
            yield _take_again(study, each)
        for each in sorted((e for e in found.unknown if e.kind != SOURCE), key=partial(_age, study)):
            yield _follow(study, each)


def _age(study: Study, each: Unknown) -> float:
    """Newest first."""
    return -study.vault.path(each.owner, each.file).stat().st_mtime


def _follow(study: Study, each: Unknown) -> Taken:
    """Let a record stand in the place of the one the ledger knows, where that is gone and this one is whole."""
    row = study.rows.artifact(each.owner, each.kind)
    part = each.kind if each.owner == STUDY_OWNER else PART_OF[Artifact(each.kind)].value
    key = study.rows.key(each.owner, part)
    if row is None or key is None or study.vault.path(each.owner, row.file).exists():
        return _apart(study, each, LATER)
    sealed = study.vault.sealed_bytes(each.owner, each.kind, each.file)
    try:
        study.vault.unseal_bytes(sealed, each.owner, each.kind, key)
    except SealBrokenError:
        return _apart(study, each, LATER)
    stored = Stored(each.file, hashlib.sha256(sealed).hexdigest(), len(sealed))
    told = {"shared" if each.owner == STUDY_OWNER else "artifacts": {each.kind: stored.digest}}
    with study.ledger.transaction():
        seq = study.audit.append("taken in again", "" if each.owner == STUDY_OWNER else each.owner, told)
        study.sealed.enter(each.owner, {each.kind: stored}, seq)
    return Taken(Path(each.file), "known", each.owner, FOLLOWS, removed=True)


def _apart(study: Study, each: Unknown, why: str) -> Taken:
    folder = put_apart(study, each).parent.relative_to(study.folder).as_posix()
    return Taken(Path(each.file), "failed", each.owner, why=why.format(folder=folder))


def _take_again(study: Study, each: Unknown) -> Taken:
    spare = study.vault.read_spare(each.owner, each.file)
    opened = study.rows.open_spare(each.owner, Part.AUDIO.value, spare) if spare else None
    if opened is None:
        return _apart(study, each, APART)
    key, name = opened
    try:
        with study.vault.open(each.owner, SOURCE, each.file, key, None) as reader:
            row, outcome, why = _take(study, each, name, reader)
    except (SealBrokenError, ChangedError):
        return _apart(study, each, APART)
    study.vault.remove(each.owner, each.file)
    return Taken(Path(each.file), outcome, row.id, why, removed=True)


def _take(
    study: Study, each: Unknown, name: str, reader: BinaryIO
) -> tuple[RecordingRow, Literal["sealed", "known"], str]:
    """Make sure that the study holds what a sealed file holds; returns its recording, the outcome, and why."""
    digest, size = digest_all(reader.read), reader.tell()
    known = study.rows.by_digest(digest)
    if known is not None and known.state is not State.RECEIVED:
        return known, "known", _held(study, known, reader)
    need_space(study.folder, size)
    row = known or receive(study, name, digest, size, number=_free_number(study, each.owner))
    reader.seek(0)
    seal_source(study, reader, row, None)
    return row, "sealed", ""


def _held(study: Study, known: RecordingRow, reader: BinaryIO) -> str:
    if known.state in ENDING:
        return ENDED
    if not is_proven(study, known):
        reader.seek(0)
        seal_source_again(study, reader, known, None)
    return HELD


def _free_number(study: Study, owner: str) -> int:
    """The number a recording had, where no other has it by now; 0 otherwise."""
    try:
        study.rows.recording(owner)
    except RecordingUnknownError:
        return int(owner[1:]) if owner[1:].isdigit() else 0
    return 0
