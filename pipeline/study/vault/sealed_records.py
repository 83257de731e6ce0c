"""Sealed records: files of the vault, with the rows that stand for them and the keys that open them.

Knows owners and kinds, and nothing of states: what a change of state brings is `pipeline.study.study`'s.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from pipeline.errors import NotKeptError
from pipeline.study.vault import states
from pipeline.study.vault.audit import now
from pipeline.study.vault.key_files import KEY_BYTES
from pipeline.study.vault.ledger import Ledger
from pipeline.study.vault.rows import ArtifactRow, Rows
from pipeline.study.vault.sealing import seal_bytes
from pipeline.study.vault.states import PART_OF, Artifact, Part
from pipeline.study.vault.vault import Vault

STUDY_OWNER = states.STUDY_OWNER


@dataclass(frozen=True, slots=True)
class Sealed:
    """An artifact as a worker hands it back: sealed with the recording's key, the ledger not yet told."""

    kind: Artifact
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed file that is on the disk and no row stands for yet: its name, SHA-256 and size."""

    file: str
    digest: str
    size: int


class SealedRecords:
    """Reads and writes sealed records; writes only inside `ledger.transaction()`."""

    def __init__(self, ledger: Ledger, rows: Rows, vault: Vault):
        self._ledger = ledger
        self._rows = rows
        self._vault = vault

    # --- a recording's ---

    def read(self, recording: str, kind: Artifact) -> bytes:
        """The plain bytes of an artifact; raises NotKeptError or SealBrokenError."""
        row, key = self._standing(recording, kind)
        return self._vault.read(recording, kind.value, row.file, key, row.digest)

    def open(self, recording: str, kind: Artifact) -> BinaryIO:
        """An artifact as a seekable reader, decrypted chunk by chunk in memory; raises as `read` does."""
        row, key = self._standing(recording, kind)
        return self._vault.open(recording, kind.value, row.file, key, row.digest)

    def _standing(self, recording: str, kind: Artifact) -> tuple[ArtifactRow, bytes]:
        row = self._rows.artifact(recording, kind.value)
        key = self._rows.key(recording, PART_OF[kind].value)
        if row is None or key is None:
            raise NotKeptError(recording=recording, what=kind.value)
        return row, key

    def key(self, recording: str, part: Part) -> bytes:
        """One recording's key for one part; raises NotKeptError when it was destroyed or never made."""
        key = self._rows.key(recording, part.value)
        if key is None:
            raise NotKeptError(recording=recording, what=f"key for its {part.value}")
        return key

    def seal(self, recording: str, kind: Artifact, data: bytes) -> Sealed:
        """Seal an artifact in memory, for `store`."""
        key = self.key(recording, PART_OF[kind])
        return Sealed(kind, seal_bytes(data, key, self._vault.binding(recording, kind.value)))

    def store(self, recording: str, sealed: Sealed) -> Stored:
        """Write a sealed artifact, having opened it once."""
        self._vault.unseal_bytes(
            sealed.data, recording, sealed.kind.value, self.key(recording, PART_OF[sealed.kind])
        )
        file = self._vault.write_sealed(recording, sealed.kind.value, sealed.data)
        return Stored(file, hashlib.sha256(sealed.data).hexdigest(), len(sealed.data))

    # --- the study's own: roster, voices, labels, each with a key of its own ---

    def read_shared(self, name: str) -> bytes | None:
        """A study-wide record's plain bytes, None when there is none yet."""
        row, key = self._rows.artifact(STUDY_OWNER, name), self._rows.key(STUDY_OWNER, name)
        if row is None or key is None:
            return None
        return self._vault.read(STUDY_OWNER, name, row.file, key, row.digest)

    def store_shared(self, name: str, data: bytes) -> Stored:
        """Seal and write a study-wide record."""
        key = self._rows.key(STUDY_OWNER, name)
        if key is None:
            key = secrets.token_bytes(KEY_BYTES)
            self._rows.put_key(STUDY_OWNER, name, key)
        file, receipt = self._vault.write(STUDY_OWNER, name, key, io.BytesIO(data))
        return Stored(file, receipt.digest, receipt.size)

    # --- of both ---

    def enter(self, owner: str, stored: Mapping[str, Stored], seq: int) -> None:
        """Make new files the ones the ledger stands for; the replaced ones go after the commit."""
        for kind, new in stored.items():
            self._ledger.after_commit(partial(self._vault.settle, owner, new.file))
            old = self._rows.artifact(owner, kind)
            version = old.version + 1 if old else 1
            self._rows.put_artifact(
                ArtifactRow(owner, kind, new.file, new.digest, new.size, version, now(), seq)
            )
            if old is not None:
                self._ledger.after_commit(partial(self._vault.remove, owner, old.file))
