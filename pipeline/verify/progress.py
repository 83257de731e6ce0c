"""How far a review has come: questions decided, and how much of the rest was read."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.verify.state import ReviewedTranscript


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of the questions asked; words read of all words (a line counts when read to its end)."""

    questions: int
    open: int
    words: int
    words_read: int

    @property
    def decided(self) -> int:
        return self.questions - self.open

    @property
    def coverage(self) -> float:
        """The share of words read, 0 to 1."""
        return self.words_read / self.words if self.words else 1.0


def percent(share: float) -> str:
    """A share for people, "87 %": rounded down, so that only all is 100 %, and only nothing 0 %."""
    return f"{max(math.floor(share * 100 + 1e-9), 1 if share > 0 else 0)} %"


def measure_progress(state: ReviewedTranscript) -> Progress:
    """Where the review stands."""
    marks = [m for line in state.lines.values() for m in line.marks if m.uncertain]
    voices = [v for v in state.voices if v.unsure]
    words = {name: len(line.tokens) for name, line in state.lines.items()}
    return Progress(
        questions=len(marks) + len(voices),
        open=sum(m.open for m in marks) + sum(v.open for v in voices),
        words=sum(words.values()),
        words_read=sum(count for name, count in words.items() if name in state.read),
    )


def speech_shares(state: ReviewedTranscript) -> dict[str, float]:
    """Each participant's share of all speech (seconds of their lines over those of all), by code."""
    seconds: dict[str, float] = {}
    for line in state.lines.values():
        seconds[line.participant] = seconds.get(line.participant, 0.0) + line.end - line.start
    total = sum(seconds.values())
    return {code: seconds[code] / total if total else 0.0 for code in sorted(seconds)}
