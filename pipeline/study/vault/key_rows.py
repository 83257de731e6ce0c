"""The keys of recordings and study-wide records in the ledger, each wrapped for the ring that may open it.

    keys            wrapped by the identity ring's key: all of them
    analysis_keys   what is for the analysis ring, once more, sealed for its public key

So who processes and reviews reads and writes what is going to be approved. The first of the two copies goes when a
recording's raw words are destroyed: from then on the analysis ring alone opens its transcript.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from pipeline.errors import LedgerError
from pipeline.study.vault.keys import unwrap_bytes, wrap_bytes
from pipeline.study.vault.ledger import Ledger
from pipeline.study.vault.states import ANALYSIS_RECORDS, STUDY_OWNER, Part
from pipeline.study.vault.study_key import Ring, StudyKey
from pipeline.study.vault.vault import Spare

KEY_ID_BYTES = 8


def ring_of(owner: str, part: str) -> Ring:
    """The ring that opens a key once its recording is destroyed."""
    for_analysis = part in ANALYSIS_RECORDS if owner == STUDY_OWNER else part == Part.KEPT.value
    return Ring.ANALYSIS if for_analysis else Ring.IDENTITY


class KeyRows:
    """Typed access to the keys; writes only inside `ledger.transaction()`."""

    def __init__(self, ledger: Ledger, study: str, key: StudyKey):
        self.ledger = ledger
        self.study = study
        self._key = key
        self._codes = key.derive("row codes")

    def opens(self, ring: Ring) -> bool:
        """Whether the study was opened with a key of this ring."""
        return self._key.opens(ring)

    def key_of(self, purpose: str) -> bytes:
        """The study's key for one purpose; raises RingNeededError."""
        return self._key.derive(purpose)

    # --- reading ---

    def key(self, owner: str, part: str) -> bytes | None:
        """An owner's key for one part of its content, unwrapped; None when there is none (any more).

        Raises RingNeededError when the study was opened with a key of the other ring.
        """
        wrapped, sealed = self._wrapped(owner, part), self._sealed(owner, part)
        if wrapped is not None and (self.opens(Ring.IDENTITY) or sealed is None):
            return self._unwrap(owner, part, wrapped)
        return None if sealed is None else self._unbox(owner, part, sealed)

    def has_key(self, owner: str, part: str) -> bool:
        """Whether there is a key, whoever can open it."""
        return part in self.key_ids(owner)

    def key_ids(self, owner: str) -> dict[str, str]:
        """The ids of an owner's keys by part (an id tells which key it is, and nothing of it)."""
        rows = self.ledger.query("SELECT part, id FROM keys WHERE owner = ?", owner)
        more = self.ledger.query("SELECT part, id FROM analysis_keys WHERE owner = ?", owner)
        return {row[0]: row[1] for row in (*rows, *more)}

    def wrapped_keys(self, owner: str, part: str) -> list[bytes]:
        """A key as it lies in the ledger, in each form."""
        found = [self._wrapped(owner, part), self._sealed(owner, part)]
        return [bytes(row["wrapped"]) for row in found if row is not None]

    def every_key(self) -> Iterator[tuple[str, str, str]]:
        """Owner, part and id of each key, the id made from the key itself; raises LedgerError when one is damaged.

        Of a key only the other ring opens it is the one the ledger holds, under a code of its row.
        """
        for owner, part in self.ledger.query("SELECT owner, part FROM keys"):
            row = self._wrapped(owner, part)
            if row is not None and self.opens(Ring.IDENTITY):
                self._unwrap(owner, part, row)
            yield owner, part, row["id"] if row is not None else ""
        for owner, part in self.ledger.query("SELECT owner, part FROM analysis_keys"):
            row = self._sealed(owner, part)
            if row is not None and self.opens(Ring.ANALYSIS):
                self._unbox(owner, part, row)
            yield owner, part, row["id"] if row is not None else ""

    def check_keys(self) -> None:
        """Unwrap every key there is; raises LedgerError when one is damaged, its two copies are not one key, or the copy
        is gone by which a recording is reviewed."""
        ids: dict[tuple[str, str], str] = {}
        for owner, part, name in self.every_key():
            if ids.setdefault((owner, part), name) != name:
                raise self._damaged("a recording's key")
        for owner, part in ids:
            if (
                ring_of(owner, part) is Ring.ANALYSIS
                and owner != STUDY_OWNER
                and self._lacks_copy(owner, part)
            ):
                raise self._damaged("a recording's key")

    def _lacks_copy(self, owner: str, part: str) -> bool:
        """Whether the identity ring opens a recording's raw words and not what is made of them."""
        return self._wrapped(owner, Part.WORDS.value) is not None and self._wrapped(owner, part) is None

    def _wrapped(self, owner: str, part: str) -> sqlite3.Row | None:
        found = self.ledger.query("SELECT id, wrapped FROM keys WHERE owner = ? AND part = ?", owner, part)
        return found[0] if found else None

    def _sealed(self, owner: str, part: str) -> sqlite3.Row | None:
        sql = "SELECT id, sealed AS wrapped, code FROM analysis_keys WHERE owner = ? AND part = ?"
        found = self.ledger.query(sql, owner, part)
        if not found:
            return None
        self._check(found[0]["code"], "analysis_keys", [owner, part, found[0]["id"], found[0]["wrapped"]])
        return found[0]

    def _unwrap(self, owner: str, part: str, row: sqlite3.Row) -> bytes:
        plain = unwrap_bytes(self.key_of("recording keys"), row["wrapped"], self._bound("key", owner, part))
        return self._checked(plain, row["id"])

    def _unbox(self, owner: str, part: str, row: sqlite3.Row) -> bytes:
        """A sealed box binds nothing: what it belongs to stands in it, before the key."""
        found, bound = self._key.unbox(row["wrapped"]) or b"", self._bound("key", owner, part)
        return self._checked(found[len(bound) :] if found.startswith(bound) else None, row["id"])

    def _checked(self, plain: bytes | None, wanted: str) -> bytes:
        if not plain or key_id(plain) != wanted:
            raise self._damaged("a recording's key")
        return plain

    # --- writing ---

    def put_key(self, owner: str, part: str, plain: bytes) -> None:
        """Keep a key, wrapped for its ring; an owner's key is never replaced."""
        if ring_of(owner, part) is Ring.ANALYSIS:
            self._put_sealed(owner, part, plain)
            if not self._for_review(owner):
                return
        wrapped = wrap_bytes(self.key_of("recording keys"), plain, self._bound("key", owner, part))
        self.ledger.query("INSERT INTO keys VALUES (?,?,?,?)", owner, part, key_id(plain), wrapped)

    def _put_sealed(self, owner: str, part: str, plain: bytes) -> None:
        sealed = self._key.box(self._bound("key", owner, part) + plain)
        values = (owner, part, key_id(plain), sealed)
        code = self._code("analysis_keys", list(values))
        self.ledger.query("INSERT INTO analysis_keys VALUES (?,?,?,?,?)", *values, code)

    def _for_review(self, owner: str) -> bool:
        """Whether the identity ring opens it too: it writes the study's own, and a recording's while its raw words are there."""
        if not self.opens(Ring.IDENTITY):
            return False
        return owner == STUDY_OWNER or self._wrapped(owner, Part.WORDS.value) is not None

    def drop_key(self, owner: str, part: str) -> None:
        """Delete a wrapped key; call `ledger.scrub()` after the commit to leave nothing of it."""
        self.ledger.query("DELETE FROM keys WHERE owner = ? AND part = ?", owner, part)
        self.ledger.query("DELETE FROM analysis_keys WHERE owner = ? AND part = ?", owner, part)

    def spent_copies(self) -> list[str]:
        """Destroyed recordings whose transcript the identity ring still opens although their raw words are gone."""
        rows = self.ledger.query(
            "SELECT k.owner FROM keys k JOIN recordings r ON r.id = k.owner WHERE k.part = ? AND r.state = 'destroyed' "
            "AND EXISTS (SELECT 1 FROM analysis_keys a WHERE a.owner = k.owner AND a.part = k.part) "
            "AND NOT EXISTS (SELECT 1 FROM keys w WHERE w.owner = k.owner AND w.part = ?)",
            Part.KEPT.value,
            Part.WORDS.value,
        )
        return [row[0] for row in rows]

    def drop_spent_copies(self) -> int:
        """From now on the analysis ring alone opens those transcripts; returns how many. Scrub the ledger afterwards."""
        spent = self.spent_copies()
        for owner in spent:
            self.ledger.query("DELETE FROM keys WHERE owner = ? AND part = ?", owner, Part.KEPT.value)
        return len(spent)

    def unshared(self) -> list[tuple[str, str]]:
        """Keys for the analysis ring that it cannot open: an earlier version wrapped them."""
        rows = self.ledger.query(
            "SELECT k.owner, k.part FROM keys k LEFT JOIN analysis_keys a ON a.owner = k.owner AND a.part = k.part "
            "WHERE a.owner IS NULL"
        )
        return [(o, p) for o, p in rows if ring_of(o, p) is Ring.ANALYSIS]

    def share(self, owner: str, part: str) -> None:
        """Seal a key for the analysis ring as well."""
        plain = self.key(owner, part)
        if plain is not None:
            self._put_sealed(owner, part, plain)

    # --- the spare beside a sealed source ---

    def spare(self, owner: str, part: str) -> Spare:
        """An owner's wrapped key and sealed name as they stand in the ledger, for `open_spare`."""
        (wrapped,) = self.ledger.query("SELECT wrapped FROM keys WHERE owner = ? AND part = ?", owner, part)
        (name,) = self.ledger.query("SELECT name FROM recordings WHERE id = ?", owner)
        return Spare(bytes(wrapped[0]), bytes(name[0]))

    def open_spare(self, owner: str, part: str, spare: Spare) -> tuple[bytes, str] | None:
        """The key and the name of a spare; None unless it is this owner's and of this study."""
        key = unwrap_bytes(self.key_of("recording keys"), spare.wrapped, self._bound("key", owner, part))
        name = unwrap_bytes(self.key_of("names"), spare.name, self._bound("name", owner))
        return None if key is None else (key, owner if name is None else name.decode())

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
    return hashlib.blake2b(key=plain, person=b"key id", digest_size=KEY_ID_BYTES).hexdigest()
