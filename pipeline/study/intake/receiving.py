"""A source from its bytes to the vault: received, sealed, read back and compared, committed."""

from __future__ import annotations

import secrets

from pipeline.errors import (
    SealBrokenError,
    printable,
)
from pipeline.study.intake.sightings import lies_here
from pipeline.study.intake.sources import digest_all
from pipeline.study.study import Study
from pipeline.study.vault import faults
from pipeline.study.vault.audit import now
from pipeline.study.vault.key_files import KEY_BYTES
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.sealed_records import Stored
from pipeline.study.vault.sealing import Readable, Receipt
from pipeline.study.vault.states import Artifact, Part, State

SOURCE = Artifact.SOURCE.value


class ChangedError(Exception):
    """A file did not give the same bytes twice."""


def receive(study: Study, name: str, digest: str, size: int, *, number: int = 0) -> RecordingRow:
    """Give a new recording its id: state `received`, nothing of its content kept yet.

    `number` is the one it had before, where an older ledger was put back and it is free.
    """
    with study.ledger.transaction():
        number = number or max(study.rows.next_number(), study.vault.highest_number() + 1)
        recording_id = f"R{number:04d}"
        detail = {"state": State.RECEIVED.value, "digest": digest, "size": size}
        seq = study.audit.append("received", recording_id, detail)
        moment = now()
        row = RecordingRow(
            number=number,
            id=recording_id,
            name=printable(name),
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


def seal_source(study: Study, source: Readable, row: RecordingRow, device: int | None) -> None:
    """Seal, read back, compare, commit. Only after this may the source be removed.

    `device` is the file system the source lies on, None where that is not known.
    """
    keys = {part: secrets.token_bytes(KEY_BYTES) for part in Part}
    file, receipt = _seal_and_prove(study, source, row, keys[Part.AUDIO])
    # From here on the sealed file is the ledger's; one that no commit stands for is swept by the next run.
    with study.ledger.transaction():
        for part, key in keys.items():
            study.rows.put_key(row.id, part.value, key)
        detail = {
            "state": State.SEALED.value,
            "artifacts": {SOURCE: receipt.digest},
            "keys": study.rows.key_ids(row.id),
            **_origin(study, device),
        }
        seq = study.audit.append("sealed", row.id, detail)
        _enter(study, row, file, receipt, seq)
        study.rows.change(row.id, state=State.SEALED, changed_at=now(), audit_seq=seq)
    faults.moment("import.committed")


def seal_source_again(study: Study, source: Readable, row: RecordingRow, device: int | None) -> None:
    """Put a recording's source, given once more, in the place of a sealed file that is damaged or missing."""
    key = study.recording_key(row.id, Part.AUDIO)
    file, receipt = _seal_and_prove(study, source, row, key)
    with study.ledger.transaction():
        detail = {"artifacts": {SOURCE: receipt.digest}, **_origin(study, device)}
        _enter(study, row, file, receipt, study.audit.append("sealed again", row.id, detail))


def _origin(study: Study, device: int | None) -> dict[str, bool]:
    """Whether the source lies on the study's file system, as an audit entry tells it."""
    return {} if device is None else {"from_this_disk": lies_here(study, device)}


def _enter(study: Study, row: RecordingRow, file: str, receipt: Receipt, seq: int) -> None:
    """Make a sealed source the one the ledger stands for, with the spare of its key beside it."""
    study.vault.write_spare(row.id, file, study.rows.spare(row.id, Part.AUDIO.value))
    study.sealed.enter(row.id, {SOURCE: Stored(file, receipt.digest, receipt.size)}, seq)


def _seal_and_prove(study: Study, source: Readable, row: RecordingRow, key: bytes) -> tuple[str, Receipt]:
    """The new sealed file and its receipt."""
    file, receipt = study.vault.write(row.id, SOURCE, key, source)
    faults.moment("import.sealed")
    try:
        _prove(study, row, key, file, receipt)
    except BaseException:
        study.vault.remove(row.id, file)
        raise
    faults.moment("import.read_back")
    return file, receipt


def _prove(study: Study, row: RecordingRow, key: bytes, file: str, receipt: Receipt) -> None:
    """Raise unless what was sealed is what was hashed, and reads back as such from the disk."""
    if receipt.plain_digest != row.digest:
        raise ChangedError
    with study.vault.open(row.id, SOURCE, file, key, receipt.digest) as back:
        if digest_all(back.read) != row.digest:
            raise SealBrokenError(file=study.vault.binding(row.id, SOURCE), why="it reads back differently")
