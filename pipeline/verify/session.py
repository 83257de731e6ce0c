"""One recording under review: its state in memory, each decision kept before it counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.errors import ApprovalError, StillOpenError
from pipeline.verify.decisions import Decision, Event, Look, with_times
from pipeline.verify.final import final_redaction, review_digest
from pipeline.verify.history import History
from pipeline.verify.labelling import as_asked
from pipeline.verify.looking import Finders, Looking
from pipeline.verify.marking import keep_labels
from pipeline.verify.notes import left_off
from pipeline.verify.progress import Progress, measure_progress
from pipeline.verify.queue import count_open
from pipeline.verify.reading import percent, say_reading
from pipeline.verify.sightings import look_again
from pipeline.verify.state import ReviewedTranscript, begin_review
from pipeline.verify.store import Approval, ReviewStore
from pipeline.verify.telling import Step
from pipeline.verify.typed import look_through, without_finds


def make_statement(progress: Progress, still_open: int = 0) -> str:
    """What a reviewer accepts. It says how much was read, how fast, and of how many places in the open (found by a last
    look) they said that they stay, so that nobody signs for more than was done."""
    how = say_reading(progress.how)
    said = f" ({how})" if how else ""
    read = (
        "I have checked this transcript against the sound. All of its words were read or heard in the review"
        f"{said}."
        if progress.how.read >= progress.how.words
        else "I have checked what was asked about this transcript against the sound."
        f" {percent(progress.coverage)} of its words were read or heard in the review{said}; the rest stands as the"
        " software left it, and nobody has checked it for what the software may have missed."
    )
    badly = say_badly_heard(progress)
    waiting = say_waiting(progress.waiting)
    over = f" {_places(still_open)} Each was shown to me, and I say that they stay." if still_open else ""
    return (
        f"{read}{badly} Every open question is decided.{waiting}{over} To the best of my knowledge what is left identifies nobody."
        " I understand that the recording will be destroyed."
    )


def say_waiting(count: int) -> str:
    """Of questions to another reviewer that nobody has answered, as a sentence with a space before it; else empty."""
    if not count:
        return ""
    asked = (
        "One question to another reviewer is" if count == 1 else f"{count} questions to other reviewers are"
    )
    return f" {asked} not answered."


def say_badly_heard(progress: Progress) -> str:
    """Of a recording that was heard badly: its figures, and how much of it was listened to, as a sentence with a space
    before it; else empty."""
    if progress.heard is None or not progress.heard.listen_to_all:
        return ""
    how = progress.how
    share = percent(how.by_ear / how.words if how.words else 1.0)
    return (
        f" The recording was heard badly ({progress.heard.figures}); {share} of its words were listened to."
    )


def _places(still_open: int) -> str:
    found = (
        "place that may identify somebody still stands"
        if still_open == 1
        else "places that may identify somebody still stand"
    )
    return f"{still_open} {found} in the open."


def now_utc() -> str:
    """The time for the log: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Change:
    """A decision's outcome: the states before and after it; `turned` is the step an undo took back or a redo did again."""

    before: ReviewedTranscript
    after: ReviewedTranscript
    event: Event
    turned: Event | None = None


class ReviewSession:
    """The states of one recording's review. Safe to use from several threads."""

    def __init__(
        self,
        store: ReviewStore,
        recording: str,
        clock: Callable[[], str] = now_utc,
        finders: Finders | None = None,
    ) -> None:
        material = store.load(recording)
        self.recording = recording
        self._store = store
        self._clock = clock
        self._heard = material.heard
        self._lock = threading.RLock()
        self._history = History(
            begin_review(
                material.attribution,
                material.redaction,
                material.roster,
                material.duration,
                material.taken,
            )
        )
        self._looking = Looking(finders or Finders(), material)
        self._last: Event | None = None
        self._number = 0  # of the last event taken in; events are numbered from 1 without gaps
        for event in store.events(recording):
            self._advance(event)

    @property
    def state(self) -> ReviewedTranscript:
        """The reviewed transcript as it stands."""
        return self._history.state

    @property
    def number(self) -> int:
        """The number of the last event."""
        return self._number

    @property
    def left_off(self) -> str:
        """The line at which the last reviewer left off; empty where the next question is the place to go on."""
        return left_off(self.state, self._last)

    @property
    def can_undo(self) -> bool:
        return bool(self._history.past)

    @property
    def can_redo(self) -> bool:
        return bool(self._history.future)

    @property
    def steps(self) -> tuple[Event, ...]:
        """The steps that stand, in the order they were taken."""
        return tuple(self._history.steps)

    def tell_steps(self, words: bool = False) -> tuple[Step, ...]:
        """The steps that stand, told in order; with `words` also what differs by each."""
        with self._lock:
            return self._history.told(words)

    @property
    def begun(self) -> ReviewedTranscript:
        """The transcript as the software left it."""
        return self._history.begun

    @property
    def progress(self) -> Progress:
        """Questions decided, words read."""
        return measure_progress(self.state, self._heard)

    def decide(self, decision: Decision, by: str, holder: str) -> Change:
        """Take a decision: checked, kept durably, then shown. Raises DecisionError or ReviewLockedError."""
        with self._lock:
            asked = Event(self._number + 1, self._clock(), by, self._as_asked(decision))
            before, after = self.state, self._history.preview(asked)
            decision = look_through(asked.decision, before, after)
            if decision != asked.decision:
                asked = replace(asked, decision=decision)
                after = self._history.preview(asked)
            event = replace(asked, decision=keep_labels(decision, asked.number, after))
            self._store.append(self.recording, event, holder, before.labels, after.labels)
            turned = self._history.turned(event.decision)
            self._advance(event, after if event == asked else None)
            return Change(before, self.state, event, turned)

    def _as_asked(self, decision: Decision) -> Decision:
        """Without what is found in it, which is for us to say: now, or once it is known what it leads to."""
        if isinstance(decision, Look):
            return self._looking.kept(self.state)
        return as_asked(with_times(without_finds(decision)), self.state)

    def look(self) -> bool:
        """Let the recognizers look through the lines in which words were typed (their models are loaded for the first);
        a Look keeps what they found. False where there was nothing to look at. Raises ModelMissingError."""
        return self._looking.look(self.state)

    def catch_up(self) -> None:
        """Take in what another process decided since."""
        with self._lock:
            for event in self._store.events(self.recording, self._number):
                self._advance(event)

    def approve(self, reviewer: str, digest: str, accepted: bool, holder: str, over: int = 0) -> Approval:
        """Verify the recording: nothing open, the transcript unchanged since it was shown, statement accepted.

        `over` is the number of places a last look found in the open, to which the reviewer said a second yes;
        raises StillOpenError when it is another number than there are.
        """
        with self._lock:
            if self.look():
                self.decide(Look(), reviewer, holder)
            self._check_approval(reviewer, digest, accepted)
            still_open = len(look_again(self.state))
            if over != still_open:
                raise StillOpenError(recording=self.recording, places=still_open)
            progress = self.progress
            approval = Approval(
                reviewer.strip(),
                make_statement(progress, still_open),
                digest,
                progress.decided,
                progress.coverage,
                self._clock(),
                over=still_open,
                how=progress.how,
            )
            redaction = final_redaction(self.state)
            self._store.verify(self.recording, approval, redaction, holder)
            self._store.add_to_roster(self.recording, self.state.additions)
            return approval

    def _check_approval(self, reviewer: str, digest: str, accepted: bool) -> None:
        if not accepted:
            raise ApprovalError(why="the statement was not accepted")
        if not reviewer.strip():
            raise ApprovalError(why="the reviewer's name is missing")
        if left := count_open(self.state):
            raise ApprovalError(why=f"{left} questions are still open")
        if digest != review_digest(self.state):
            raise ApprovalError(why="it changed after you were asked")

    def _advance(self, event: Event, after: ReviewedTranscript | None = None) -> None:
        self._history.advance(event, after)
        self._last = event
        self._number = event.number
