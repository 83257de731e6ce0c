"""What the server keeps open: reviews, the sound of one recording, who may decide."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass

from pipeline.errors import DecisionError, RecordingUnknownError, ReviewLockedError, StillOpenError
from pipeline.verify.decisions import Decision
from pipeline.verify.looking import Finders
from pipeline.verify.progress import Progress
from pipeline.verify.session import Change, ReviewSession
from pipeline.verify.store import REVIEWABLE, Approval, RecordingInfo, ReviewStore
from pipeline.web.sound import WavView, make_wav

FROZEN = frozenset({"verified", "destroyed"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether this page may decide, and if not, why."""

    can_decide: bool
    because: str = ""


class Desk:
    """The reviews of one server. `reviewer` is the name decisions are kept under."""

    def __init__(self, store: ReviewStore, reviewer: str, finders: Finders | None = None) -> None:
        self.store = store
        self.reviewer = reviewer
        self._lock = threading.RLock()
        self._sound_lock = threading.Lock()
        self._open: dict[str, ReviewSession] = {}
        self._finders = finders or Finders()
        self._sound: tuple[str, WavView | None] | None = None
        self._holders: set[tuple[str, str]] = set()

    def info(self, recording: str) -> RecordingInfo:
        """The recording's entry in the list; raises RecordingUnknownError."""
        for info in self.store.recordings():
            if info.id == recording:
                return info
        raise RecordingUnknownError(recording=recording)

    def review(self, recording: str) -> ReviewSession:
        """The recording's review, opened once; raises RecordingUnknownError while there is nothing to review, and
        once its destruction has begun."""
        with self._lock:
            if recording in self._open and not self.store.holds(recording):
                self.forget(recording)
            if recording not in self._open:
                if self.info(recording).state not in REVIEWABLE:
                    raise RecordingUnknownError(recording=recording)
                self._open[recording] = ReviewSession(self.store, recording, finders=self._finders)
            return self._open[recording]

    def look(self, recording: str) -> ReviewSession:
        """The recording's review as it stands. Only one that is open already is kept in memory: a list may hold many."""
        with self._lock:
            held = self._open.get(recording)
        if held is not None and not self.store.holds(recording):
            self.forget(recording)
            held = None
        if held is not None:
            held.catch_up()
            return held
        if self.info(recording).state not in REVIEWABLE:
            raise RecordingUnknownError(recording=recording)
        return ReviewSession(self.store, recording)

    def progress(self, recording: str) -> Progress:
        """How far a review is."""
        return self.look(recording).progress

    def open_soon(self, info: RecordingInfo) -> None:
        """Open a review while the browser still loads the page's scripts; raises RecordingUnknownError."""
        if info.state not in REVIEWABLE:
            raise RecordingUnknownError(recording=info.id)
        threading.Thread(target=self._open_quietly, args=(info.id,), daemon=True).start()

    def _open_quietly(self, recording: str) -> None:
        # Whatever is wrong is said when the page asks for the review itself.
        with contextlib.suppress(Exception):
            self.review(recording)

    def stand(self, recording: str, holder: str) -> Standing:
        """Take or renew the right to decide; whoever has not got it reads along, up to date."""
        info = self.info(recording)
        review = self.review(recording)
        if info.state in FROZEN:
            return Standing(False, f"verified by {info.verified_by}" if info.verified_by else info.state)
        try:
            self.store.take_lease(recording, holder, self.reviewer)
        except ReviewLockedError as taken:
            review.catch_up()
            return Standing(
                False, f"{taken.facts['holder']} is deciding on this recording; you are reading along"
            )
        with self._lock:
            self._holders.add((recording, holder))
        review.catch_up()
        return Standing(True)

    def decide(self, recording: str, decision: Decision, holder: str) -> Change:
        """Take a decision; the store refuses it once the transcript is frozen."""
        return self.review(recording).decide(decision, self.reviewer, holder)

    def approve(
        self, recording: str, reviewer: str, digest: str, accepted: bool, holder: str, over: int = 0
    ) -> Approval:
        """Verify, `over` so many places in the open; raises ApprovalError or StillOpenError."""
        if self.info(recording).state in FROZEN:
            raise DecisionError(why="the transcript is verified already")
        try:
            approval = self.review(recording).approve(reviewer, digest, accepted, holder, over)
            self.leave(recording, holder)  # the page opens anew, and is not to read along with itself
            return approval
        except StillOpenError:
            self.forget(
                recording
            )  # the roster may have grown since it was opened: looked at anew when asked again
            raise

    def leave(self, recording: str, holder: str) -> None:
        """Give the right to decide back."""
        self.store.release_lease(recording, holder)
        with self._lock:
            self._holders.discard((recording, holder))

    def sound(self, recording: str) -> WavView | None:
        """The sound as WAV in memory, of one recording at a time; None once its destruction has begun."""
        with self._sound_lock:
            if self._sound is None or self._sound[0] != recording:
                self._sound = None
                audio = self.store.sound(recording) if self.store.holds(recording) else None
                self._sound = (recording, make_wav(audio) if audio else None)
            if not self.store.holds(recording):  # asked last: decoding takes a while
                self._sound = None
            return self._sound[1] if self._sound else None

    def forget(self, recording: str) -> None:
        """Forget one review and its sound."""
        with self._lock:
            self._open.pop(recording, None)
        with self._sound_lock:
            if self._sound and self._sound[0] == recording:
                self._sound = None

    def let_go(self, recording: str) -> None:
        """Forget a recording and give back what this server's own pages hold of it: whoever is at them ends it."""
        with self._lock:
            for held, holder in [each for each in self._holders if each[0] == recording]:
                self.leave(held, holder)
        self.forget(recording)

    def forget_destroyed(self) -> None:
        """Forget every review and sound whose recording is being destroyed, whether a page asks or not."""
        with self._lock:
            held = set(self._open)
        with self._sound_lock:
            held |= {self._sound[0]} if self._sound else set()
        for recording in held:
            if not self.store.holds(recording):
                self.forget(recording)
        self.store.forget_destroyed()

    def clear(self) -> None:
        """Forget every open review and sound, and give back what is held."""
        with self._lock:
            for recording, holder in list(self._holders):
                self.leave(recording, holder)
            self._open.clear()
            self._finders.clear()
        with self._sound_lock:
            self._sound = None
