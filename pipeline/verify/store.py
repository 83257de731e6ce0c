"""What the review needs of wherever recordings are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

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

    def events(self, recording: str, after: int = 0) -> Sequence[Event]:
        """The decision log, in order, without its first so many events."""

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

    def forget_destroyed(self) -> None:
        """Keep nothing in memory of a recording whose destruction has begun."""

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
