"""The audit chain: who did what and when, each entry bound to all before it and signed.

An entry's hash is SHA-256 over its canonical JSON, which holds the hash of the entry before; the
first entry's `previous` is the hash of the study's id. Each hash is signed with the study's Ed25519
key (its seed derives from the study key; the public key stands in keys.json), so a chain can be
checked without opening the study, and nobody without the study key can write an entry. The newest
entry's number, hash and signature are also kept beside the ledger (audit_head.py), which shows a tail
cut off. Who holds the study key can forge all of it: `audit export` kept elsewhere is the remedy.

Entries hold codes, digests, counts and phrases of ours; never what was said, names of participants or recordings' files.
docs/security.md lists the free text of staff that they hold; what the roster names is refused there, or left out.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.errors import AuditBrokenError, LedgerError
from pipeline.study.vault.audit_head import HEAD_NAME, Head, check_head, read_head, write_head
from pipeline.study.vault.ledger import Ledger
from pipeline.study.vault.study_key import StudyKey

if TYPE_CHECKING:
    from nacl.signing import VerifyKey

Detail = Mapping[str, object]  # JSON values


def now() -> str:
    """This moment in UTC, to the millisecond. The clock may be wrong; the order is the entries' number."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the chain; `detail` is canonical JSON."""

    seq: int
    at: str
    by: str
    event: str
    recording: str
    detail: str
    previous: str
    hash: str
    signature: str

    def facts(self) -> dict[str, object]:
        """The detail as a dictionary."""
        facts: dict[str, object] = json.loads(self.detail)
        return facts


def hash_of(seq: int, at: str, by: str, event: str, recording: str, detail: str, previous: str) -> str:
    """The hash that binds an entry to all before it."""
    plain = json.dumps([seq, at, by, event, recording, detail, previous], ensure_ascii=False)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def first_previous(study: str) -> str:
    """What stands as the hash before the first entry."""
    return hashlib.sha256(f"session-deid audit 1|{study}".encode()).hexdigest()


def public_key(key: StudyKey) -> str:
    """The study's public audit key (hex)."""
    from nacl.signing import SigningKey

    return bytes(SigningKey(key.derive("audit")).verify_key).hex()


class AuditLog:
    """Appends to and reads a study's chain."""

    def __init__(self, ledger: Ledger, study: str, key: StudyKey, by: str):
        self._ledger = ledger
        self._study = study
        self._seed = key.derive("audit")
        self.by = by
        self.verify_key = public_key(key)
        self._head = ledger.path.with_name(HEAD_NAME)

    def append(self, event: str, recording: str = "", detail: Detail | None = None, *, by: str = "") -> int:
        """Add an entry inside the running transaction; returns its number."""
        last = self.last()
        self.check_head(last)
        seq = last.seq + 1 if last else 1
        previous = last.hash if last else first_previous(self._study)
        values = (seq, now(), by or self.by, event, recording, _canonical(detail or {}), previous)
        digest = hash_of(*values)
        signature = self.sign(digest.encode()).hex()
        self._ledger.query("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?,?)", *values, digest, signature)
        self._ledger.after_commit(self._write_head)
        return seq

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature (64 bytes) with the study's key; certificates are signed with it too."""
        from nacl.signing import SigningKey

        return bytes(SigningKey(self._seed).sign(data).signature)

    def last(self) -> Entry | None:
        """The newest entry."""
        rows = self._ledger.query("SELECT * FROM audit ORDER BY seq DESC LIMIT 1")
        return self._read(rows[0]) if rows else None

    def _read(self, row: sqlite3.Row) -> Entry:
        seq, *texts = tuple(row)
        if not isinstance(seq, int) or not all(isinstance(text, str) for text in texts):
            raise LedgerError(file=self._ledger.path, why="an audit entry is damaged")
        return Entry(seq, *texts)

    def entries(self, recording: str | None = None) -> Iterator[Entry]:
        """The chain in order, or one recording's entries."""
        where, values = ("WHERE recording = ?", (recording,)) if recording else ("", ())
        for row in self._ledger.query(f"SELECT * FROM audit {where} ORDER BY seq", *values):  # noqa: S608
            yield self._read(row)

    def events(self, event: str) -> list[Entry]:
        """All entries of one kind, in order."""
        return [
            self._read(row)
            for row in self._ledger.query("SELECT * FROM audit WHERE event = ? ORDER BY seq", event)
        ]

    def naming(self, record: str) -> list[Entry]:
        """All entries that tell of a study-wide record, in order (and perhaps some more)."""
        sql = "SELECT * FROM audit WHERE instr(detail, ?) ORDER BY seq"
        return [self._read(row) for row in self._ledger.query(sql, json.dumps(record))]

    def last_of(self, event: str) -> Entry | None:
        """The newest entry of one kind."""
        rows = self._ledger.query("SELECT * FROM audit WHERE event = ? ORDER BY seq DESC LIMIT 1", event)
        return self._read(rows[0]) if rows else None

    def entry(self, seq: int) -> Entry | None:
        """One entry by its number."""
        rows = self._ledger.query("SELECT * FROM audit WHERE seq = ?", seq)
        return self._read(rows[0]) if rows else None

    def _write_head(self) -> None:
        """Keep the newest entry's mark beside the ledger; a crash before it leaves an older, valid one."""
        last = self.last()
        if last is not None:
            write_head(self._head, Head(last.seq, last.hash), self.sign)

    def check_head(self, last: Entry | None) -> None:
        """Raise AuditBrokenError when the chain's head is ahead of the ledger or of another chain.

        So an older ledger put in the place of the study's is noticed before anything is changed by it.
        """
        if last is None and not self._head.exists():  # a study that is being made
            return
        head = read_head(self._head, self.verify_key)
        known = last if last and last.seq == head.seq else self.entry(head.seq)
        check_head(head, last.seq if last else 0, known.hash if known else "")

    def verify(self) -> int:
        """Check every entry and the head; returns how many there are, raises AuditBrokenError."""
        entries = list(self.entries())
        count = verify_entries(entries, first_previous(self._study), self.verify_key)
        self.check_head(entries[-1] if entries else None)
        return count


def _canonical(detail: Detail) -> str:
    return json.dumps(detail, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def verify_entries(entries: Sequence[Entry], previous: str, verify_key: str) -> int:
    """Check a chain; returns its length, raises AuditBrokenError naming the first bad entry."""
    from nacl.signing import VerifyKey

    checker = VerifyKey(bytes.fromhex(verify_key))
    for expected, entry in enumerate(entries, start=1):
        _check_entry(entry, expected, previous, checker)
        previous = entry.hash
    return len(entries)


def _check_entry(entry: Entry, expected: int, previous: str, checker: VerifyKey) -> None:
    if entry.seq != expected:
        raise AuditBrokenError(why=f"entry {expected} is missing (the next one there is {entry.seq})")
    right = hash_of(*(getattr(entry, name) for name in Entry.__slots__[:7]))
    if entry.hash != right:
        raise AuditBrokenError(why=f"entry {expected} was edited, or stands in another's place")
    if entry.previous != previous:
        raise AuditBrokenError(
            why=f"entry {expected} does not follow the one before it (inserted or reordered)"
        )
    if not _signed(entry, checker):
        raise AuditBrokenError(why=f"entry {expected} is not signed by this study (rewritten or inserted)")


def _signed(entry: Entry, checker: VerifyKey) -> bool:
    from nacl.exceptions import CryptoError

    try:
        checker.verify(entry.hash.encode(), bytes.fromhex(entry.signature))
    except (CryptoError, ValueError):
        return False
    return True
