"""The study: one folder, its key, its recordings. The facade the other rooms use.

    keys.json  study.toml  ledger.sqlite3  audit.head  inbox/  vault/  locks/

Whatever changes goes through `keep` (a sealed artifact and the state it brings) or `move` (a state
alone): the artifact is on the disk first, then the ledger's row and the audit entry commit together.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, TypedDict, Unpack

from pipeline.errors import (
    AuditBrokenError,
    KeyBookError,
    LockedError,
    RecordingAmbiguousError,
    RecordingUnknownError,
    StateError,
    printable,
)
from pipeline.records import from_json
from pipeline.study.creating import prepare_folder, ways_in
from pipeline.study.finding import user
from pipeline.study.leftovers import clear_leftovers, complete_spares, find_leftovers, refuse_unknown
from pipeline.study.locking import hold
from pipeline.study.rings import RINGS, complete_rings
from pipeline.study.settings import (
    NAME_MOST_CHARACTERS,
    StudySettings,
    are_noted,
    read_settings,
    rules_of,
    write_settings,
)
from pipeline.study.told import replay
from pipeline.study.vault import key_book, keys
from pipeline.study.vault.audit import AuditLog, Detail, now, public_key
from pipeline.study.vault.files import storage_errors
from pipeline.study.vault.keys import KeyBook, KeySource, ScryptCost
from pipeline.study.vault.ledger import FILE_NAME as LEDGER_NAME
from pipeline.study.vault.ledger import Ledger
from pipeline.study.vault.rows import RecordingRow, Rows
from pipeline.study.vault.sealed_records import Sealed, SealedRecords, Stored
from pipeline.study.vault.states import PART_OF, STUDY_OWNER, Artifact, Part, State, check_arrow
from pipeline.study.vault.study_key import Ring, StudyKey, new_study_key
from pipeline.study.vault.vault import Vault

if TYPE_CHECKING:
    from pipeline.study.names import SafeNames
    from pipeline.study.roster import RosterStore
    from pipeline.study.shared import LabelStore, VoiceStore


class Change(TypedDict, total=False):
    """What comes with an artifact that is kept.

    `state`: where the recording goes; `event` and `audit`: what the audit entry is called and tells; `shared`: new
    contents of study-wide records (voices, labels); `duration` in seconds, once known; `by`: whose doing it is.
    """

    state: State | None
    event: str
    audit: Detail | None
    shared: Mapping[str, bytes] | None
    duration: float | None
    by: str


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
        self.sealed = SealedRecords(ledger, self.rows, self.vault)
        self.key = key

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
        key = new_study_key()
        book = KeyBook(study=secrets.token_hex(16), audit_key=public_key(key), wraps=())
        for kind, source in ways:
            wrap = keys.make_wrap(book.study, key, source, kind, cost or ScryptCost())
            book = keys.with_wrap(book, wrap)
        settings = StudySettings(
            name=printable(name or folder.absolute().name or "study")[:NAME_MOST_CHARACTERS],
            key_file=key_file.absolute() if key_file else None,
        )
        with storage_errors(folder):
            write_settings(folder, settings)
            study = cls(folder, book, key, settings, Ledger(folder / LEDGER_NAME, create=True), by or user())
            with study.ledger.transaction():
                study.audit.append("study created", detail={"ways": [kind for kind, _ in ways], RINGS: True})
            study.note_settings()
            key_book.write_book(folder, book)
        return study

    @classmethod
    def open(cls, folder: Path, source: KeySource, *, by: str = "") -> Study:
        """Open a study; raises StudyMissingError, WrongKeyError, KeyUnavailableError or LedgerError."""
        return cls.open_with(folder, keys.unlock(key_book.read_book(folder), source), by=by)

    @classmethod
    def open_with(cls, folder: Path, key: StudyKey, *, by: str = "") -> Study:
        """Open a study with its key at hand; raises as `open` does."""
        book = key_book.read_book(folder)
        settings = read_settings(folder)
        if public_key(key) != book.audit_key:
            raise KeyBookError(file=folder / key_book.FILE_NAME, why="its audit key is not this study's")
        study = cls(folder, book, key, settings, Ledger(folder / LEDGER_NAME), by or user())
        if key_book.unfinished(folder) and not study.ledger.readonly:
            with study.ledger.transaction():  # key commands hold one while they write
                key_book.clear_unfinished(folder)
        complete_rings(study)
        return study

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
        return self.sealed.read(recording_id, kind)

    def open_source(self, recording_id: str) -> BinaryIO:
        """The source audio as a seekable binary reader, decrypted chunk by chunk in memory."""
        return self.sealed.open(recording_id, Artifact.SOURCE)

    def recording_key(self, recording_id: str, part: Part) -> bytes:
        """One recording's key for one part (a worker gets it for the recording it works on).

        Raises NotKeptError when it was destroyed or never made.
        """
        return self.sealed.key(recording_id, part)

    # --- changing ---

    def keep(self, recording_id: str, kind: Artifact, data: bytes, **change: Unpack[Change]) -> RecordingRow:
        """Seal and keep an artifact, and go to a state: one transaction with its audit entry.

        Raises StateError when the recording may not go there, and the storage errors.
        """
        return self.keep_sealed(recording_id, [self.seal(recording_id, kind, data)], **change)

    def seal(self, recording_id: str, kind: Artifact, data: bytes) -> Sealed:
        """Seal an artifact in memory, for `keep_sealed`."""
        return self.sealed.seal(recording_id, kind, data)

    def unseal(self, recording_id: str, sealed: Sealed) -> bytes:
        """The plain bytes of an artifact sealed in memory; raises SealBrokenError."""
        key = self.sealed.key(recording_id, PART_OF[sealed.kind])
        return self.vault.unseal_bytes(sealed.data, recording_id, sealed.kind.value, key)

    def keep_sealed(
        self, recording_id: str, artifacts: list[Sealed], **change: Unpack[Change]
    ) -> RecordingRow:
        """Like `keep`, for artifacts sealed already (by a worker); each is opened once to check it."""
        with self.ledger.transaction():
            row = self.rows.recording(recording_id)
            target = change.get("state") or row.state
            check_arrow(recording_id, row.state, target)
            files = {each.kind.value: self.sealed.store(recording_id, each) for each in artifacts}
            shares = {
                name: self.sealed.store_shared(name, self._fit(name, data))
                for name, data in (change.get("shared") or {}).items()
            }
            detail = {**(change.get("audit") or {}), **self._told_of(files, shares)}
            changes: dict[str, object] = {}
            if target != row.state:
                detail["state"] = target.value
                changes = {"state": target, "changed_at": now(), "failed_stage": None, "reason": None}
            if (duration := change.get("duration")) is not None:
                changes["duration"] = duration
            usual = target.value if target != row.state else f"{artifacts[0].kind.value} kept"
            event = change.get("event") or usual
            seq = self.audit.append(event, recording_id, detail, by=change.get("by", ""))
            self.sealed.enter(recording_id, files, seq)
            self.sealed.enter(STUDY_OWNER, shares, seq)
            row = self.rows.change(recording_id, audit_seq=seq, **changes)
        return self.names.fit(row)

    def keep_shared(
        self,
        name: str,
        data: bytes,
        *,
        event: str,
        audit: Detail | None = None,
        by: str = "",
    ) -> None:
        """Seal and keep a study-wide record (roster, voices, labels) with its audit entry; with the roster also what of it
        an analyst may know."""
        with self.ledger.transaction():
            records = {name: data, **(self._codes_of(data) if name == "roster" else {})}
            stored = {
                each: self.sealed.store_shared(each, self._fit(each, content))
                for each, content in records.items()
            }
            seq = self.audit.append(event, "", {**(audit or {}), **self._told_of({}, stored)}, by=by)
            self.sealed.enter(STUDY_OWNER, stored, seq)
        if name == "roster":
            self.__dict__.pop("names", None)

    def _codes_of(self, data: bytes) -> dict[str, bytes]:
        """A roster without its names; under a new key when somebody is gone from it."""
        from pipeline.study.codes import renew_codes
        from pipeline.study.roster import RosterBook

        return renew_codes(self, from_json(RosterBook, data).roster)

    def _fit(self, name: str, data: bytes) -> bytes:
        """A study-wide record as it may be kept: no voiceprint of who did not agree, or left, whichever room brings it."""
        if name != "voices":
            return data
        from pipeline.study.consents import fit_voices
        from pipeline.study.requests import left_since

        return fit_voices(self.roster.load(), data, left_since(self))

    def _told_of(self, files: Mapping[str, Stored], shares: Mapping[str, Stored]) -> dict[str, object]:
        """What an audit entry tells of sealed files that come with it: their digests, and the ids of shared ones' keys."""
        told: dict[str, object] = {}
        if files:
            told["artifacts"] = {kind: stored.digest for kind, stored in files.items()}
        if shares:
            keys = self.rows.key_ids(STUDY_OWNER)
            told["shared"] = {name: stored.digest for name, stored in shares.items()}
            told["shared_keys"] = {name: keys[name] for name in shares}
        return told

    def read_shared(self, name: str) -> bytes | None:
        """A study-wide record's plain bytes, None when there is none yet, or it was destroyed by the rules.

        Raises AuditBrokenError when the audit chain tells of one and the ledger does not hold it, or its key.
        """
        data = self.sealed.read_shared(name)
        if data is None and (STUDY_OWNER, name) in replay(self.audit.naming(name)).artifacts:
            raise AuditBrokenError(
                why=f"it tells of the study's {name}, the ledger does not hold it or its key"
            )
        return data

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

    def retry(self, recording_id: str, *, why: str = "") -> RecordingRow:
        """Take up a recording that was set aside; raises StateError when it was not. `why`, where no person asked for it."""
        with self.ledger.transaction():
            row = self.rows.recording(recording_id)
            if row.failed_stage is None:
                raise StateError(recording=recording_id, state=row.state.value, wanted="tried again")
            seq = self.audit.append(
                "retry", recording_id, {"stage": row.failed_stage, **({"why": why} if why else {})}
            )
            row = self.rows.change(recording_id, failed_stage=None, reason=None, audit_seq=seq)
        return self.names.fit(row)

    def note_settings(self) -> None:
        """Note study.toml's rules in the audit chain when they are not the ones noted last.

        The file is plain and anybody who can write to the folder can change it: not without a trace.
        """
        rules = rules_of(self.settings)
        noted = self.audit.last_of("settings")
        if noted is None or not are_noted(rules, noted.facts().get("settings")):
            with self.ledger.transaction():
                self.audit.append("settings", detail={"settings": rules})

    # --- what belongs to the whole study ---

    @cached_property
    def roster(self) -> RosterStore:
        """Who takes part (sealed)."""
        from pipeline.study.roster import RosterStore

        return RosterStore(self)

    @cached_property
    def voices(self) -> VoiceStore:
        """The participants' voiceprints (sealed, with a key of their own)."""
        from pipeline.study.shared import VoiceStore

        return VoiceStore(self, "voices")

    @cached_property
    def labels(self) -> LabelStore:
        """Which thing has which label, over the study (sealed)."""
        from pipeline.study.shared import LabelStore

        return LabelStore(self, "labels")

    @cached_property
    def names(self) -> SafeNames:
        """Decides which file names may be shown."""
        from pipeline.records import Roster
        from pipeline.study.names import SafeNames

        knows = self.key.opens(Ring.IDENTITY)  # else recordings are called by their ids anyway
        return SafeNames(self.roster.load() if knows else Roster())

    # --- locks, leftovers ---

    def lock(self, name: str, *, wait_s: float = 0) -> AbstractContextManager[None]:
        """Hold one of the study's locks; raises LockedError when another process has it."""
        return hold(self.folder, name, study=self.settings.name, wait_s=wait_s)

    def sweep(self) -> int:
        """Remove sealed files a crash left behind; returns how many. Skipped while an import runs.

        Raises AuditBrokenError when the ledger is older than its head, and UnknownSealedError when it is older than
        the vault: what it does not know may be all there is.
        """
        try:
            with self.lock("import"):
                return self.tidy()
        except LockedError:
            return 0

    def tidy(self) -> int:
        """`sweep` for who holds the import's lock."""
        with self.ledger.transaction():
            self.audit.check_head(self.audit.last())
            found = find_leftovers(self)
            refuse_unknown(found.unknown)
            clear_leftovers(self, found)
            complete_spares(self)
        return len(found.ours)
