"""What the review needs of wherever recordings are kept, and a store in memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from pipeline.errors import DecisionError, RecordingUnknownError, ReviewLockedError
from pipeline.records import Attribution, Audio, LabelMap, Redaction, Roster
from pipeline.verify.decisions import Event
from pipeline.verify.heard_well import HeardWell
from pipeline.verify.reading import HowRead
from pipeline.verify.state import RosterAddition

State = Literal[
    "received",
    "sealed",
    "transcribed",
    "attributed",
    "redacted",
    "in review",
    "verified",
    "destroyed",
    "withdrawing",
    "withdrawn",
    "failed",
]
REVIEWABLE = frozenset({"redacted", "in review", "verified"})
LEASE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """One recording of the list page. Times are seconds since 1970; `problem` is for people, no words of speech."""

    id: str
    name: str
    state: State
    duration: float = 0.0
    received_at: float = 0.0
    problem: str = ""
    failed_stage: str = ""
    verified_by: str = ""
    verified_at: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to review of one recording. `taken` are the labels the study has given by now, whether or
    not the review, which began earlier, knows whose they are; `heard` says how well it was heard, where that is known;
    `language` and `policy` (a name or a path; that of the redaction where it is empty) are what typed words are looked
    through by."""

    attribution: Attribution = field(repr=False)
    redaction: Redaction = field(repr=False)
    roster: Roster = field(repr=False)
    duration: float = 0.0
    taken: tuple[str, ...] = ()
    heard: HeardWell | None = None
    language: str = "en"
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A named person's approval of one transcript, by its digest. `account` is the computer's, set by the store: the
    name is typed, the account is not. `over` counts the places a last look still found in the open, to which the
    person said a second yes; `how` is how the words were read, None of earlier versions' approvals."""

    reviewer: str
    statement: str = field(repr=False)
    digest: str = ""
    decided: int = 0
    coverage: float = 0.0
    at: str = ""
    account: str = ""
    over: int = 0
    how: HowRead | None = None


@dataclass(frozen=True, slots=True)
class Destruction:
    """What verification will destroy, in plain words, and when."""

    what: tuple[str, ...]
    when: str


class ReviewStore(Protocol):
    """A study, as far as the review page sees it."""

    name: str

    def recordings(self) -> Sequence[RecordingInfo]: ...

    def load(self, recording: str) -> Material:
        """What the pipeline left of a recording; raises StudyError when it is not there yet."""

    def events(self, recording: str) -> Sequence[Event]:
        """The decision log, in order."""

    def append(self, recording: str, event: Event, holder: str, before: LabelMap, after: LabelMap) -> None:
        """Keep one event durably, with its audit entry, and what it changed of the labels (before, after).

        Raises ReviewLockedError without the lease, and DecisionError or StateError once it is verified.
        """

    def take_lease(self, recording: str, holder: str, reviewer: str) -> None:
        """Take or renew the right to decide for LEASE_SECONDS; raises ReviewLockedError."""

    def release_lease(self, recording: str, holder: str) -> None:
        """Give the right to decide back."""

    def held_by(self, recording: str, holder: str) -> str:
        """Who else decides on it at this moment; "" when nobody does."""

    def holds(self, recording: str) -> bool:
        """Whether its sound and words are there to be reviewed at this moment: not once destroying has begun."""

    def sound(self, recording: str) -> Audio | None:
        """The recording's sound, decoded in memory; None once it is destroyed."""

    def destruction(self, recording: str) -> Destruction:
        """What will be destroyed after verification, and when."""

    def verify(self, recording: str, approval: Approval, redaction: Redaction, holder: str) -> None:
        """Freeze the transcript by digest and record who approved it."""

    def kept_report(self, recording: str) -> bytes | None:
        """The redaction report (JSON) kept at verification; None before."""

    def add_to_roster(self, recording: str, additions: Sequence[RosterAddition]) -> None:
        """Keep names found in review for the whole study (called when the recording is verified)."""


@dataclass
class _Kept:
    info: RecordingInfo
    material: Material | None = field(repr=False, default=None)
    sound: Audio | None = field(repr=False, default=None)
    events: list[Event] = field(repr=False, default_factory=list)
    labels: LabelMap = field(repr=False, default_factory=LabelMap)
    lease: tuple[str, str, float] | None = None
    report: bytes | None = None
    approved: tuple[Approval, Redaction] | None = field(repr=False, default=None)


class MemoryStore:
    """A store that forgets at exit: for tests, and for reviewing outside a study."""

    def __init__(self, name: str = "In memory", clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.clock = clock
        self.audits: list[dict[str, str | int]] = []
        self.roster_additions: list[tuple[str, RosterAddition]] = []
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.RLock()

    def put(self, info: RecordingInfo, material: Material | None = None, sound: Audio | None = None) -> None:
        """Add a recording."""
        self._kept[info.id] = _Kept(info, material, sound)

    def _one(self, recording: str) -> _Kept:
        if recording not in self._kept:
            raise RecordingUnknownError(recording=recording)
        return self._kept[recording]

    def recordings(self) -> Sequence[RecordingInfo]:
        return [kept.info for kept in self._kept.values()]

    def load(self, recording: str) -> Material:
        material = self._one(recording).material
        if material is None:
            raise RecordingUnknownError(recording=recording)
        return material

    def events(self, recording: str) -> Sequence[Event]:
        return tuple(self._one(recording).events)

    def append(
        self,
        recording: str,
        event: Event,
        holder: str,
        before: LabelMap,  # noqa: ARG002
        after: LabelMap,
    ) -> None:
        from pipeline.verify.decisions import audit_facts

        with self._lock:
            kept = self._one(recording)
            if kept.info.state not in ("redacted", "in review"):
                raise DecisionError(why="the transcript is verified and frozen")
            self._check_lease(kept, holder)
            kept.events.append(event)
            kept.labels = after
            self.audits.append(audit_facts(event))
            if kept.info.state == "redacted":
                kept.info = replace(kept.info, state="in review")

    def take_lease(self, recording: str, holder: str, reviewer: str) -> None:
        with self._lock:
            kept = self._one(recording)
            if kept.lease and kept.lease[0] != holder and kept.lease[2] > self.clock():
                raise ReviewLockedError(holder=kept.lease[1])
            kept.lease = (holder, reviewer, self.clock() + LEASE_SECONDS)

    def release_lease(self, recording: str, holder: str) -> None:
        with self._lock:
            kept = self._one(recording)
            if kept.lease and kept.lease[0] == holder:
                kept.lease = None

    def held_by(self, recording: str, holder: str) -> str:
        lease = self._one(recording).lease
        return lease[1] if lease and lease[0] != holder and lease[2] > self.clock() else ""

    def _check_lease(self, kept: _Kept, holder: str) -> None:
        if kept.lease is None or kept.lease[0] != holder:
            raise ReviewLockedError(holder=kept.lease[1] if kept.lease else "nobody")

    def holds(self, recording: str) -> bool:
        if recording not in self._kept:
            raise RecordingUnknownError(recording=recording)
        return self._kept[recording].info.state in REVIEWABLE

    def sound(self, recording: str) -> Audio | None:
        return self._one(recording).sound

    def destruction(self, recording: str) -> Destruction:
        name = self._one(recording).info.name
        return Destruction((f"the sound of {name}", "its raw words", "this review's undo history"), "at once")

    def verify(self, recording: str, approval: Approval, redaction: Redaction, holder: str) -> None:
        with self._lock:
            kept = self._one(recording)
            self._check_lease(kept, holder)
            kept.approved = (approval, redaction)
            kept.info = replace(
                kept.info, state="verified", verified_by=approval.reviewer, verified_at=approval.at
            )

    def kept_report(self, recording: str) -> bytes | None:
        return self._one(recording).report

    def add_to_roster(self, recording: str, additions: Sequence[RosterAddition]) -> None:
        self.roster_additions.extend((recording, each) for each in additions)

    def approval(self, recording: str) -> Approval | None:
        """Who approved the recording, if anybody did."""
        approved = self._one(recording).approved
        return approved[0] if approved else None
