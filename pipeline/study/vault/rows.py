"""The ledger's rows as records, each with a code that shows whether it was changed from outside.

The code is a keyed BLAKE2b over the row's values, so a flipped bit or a hand edit in the database is
an error, never a wrong fact. (A whole row put back from an older copy is found by `audit verify`,
which compares the rows with the signed chain.) Names are sealed: a file name may name a person.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.errors import LedgerError, RecordingUnknownError
from pipeline.study.vault.keys import StudyKey, unwrap_bytes, wrap_bytes
from pipeline.study.vault.ledger import Ledger
from pipeline.study.vault.states import State
from pipeline.study.vault.vault import Spare


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


class Rows:
    """Typed access to the tables; writes only inside `ledger.transaction()`."""

    def __init__(self, ledger: Ledger, study: str, key: StudyKey):
        self.ledger = ledger
        self.study = study
        self._names = key.derive("names")
        self._codes = key.derive("row codes")
        self._wrapping = key.derive("recording keys")

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
        name = wrap_bytes(self._names, row.name.encode(), self._bound("name", row.id))
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
        name = unwrap_bytes(self._names, values[2], self._bound("name", values[1]))
        if name is None:
            raise self._damaged("a recording's name")
        values[2], values[3] = name.decode(), State(values[3])
        return RecordingRow(*values)

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

    # --- keys ---

    def key(self, owner: str, part: str) -> bytes | None:
        """An owner's key for one part of its content, unwrapped; None when there is none (any more)."""
        found = self.ledger.query("SELECT id, wrapped FROM keys WHERE owner = ? AND part = ?", owner, part)
        if not found:
            return None
        plain = unwrap_bytes(self._wrapping, found[0][1], self._bound("key", owner, part))
        if plain is None or key_id(plain) != found[0][0]:
            raise self._damaged("a recording's key")
        return plain

    def key_ids(self, owner: str) -> dict[str, str]:
        """The ids of an owner's keys by part (an id tells which key it is, and nothing of it)."""
        return {
            row[0]: row[1] for row in self.ledger.query("SELECT part, id FROM keys WHERE owner = ?", owner)
        }

    def spare(self, owner: str, part: str) -> Spare:
        """An owner's wrapped key and sealed name as they stand in the ledger, for `open_spare`."""
        (wrapped,) = self.ledger.query("SELECT wrapped FROM keys WHERE owner = ? AND part = ?", owner, part)
        (name,) = self.ledger.query("SELECT name FROM recordings WHERE id = ?", owner)
        return Spare(bytes(wrapped[0]), bytes(name[0]))

    def open_spare(self, owner: str, part: str, spare: Spare) -> tuple[bytes, str] | None:
        """The key and the name of a spare; None unless it is this owner's and of this study."""
        key = unwrap_bytes(self._wrapping, spare.wrapped, self._bound("key", owner, part))
        name = unwrap_bytes(self._names, spare.name, self._bound("name", owner))
        return None if key is None else (key, owner if name is None else name.decode())

    def check_keys(self) -> None:
        """Unwrap every key there is; raises LedgerError when one is damaged."""
        for owner, part in self.ledger.query("SELECT owner, part FROM keys"):
            self.key(owner, part)

    def put_key(self, owner: str, part: str, plain: bytes) -> None:
        """Keep a key, wrapped by the study key; an owner's key is never replaced."""
        wrapped = wrap_bytes(self._wrapping, plain, self._bound("key", owner, part))
        self.ledger.query("INSERT INTO keys VALUES (?,?,?,?)", owner, part, key_id(plain), wrapped)

    def drop_key(self, owner: str, part: str) -> None:
        """Delete a wrapped key; call `ledger.scrub()` after the commit to leave nothing of it."""
        self.ledger.query("DELETE FROM keys WHERE owner = ? AND part = ?", owner, part)

    # --- codes ---

    def _bound(self, *parts: str) -> bytes:
        return "|".join(("session-deid", self.study, *parts)).encode()

    def _code(self, table: str, values: object) -> bytes:
        plain = json.dumps([table, values], default=bytes.hex).encode()
        return hashlib.blake2b(plain, key=self._codes, digest_size=16).digest()

    def _check(self, code: object, table: str, values: list[Any]) -> None:
        right = self._code(table, values)
        if not isinstance(code, bytes) or not hmac.compare_digest(code, right):
            raise self._damaged(f"a row of {table}")

    def _damaged(self, what: str) -> LedgerError:
        return LedgerError(file=self.ledger.path, why=f"{what} was changed from outside or is damaged")


def key_id(plain: bytes) -> str:
    """A key's public id: 8 bytes of a keyed BLAKE2b of nothing, hex."""
    return hashlib.blake2b(key=plain, person=b"key id", digest_size=8).hexdigest()
