"""How far a review has come: questions decided, and how much of the rest was read."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.verify.heard_well import HeardWell
from pipeline.verify.notes import count_waiting
from pipeline.verify.queue import count_decided, count_open
from pipeline.verify.reading import HowRead, how_read
from pipeline.verify.state import ReviewedTranscript


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of the questions asked, how the words were read (a line counts when read to its end), and how well the
    recording was heard (None where that is not known); `waiting` are questions to others that nobody has answered."""

    questions: int
    open: int
    how: HowRead
    heard: HeardWell | None = None
    waiting: int = 0

    @property
    def decided(self) -> int:
        return self.questions - self.open

    @property
    def coverage(self) -> float:
        """The share of words read or heard, 0 to 1; what was only skimmed was not."""
        return self.how.share


def measure_progress(state: ReviewedTranscript, heard: HeardWell | None = None) -> Progress:
    """Where the review stands."""
    still = count_open(state)
    return Progress(
        questions=still + count_decided(state),
        open=still,
        how=how_read(state),
        heard=heard,
        waiting=count_waiting(state.notes),
    )


def speech_shares(state: ReviewedTranscript) -> dict[str, float]:
    """Each participant's share of all speech (seconds of their lines over those of all), by code."""
    seconds: dict[str, float] = {}
    for line in state.lines.values():
        seconds[line.participant] = seconds.get(line.participant, 0.0) + line.end - line.start
    total = sum(seconds.values())
    return {code: seconds[code] / total if total else 0.0 for code in sorted(seconds)}
