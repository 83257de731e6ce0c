"""The study: one folder, its key, its recordings. The facade the other rooms use.

    keys.json  study.toml  ledger.sqlite3  audit.head  inbox/  vault/  locks/

Whatever changes goes through `keep` (a sealed artifact and the state it brings) or `move` (a state
alone): the artifact is on the disk first, then the ledger's row and the audit entry commit together.
"""

from __future__ import annotations

import getpass
import io
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import (
    KeyBookError,
    LockedError,
    NotKeptError,
    RecordingAmbiguousError,
    RecordingUnknownError,
    StateError,
    StudyMissingError,
    printable,
)
from pipeline.study import keys as key_book
from pipeline.study.audit import AuditLog, Detail, now, public_key
from pipeline.study.creating import LOCKS, prepare_folder, ways_in
from pipeline.study.files import make_folder, storage_errors
from pipeline.study.key_files import KEY_BYTES
from pipeline.study.keys import KeyBook, KeySource, ScryptCost, StudyKey, WrapKind
from pipeline.study.ledger import FILE_NAME as LEDGER_NAME
from pipeline.study.ledger import Ledger
from pipeline.study.rows import ArtifactRow, RecordingRow, Rows
from pipeline.study.settings import NAME_MOST_CHARACTERS, StudySettings, read_settings, write_settings
from pipeline.study.states import PART_OF, Artifact, Part, State, check_arrow
from pipeline.study.vault import Vault

if TYPE_CHECKING:
    from pipeline.study.names import SafeNames
    from pipeline.study.roster import RosterStore
    from pipeline.study.shared import LabelStore, SharedRecord

STUDY_OWNER = "study"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An artifact as a worker hands it back: sealed with the recording's key, the ledger not yet told."""

    kind: Artifact
    data: bytes


class Study:
    """An open study. Use as a context manager; `open` and `create` make one."""

    def __init__(
        self, folder: Path, book: KeyBook, key: StudyKey, settings: StudySettings, ledger: Ledger, by: str
    ):
        self.folder = folder
        self.book = book
        self.settings = settings
        self.ledger = ledger
        self.vault = Vault(folder, book.study)
        self.rows = Rows(ledger, book.study, key)
        self.audit = AuditLog(ledger, book.study, key, by)
        self._key = key

    @property
    def id(self) -> str:
        """The study's random id."""
        return self.book.study

    # --- making, opening, closing ---

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        passphrase: str | None = None,
        key_file: Path | None = None,
        keyring: bool = False,
        name: str = "",
        by: str = "",
        cost: ScryptCost | None = None,
    ) -> Study:
        """Make a study that opens by each way given; raises StudyExistsError when there is one.

        keys.json is written last: until then the folder is no study and may be tried again.
        """
        ways = ways_in(passphrase, key_file, keyring)
        prepare_folder(folder)
        key = key_book.new_study_key()
        book = KeyBook(study=secrets.token_hex(16), audit_key=public_key(key), wraps=())
        for kind, source in ways:
            book = key_book.add_wrap(book, key, source, kind, cost or ScryptCost())
        settings = StudySettings(
            name=printable(name or folder.absolute().name or "study")[:NAME_MOST_CHARACTERS],
            key_file=key_file.absolute() if key_file else None,
        )
        with storage_errors(folder):
            write_settings(folder, settings)
            study = cls(folder, book, key, settings, Ledger(folder / LEDGER_NAME, create=True), by or user())
            with study.ledger.transaction():
                study.audit.append("study created", detail={"ways": [kind for kind, _ in ways]})
            key_book.write_book(folder, book)
        return study

    @classmethod
    def open(cls, folder: Path, source: KeySource, *, by: str = "") -> Study:
        """Open a study; raises StudyMissingError, WrongKeyError, KeyUnavailableError or LedgerError."""
        book = key_book.read_book(folder)
        settings = read_settings(folder)
        key = key_book.unlock(book, source)
        if public_key(key) != book.audit_key:
            raise KeyBookError(file=folder / key_book.FILE_NAME, why="its audit key is not this study's")
        return cls(folder, book, key, settings, Ledger(folder / LEDGER_NAME), by or user())

    def close(self) -> None:
        """Close the ledger. Sealed readers that are open stay usable."""
        self.ledger.close()

    def __enter__(self) -> Study:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- looking ---

    def recordings(self, *states: State) -> Iterator[RecordingRow]:
        """All recordings in the order they came (or those in some states), with names fit to be shown."""
        for row in self.rows.recordings(states):
            yield self.names.fit(row)

    def recording(self, recording_id: str) -> RecordingRow:
        """One recording by its id; raises RecordingUnknownError."""
        return self.names.fit(self.rows.recording(recording_id))

    def find(self, name: str) -> RecordingRow:
        """One recording by its id or its name, as a person types it; raises RecordingUnknownError."""
        name = printable(name)  # as names are kept
        with suppress(RecordingUnknownError):
            return self.recording(name.upper())
        found = [row for row in self.recordings() if row.name == name]
        if not found:
            raise RecordingUnknownError(recording=name)
        if len(found) > 1:
            ids = ", ".join(row.id for row in found)
            raise RecordingAmbiguousError(recording=name, count=len(found), ids=ids)
        return found[0]

    def has(self, recording_id: str, kind: Artifact) -> bool:
        """Whether an artifact is kept of a recording."""
        return self.rows.artifact(recording_id, kind.value) is not None

    def artifact(self, recording_id: str, kind: Artifact) -> bytes:
        """The plain bytes of an artifact; raises NotKeptError or SealBrokenError."""
        row, key = self._standing(recording_id, kind)
        return self.vault.read(recording_id, kind.value, row.file, key, row.digest)

    def open_source(self, recording_id: str) -> BinaryIO:
        """The source audio as a seekable binary reader, decrypted chunk by chunk in memory."""
        row, key = self._standing(recording_id, Artifact.SOURCE)
        return self.vault.open(recording_id, Artifact.SOURCE.value, row.file, key, row.digest)

    def _standing(self, recording_id: str, kind: Artifact) -> tuple[ArtifactRow, bytes]:
        row = self.rows.artifact(recording_id, kind.value)
        key = self.rows.key(recording_id, PART_OF[kind].value)
        if row is None or key is None:
            raise NotKeptError(recording=recording_id, what=kind.value)
        return row, key

    def recording_key(self, recording_id: str, part: Part) -> bytes:
        """One recording's key for one part (a worker gets it for the recording it works on).

        Raises NotKeptError when it was destroyed or never made.
        """
        key = self.rows.key(recording_id, part.value)
        if key is None:
            raise NotKeptError(recording=recording_id, what=f"key for its {part.value}")
        return key

    # --- changing ---

    def keep(
        self,
        recording_id: str,
        kind: Artifact,
        data: bytes,
        *,
        state: State | None = None,
        event: str = "",
        audit: Detail | None = None,
        shared: Mapping[str, bytes] | None = None,
        duration: float | None = None,
        by: str = "",
    ) -> RecordingRow:
        """Seal and keep an artifact, and go to `state`: one transaction with its audit entry.

        `shared` holds new contents of study-wide records (roster, voices, labels) that change with it.
        Raises StateError when the recording may not go there, and the storage errors.
        """
        return self.keep_sealed(
            recording_id,
            [self.seal(recording_id, kind, data)],
            state=state,
            event=event,
            audit=audit,
            shared=shared,
            duration=duration,
            by=by,
        )

    def seal(self, recording_id: str, kind: Artifact, data: bytes) -> Sealed:
        """Seal an artifact in memory, for `keep_sealed`."""
        from pipeline.study.sealing import seal_bytes

        key = self.recording_key(recording_id, PART_OF[kind])
        return Sealed(kind, seal_bytes(data, key, self.vault.binding(recording_id, kind.value)))

    def keep_sealed(
        self,
        recording_id: str,
        artifacts: list[Sealed],
        *,
        state: State | None = None,
        event: str = "",
        audit: Detail | None = None,
        shared: Mapping[str, bytes] | None = None,
        duration: float | None = None,
        by: str = "",
    ) -> RecordingRow:
        """Like `keep`, for artifacts sealed already (by a worker); each is opened once to check it."""
        with self.ledger.transaction():
            row = self.rows.recording(recording_id)
            target = state or row.state
            check_arrow(recording_id, row.state, target)
            files = {each.kind.value: self._store(recording_id, each) for each in artifacts}
            shares = {name: self._store_shared(name, data) for name, data in (shared or {}).items()}
            detail: dict[str, object] = {
                **(audit or {}),
                "artifacts": {kind: digest for kind, (_, digest, _) in files.items()},
            }
            if shares:
                detail["shared"] = {name: digest for name, (_, digest, _) in shares.items()}
            if target != row.state:
                detail["state"] = target.value
            event = event or (target.value if target != row.state else f"{artifacts[0].kind.value} kept")
            seq = self.audit.append(event, recording_id, detail, by=by)
            self.enter_artifacts(recording_id, files, seq)
            self.enter_artifacts(STUDY_OWNER, shares, seq)
            changes: dict[str, object] = {"state": target, "audit_seq": seq}
            if target != row.state:
                changes |= {"changed_at": now(), "failed_stage": None, "reason": None}
            if duration is not None:
                changes["duration"] = duration
            row = self.rows.change(recording_id, **changes)
        return self.names.fit(row)

    def _store(self, owner: str, sealed: Sealed) -> tuple[str, str, int]:
        """Write a sealed artifact, having opened it once; returns its file, digest and size."""
        import hashlib

        key = self.recording_key(owner, PART_OF[sealed.kind])
        self.vault.unseal_bytes(sealed.data, owner, sealed.kind.value, key)
        file = self.vault.write_sealed(owner, sealed.kind.value, sealed.data)
        return file, hashlib.sha256(sealed.data).hexdigest(), len(sealed.data)

    def _store_shared(self, name: str, data: bytes) -> tuple[str, str, int]:
        key = self.rows.key(STUDY_OWNER, name)
        if key is None:
            key = secrets.token_bytes(KEY_BYTES)
            self.rows.put_key(STUDY_OWNER, name, key)
        file, receipt = self.vault.write(STUDY_OWNER, name, key, io.BytesIO(data))
        return file, receipt.digest, receipt.size

    def enter_artifacts(self, owner: str, files: Mapping[str, tuple[str, str, int]], seq: int) -> None:
        """Make new files the ones the ledger stands for; the replaced ones go after the commit."""
        for kind, (file, digest, size) in files.items():
            old = self.rows.artifact(owner, kind)
            version = old.version + 1 if old else 1
            self.rows.put_artifact(ArtifactRow(owner, kind, file, digest, size, version, now(), seq))
            if old is not None:
                self._remove_later(owner, old.file)

    def _remove_later(self, owner: str, file: str) -> None:
        self.ledger.after_commit(lambda: self.vault.remove(owner, file))

    def keep_shared(
        self, name: str, data: bytes, *, event: str, audit: Detail | None = None, by: str = ""
    ) -> None:
        """Seal and keep a study-wide record (roster, voices, labels) with its audit entry."""
        with self.ledger.transaction():
            stored = self._store_shared(name, data)
            seq = self.audit.append(event, "", {**(audit or {}), "shared": {name: stored[1]}}, by=by)
            self.enter_artifacts(STUDY_OWNER, {name: stored}, seq)
        if name == "roster":
            self.__dict__.pop("names", None)

    def read_shared(self, name: str) -> bytes | None:
        """A study-wide record's plain bytes, None when there is none yet."""
        row, key = self.rows.artifact(STUDY_OWNER, name), self.rows.key(STUDY_OWNER, name)
        if row is None or key is None:
            return None
        return self.vault.read(STUDY_OWNER, name, row.file, key, row.digest)

    def move(
        self, recording_id: str, state: State, event: str = "", audit: Detail | None = None, *, by: str = ""
    ) -> RecordingRow:
        """Go to a state that brings no artifact, with its audit entry; raises StateError."""
        with self.ledger.transaction():
            row = self.rows.recording(recording_id)
            check_arrow(recording_id, row.state, state)
            detail = {**(audit or {}), "state": state.value}
            seq = self.audit.append(event or state.value, recording_id, detail, by=by)
            row = self.rows.change(
                recording_id, state=state, changed_at=now(), audit_seq=seq, failed_stage=None, reason=None
            )
        return self.names.fit(row)

    def set_aside(self, recording_id: str, stage: str, reason: str) -> RecordingRow:
        """Mark a recording as failed at a stage; its state stays, so that a retry goes on from there."""
        with self.ledger.transaction():
            seq = self.audit.append("failed", recording_id, {"stage": stage, "reason": reason})
            row = self.rows.change(
                recording_id, failed_stage=stage, reason=reason, audit_seq=seq, changed_at=now()
            )
        return self.names.fit(row)

    def retry(self, recording_id: str) -> RecordingRow:
        """Take up a recording that was set aside; raises StateError when it was not."""
        with self.ledger.transaction():
            row = self.rows.recording(recording_id)
            if row.failed_stage is None:
                raise StateError(recording=recording_id, state=row.state.value, wanted="tried again")
            seq = self.audit.append("retry", recording_id, {"stage": row.failed_stage})
            row = self.rows.change(recording_id, failed_stage=None, reason=None, audit_seq=seq)
        return self.names.fit(row)

    # --- what belongs to the whole study ---

    @cached_property
    def roster(self) -> RosterStore:
        """Who takes part (sealed)."""
        from pipeline.study.roster import RosterStore

        return RosterStore(self)

    @cached_property
    def voices(self) -> SharedRecord:
        """The participants' voiceprints (sealed, with a key of their own)."""
        from pipeline.study.shared import SharedRecord

        return SharedRecord(self, "voices")

    @cached_property
    def labels(self) -> LabelStore:
        """Which thing has which label, over the study (sealed)."""
        from pipeline.study.shared import LabelStore

        return LabelStore(self, "labels")

    @cached_property
    def names(self) -> SafeNames:
        """Decides which file names may be shown."""
        from pipeline.study.names import SafeNames

        return SafeNames(self.roster.load())

    # --- keys, locks, leftovers ---

    def add_way(self, source: KeySource, kind: WrapKind, cost: ScryptCost | None = None) -> None:
        """Add a way to open the study."""
        self._change_book(
            key_book.add_wrap(self.book, self._key, source, kind, cost or ScryptCost()), "key added"
        )

    def replace_ways(
        self, names: set[str], source: KeySource, kind: WrapKind, cost: ScryptCost | None = None
    ) -> None:
        """Replace some ways by a new one (change of passphrase)."""
        book = key_book.add_wrap(self.book, self._key, source, kind, cost or ScryptCost())
        self._change_book(key_book.drop_wraps(book, names) if names else book, "key changed")

    def remove_way(self, name: str) -> None:
        """Remove a way to open the study; never the last one."""
        self._change_book(key_book.drop_wraps(self.book, {name}), "key removed")

    def _change_book(self, book: KeyBook, event: str) -> None:
        with self.ledger.transaction():
            self.audit.append(event, detail={"ways": [f"{wrap.kind} {wrap.name}" for wrap in book.wraps]})
            key_book.write_book(self.folder, book)
        self.book = book

    @contextmanager
    def lock(self, name: str, *, wait_s: float = 0) -> Iterator[None]:
        """Hold one of the study's locks; raises LockedError when another process has it.

        The system frees it when the process ends, however it ends.
        """
        from filelock import FileLock, Timeout

        with storage_errors(self.folder / LOCKS):
            make_folder(self.folder / LOCKS)
            held = FileLock(self.folder / LOCKS / f"{name}.lock", timeout=wait_s, mode=0o600)
            try:
                held.acquire()
            except Timeout:
                raise LockedError(what=f"{self.settings.name} ({name})") from None
        try:
            yield
        finally:
            held.release()

    def sweep(self) -> int:
        """Remove sealed files a crash left behind; returns how many. Skipped while an import runs.

        Raises AuditBrokenError when the ledger is older than the study: what it does not know may be all there is.
        """
        try:
            with self.lock("import"), self.ledger.transaction():
                self.audit.check_head(self.audit.last())
                return self.vault.sweep(self.rows.files())
        except LockedError:
            return 0


def user() -> str:
    """The name of the person at this computer's account, for the audit chain."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def find_study(start: Path) -> Path:
    """The study folder one stands in, looking upward; raises StudyMissingError."""
    for folder in (start, *start.absolute().parents):
        if (folder / key_book.FILE_NAME).is_file():
            return folder
    raise StudyMissingError(folder=start)
