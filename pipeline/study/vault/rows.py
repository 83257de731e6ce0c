"""The ledger's rows as records, each with a code that shows whether it was changed from outside.

The code is a keyed BLAKE2b over the row's values, so a flipped bit or a hand edit in the database is
an error, never a wrong fact. (A whole row put back from an older copy is found by `audit verify`,
which compares the rows with the signed chain.) Names are sealed: a file name may name a person.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.errors import RecordingUnknownError
from pipeline.study.vault.key_rows import KeyRows
from pipeline.study.vault.keys import unwrap_bytes, wrap_bytes
from pipeline.study.vault.states import State
from pipeline.study.vault.study_key import Ring


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One recording as the ledger knows it.

    `name` is the source file's name without its suffix; `digest` and `size` (bytes) are the source's;
    `duration` is in seconds once known; `failed_stage` and `reason` are set while it is set aside. Of one
    that is withdrawn, `reason` says why.
    """

    number: int
    id: str
    name: str = field(repr=False)
    state: State
    failed_stage: str | None
    reason: str | None
    digest: str
    size: int
    duration: float | None
    received_at: str
    changed_at: str
    audit_seq: int


@dataclass(frozen=True, slots=True)
class ArtifactRow:
    """A sealed file the ledger stands for: its name in the vault, SHA-256 and size as sealed."""

    owner: str
    kind: str
    file: str
    digest: str
    size: int
    version: int
    made_at: str
    audit_seq: int


_RECORDING = (
    "number, id, name, state, failed_stage, reason, digest, size, duration, received_at, changed_at, "
    "audit_seq, code"
)


class Rows(KeyRows):
    """Typed access to the tables; writes only inside `ledger.transaction()`.

    With a key of the analysis ring alone a recording's name is its id: the name of a file may name a person.
    """

    # --- recordings ---

    def recordings(self, states: tuple[State, ...] = ()) -> Iterator[RecordingRow]:
        """All recordings in the order they came, or those in some states."""
        where = f"WHERE state IN ({','.join('?' * len(states))})" if states else ""
        sql = f"SELECT {_RECORDING} FROM recordings {where} ORDER BY number"  # noqa: S608
        for row in self.ledger.query(sql, *(state.value for state in states)):
            yield self._read_recording(row)

    def recording(self, recording_id: str) -> RecordingRow:
        """One recording by its id; raises RecordingUnknownError."""
        found = self.ledger.query(f"SELECT {_RECORDING} FROM recordings WHERE id = ?", recording_id)  # noqa: S608
        if not found:
            raise RecordingUnknownError(recording=recording_id)
        return self._read_recording(found[0])

    def by_digest(self, digest: str) -> RecordingRow | None:
        """The recording whose source has this SHA-256, if there is one."""
        found = self.ledger.query(f"SELECT {_RECORDING} FROM recordings WHERE digest = ?", digest)  # noqa: S608
        return self._read_recording(found[0]) if found else None

    def next_number(self) -> int:
        """The number after the highest one ever used (rows are never deleted)."""
        return int(self.ledger.query("SELECT coalesce(max(number), 0) + 1 FROM recordings")[0][0])

    def put_recording(self, row: RecordingRow) -> None:
        """Insert or replace a recording's row."""
        name = wrap_bytes(self.key_of("names"), row.name.encode(), self._bound("name", row.id))
        duration = None if row.duration is None else float(row.duration)
        if duration is not None and not math.isfinite(
            duration
        ):  # SQLite would keep NULL, and no code would fit
            raise ValueError("a duration must be a number")
        first = (
            row.number,
            row.id,
            name,
            row.state.value,
            row.failed_stage,
            row.reason,
            row.digest,
            row.size,
        )
        values = (*first, duration, row.received_at, row.changed_at, row.audit_seq)
        marks = ",".join("?" * (len(values) + 1))
        sql = f"INSERT OR REPLACE INTO recordings ({_RECORDING}) VALUES ({marks})"  # noqa: S608
        self.ledger.query(sql, *values, self._code("recordings", values))

    def change(self, recording_id: str, **changes: Any) -> RecordingRow:
        """Change some fields of a recording's row."""
        row = replace(self.recording(recording_id), **changes)
        self.put_recording(row)
        return row

    def _read_recording(self, row: sqlite3.Row) -> RecordingRow:
        *values, code = tuple(row)
        self._check(code, "recordings", values)
        values[2], values[3] = self._name(values[1], values[2]), State(values[3])
        return RecordingRow(*values)

    def _name(self, recording: str, sealed: bytes) -> str:
        if not self.opens(Ring.IDENTITY):
            return recording
        name = unwrap_bytes(self.key_of("names"), sealed, self._bound("name", recording))
        if name is None:
            raise self._damaged("a recording's name")
        return name.decode()

    # --- artifacts ---

    def artifacts(self, owner: str) -> list[ArtifactRow]:
        """All sealed files of an owner."""
        return [
            self._read_artifact(r)
            for r in self.ledger.query("SELECT * FROM artifacts WHERE owner = ?", owner)
        ]

    def artifact(self, owner: str, kind: str) -> ArtifactRow | None:
        """One sealed file of an owner, if there is one."""
        found = self.ledger.query("SELECT * FROM artifacts WHERE owner = ? AND kind = ?", owner, kind)
        return self._read_artifact(found[0]) if found else None

    def put_artifact(self, row: ArtifactRow) -> None:
        """Insert or replace an artifact's row."""
        values = (
            row.owner,
            row.kind,
            row.file,
            row.digest,
            row.size,
            row.version,
            row.made_at,
            row.audit_seq,
        )
        sql = "INSERT OR REPLACE INTO artifacts VALUES (?,?,?,?,?,?,?,?,?)"
        self.ledger.query(sql, *values, self._code("artifacts", values))

    def drop_artifact(self, owner: str, kind: str) -> None:
        """Forget a sealed file (its file is the vault's to remove)."""
        self.ledger.query("DELETE FROM artifacts WHERE owner = ? AND kind = ?", owner, kind)

    def owners(self) -> list[str]:
        """Everything that owns sealed files."""
        return [row[0] for row in self.ledger.query("SELECT DISTINCT owner FROM artifacts ORDER BY owner")]

    def files(self) -> dict[str, set[str]]:
        """The names of all sealed files by owner."""
        found: dict[str, set[str]] = {}
        for owner, file in self.ledger.query("SELECT owner, file FROM artifacts"):
            found.setdefault(owner, set()).add(file)
        return found

    def files_of(self, kind: str) -> list[tuple[str, str]]:
        """Owner and name of all sealed files of a kind."""
        return [tuple(r) for r in self.ledger.query("SELECT owner, file FROM artifacts WHERE kind = ?", kind)]

    def _read_artifact(self, row: sqlite3.Row) -> ArtifactRow:
        *values, code = tuple(row)
        self._check(code, "artifacts", values)
        return ArtifactRow(*values)
