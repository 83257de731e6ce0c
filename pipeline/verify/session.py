"""One recording under review: its state in memory, each decision kept before it counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.errors import ApprovalError, DecisionError
from pipeline.verify.decisions import Decision, Event, Read, Redo, Undo, is_step
from pipeline.verify.final import final_redaction, review_digest
from pipeline.verify.progress import Progress, measure_progress
from pipeline.verify.queue import count_open
from pipeline.verify.state import ReviewedTranscript, begin_review
from pipeline.verify.steps import take_step
from pipeline.verify.store import Approval, ReviewStore

STATEMENT = (
    "I have checked this transcript against the sound. Every open question is decided, and to the best of my"
    " knowledge what is left identifies nobody. I understand that the recording will be destroyed."
)


def now_utc() -> str:
    """The time for the log: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Change:
    """A decision's outcome: the states before and after it."""

    before: ReviewedTranscript
    after: ReviewedTranscript
    event: Event


class ReviewSession:
    """The states of one recording's review. Safe to use from several threads."""

    def __init__(self, store: ReviewStore, recording: str, clock: Callable[[], str] = now_utc) -> None:
        material = store.load(recording)
        self.recording = recording
        self._store = store
        self._clock = clock
        self._lock = threading.RLock()
        self._state = begin_review(
            material.attribution, material.redaction, material.roster, material.duration
        )
        self._past: list[ReviewedTranscript] = []
        self._future: list[ReviewedTranscript] = []
        self._number = 0  # of the last event taken in; events are numbered from 1 without gaps
        for event in store.events(recording):
            self._advance(event)

    @property
    def state(self) -> ReviewedTranscript:
        """The reviewed transcript as it stands."""
        return self._state

    @property
    def number(self) -> int:
        """The number of the last event."""
        return self._number

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    @property
    def progress(self) -> Progress:
        """Questions decided, words read."""
        return measure_progress(self._state)

    def decide(self, decision: Decision, by: str, holder: str) -> Change:
        """Take a decision: checked, kept durably, then shown. Raises DecisionError or ReviewLockedError."""
        with self._lock:
            event = Event(self._number + 1, self._clock(), by, decision)
            before = self._state
            self._preview(event)
            self._store.append(self.recording, event, holder)
            self._advance(event)
            return Change(before, self._state, event)

    def catch_up(self) -> None:
        """Take in what another process decided since."""
        with self._lock:
            for event in self._store.events(self.recording)[self._number :]:
                self._advance(event)

    def approve(self, reviewer: str, digest: str, accepted: bool, holder: str) -> Approval:
        """Verify the recording: nothing open, the transcript unchanged since it was shown, statement accepted."""
        with self._lock:
            self._check_approval(reviewer, digest, accepted)
            progress = self.progress
            approval = Approval(
                reviewer.strip(), STATEMENT, digest, progress.decided, progress.coverage, self._clock()
            )
            redaction = final_redaction(self._state)
            self._store.verify(self.recording, approval, redaction, holder)
            self._store.add_to_roster(self.recording, self._state.additions)
            return approval

    def _check_approval(self, reviewer: str, digest: str, accepted: bool) -> None:
        if not accepted:
            raise ApprovalError(why="the statement was not accepted")
        if not reviewer.strip():
            raise ApprovalError(why="the reviewer's name is missing")
        if left := count_open(self._state):
            raise ApprovalError(why=f"{left} questions are still open")
        if digest != review_digest(self._state):
            raise ApprovalError(why="it changed after you were asked")

    def _preview(self, event: Event) -> ReviewedTranscript:
        """The state this event leads to; raises DecisionError when it leads nowhere."""
        if isinstance(event.decision, Undo):
            return _take_back(self._past, self._state, "nothing is left to undo")
        if isinstance(event.decision, Redo):
            return _take_back(self._future, self._state, "nothing is left to redo")
        return take_step(self._state, event)

    def _advance(self, event: Event) -> None:
        after = self._preview(event)
        if isinstance(event.decision, Undo):
            self._past.pop()
            self._future.append(self._state)
        elif isinstance(event.decision, Redo):
            self._future.pop()
            self._past.append(self._state)
        elif is_step(event.decision):
            self._past.append(self._state)
            self._future.clear()
        else:
            assert isinstance(event.decision, Read)
        self._state = after
        self._number = event.number


def _take_back(
    states: Sequence[ReviewedTranscript], now: ReviewedTranscript, otherwise: str
) -> ReviewedTranscript:
    """The last of `states`; what was read since stays read."""
    if not states:
        raise DecisionError(why=otherwise)
    return replace(states[-1], read=states[-1].read | (now.read & set(states[-1].lines)))
