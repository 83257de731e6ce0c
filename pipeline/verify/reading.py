"""How a transcript was read: time at each line, seconds of its sound heard, and what was marked faster than a person reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.errors import DecisionError

if TYPE_CHECKING:
    from pipeline.verify.decisions import Read
    from pipeline.verify.state import Line, ReviewedTranscript

# Skilled readers take in 200 to 400 words a minute; whoever goes faster skims, and understands less. Rayner, Schotter,
# Masson, Potter and Treiman (2016), So much to read, so little time, Psychological Science in the Public Interest 17(1),
# 4-34. The mean is 238 (Brysbaert 2019, Journal of Memory and Language 109, 104047).
FASTEST_WORDS_A_MINUTE = 400
# A stretch is read before its lines are marked one after another: so much of the time at a line counts for the lines
# after it. 200 words at the fastest, about what a screen shows (by judgement).
AHEAD_SECONDS = 30.0
MOST_SECONDS = 86_400.0  # at one line, told at once: a day
HEARD_SHARE = 0.85  # of a line's length; who hears so much has heard the line


@dataclass(frozen=True, slots=True)
class LineTime:
    """What was spent on a line that was marked as read: its words then, seconds at it, seconds of its sound heard."""

    words: int
    seconds: float
    heard: float
    was_heard: bool
    skimmed: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The time at each line, by id, and what is left of it for the lines after (`ahead`, seconds).

    A line that was read and is not in `lines` is of a log that did not keep times.
    """

    lines: Mapping[str, LineTime] = field(default_factory=dict)
    ahead: float = 0.0

    def of(self, line: str) -> LineTime | None:
        """The time at a line; a part of a line that was cut (u3.1 of u3) was read as its whole was."""
        while line not in self.lines:
            line, cut, _ = line.rpartition(".")
            if not cut:
                return None
        return self.lines[line]


@dataclass(frozen=True, slots=True)
class HowRead:
    """Words by the way they were read, and the seconds that took: by eye (`seconds`), by ear (`heard_seconds`), too fast
    to be read (`skimmed_seconds`), and those of which no time was kept (`untimed`). The counts are of whole lines."""

    words: int
    by_eye: int = 0
    by_ear: int = 0
    skimmed: int = 0
    untimed: int = 0
    seconds: float = 0.0
    heard_seconds: float = 0.0
    skimmed_seconds: float = 0.0

    @property
    def read(self) -> int:
        """The words that were read or heard; what was skimmed was not."""
        return self.by_eye + self.by_ear + self.untimed

    @property
    def share(self) -> float:
        """The share of the words read or heard, 0 to 1."""
        return self.read / self.words if self.words else 1.0


def check_times(decision: Read) -> None:
    """Raise DecisionError unless there is one time and one stretch of sound for each line, or (an old log) none at all."""
    told = len(decision.seconds)
    if told != len(decision.heard) or told not in (0, len(decision.lines)):
        raise DecisionError(why="the time at a line is missing")
    if not all(0 <= each <= MOST_SECONDS for each in (*decision.seconds, *decision.heard)):
        raise DecisionError(why="the time at a line cannot be")


def note_times(state: ReviewedTranscript, decision: Read) -> Reading:
    """The reading after these lines were marked as read, in the order they were marked.

    What counts as read by eye is never more than FASTEST_WORDS_A_MINUTE allow for all the time at all lines.
    """
    reading = state.reading
    if not decision.seconds:  # a log that did not keep times
        return reading
    for name, seconds, heard in zip(decision.lines, decision.seconds, decision.heard, strict=True):
        if line := state.lines.get(name):
            reading = _note_line(reading, line, seconds, heard)
    return reading


def _note_line(reading: Reading, line: Line, seconds: float, heard: float) -> Reading:
    before = reading.lines.get(line.id)
    words, length = len(line.tokens), line.end - line.start
    heard_now = min(heard + (before.heard if before else 0.0), length)
    spare = reading.ahead + seconds + (before.seconds if before and before.skimmed else 0.0)
    needed = 0.0 if before and not before.skimmed else words * 60.0 / FASTEST_WORDS_A_MINUTE
    was_heard = heard_now > 0 and heard_now >= HEARD_SHARE * length
    skimmed = spare < needed and not was_heard
    left = reading.ahead if was_heard else 0.0 if skimmed else min(spare - needed, AHEAD_SECONDS)
    spent = seconds + (before.seconds if before else 0.0)
    noted = LineTime(words, spent, heard_now, was_heard, skimmed)
    return Reading({**reading.lines, line.id: noted}, left)


def join_times(reading: Reading, first: str, second: str) -> Reading:
    """The reading after two lines were made one under the first's id: skimmed if a part of it was, heard if all was."""
    one, other = reading.of(first), reading.of(second)
    if one is None or other is None:
        return reading
    joined = LineTime(
        one.words + other.words,
        one.seconds + other.seconds,
        one.heard + other.heard,
        one.was_heard and other.was_heard,
        one.skimmed or other.skimmed,
    )
    return replace(reading, lines={**reading.lines, first: joined})


def keep_reading(then: ReviewedTranscript, now: ReviewedTranscript) -> Reading:
    """The reading after a step back from `now` to `then`: what was read since stays read."""
    return Reading({**then.reading.lines, **now.reading.lines}, now.reading.ahead)


def how_read(state: ReviewedTranscript) -> HowRead:
    """How the transcript was read so far."""
    counts = dict.fromkeys(("by_eye", "by_ear", "skimmed", "untimed"), 0)
    spent = dict.fromkeys(counts, 0.0)
    heard_seconds = 0.0
    for line in state.lines.values():
        if line.id not in state.read:
            continue
        time, words = state.reading.of(line.id), len(line.tokens)
        way = _way(time)
        counts[way] += words
        if time is not None:
            part = min(1.0, words / time.words) if time.words else 1.0
            spent[way] += time.seconds * part
            heard_seconds += time.heard * part
    return HowRead(
        sum(len(line.tokens) for line in state.lines.values()),
        **counts,
        seconds=round(spent["by_eye"], 1),
        heard_seconds=round(heard_seconds, 1),
        skimmed_seconds=round(spent["skimmed"], 1),
    )


def _way(time: LineTime | None) -> str:
    if time is None:
        return "untimed"
    if time.was_heard:
        return "by_ear"
    return "skimmed" if time.skimmed else "by_eye"


def skimmed_lines(state: ReviewedTranscript) -> tuple[str, ...]:
    """The lines that were marked faster than a person reads, by id."""
    return tuple(name for name in sorted(state.read) if _way(state.reading.of(name)) == "skimmed")


def say_reading(how: HowRead) -> str:
    """How it was read, for people: "900 words read in 6 s, 9,000 words a minute". Empty where nothing was."""
    said = []
    if how.by_eye:
        said.append(f"{_words(how.by_eye)} read in {_pace(how.by_eye, how.seconds)}")
    if how.by_ear:
        said.append(f"{_words(how.by_ear)} heard, {_span(how.heard_seconds)} of sound")
    if how.untimed:
        said.append(f"{_words(how.untimed)} marked as read, time not kept")
    if how.skimmed:
        pace = _pace(how.skimmed, how.skimmed_seconds)
        said.append(f"{_words(how.skimmed)} only skimmed: marked as read in {pace}")
    return "; ".join(said)


def say_share(share: float, how: HowRead | None) -> str:
    """How far it was read and how fast, in a line; None is of a version that kept no times."""
    said = "time not kept" if how is None else say_reading(how) or "nothing was marked as read"
    return f"{percent(share)} of the words read or heard in the review: {said}"


def percent(share: float) -> str:
    """A share for people, "87 %": rounded down, so that only all is 100 %, and only nothing 0 %."""
    return f"{max(math.floor(share * 100 + 1e-9), 1 if share > 0 else 0)} %"


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count:,} words"


def _pace(words: int, seconds: float) -> str:
    rate = f"{words * 60 / max(seconds, 1.0):,.0f} words a minute"
    return f"{_span(seconds)}, {rate}" if seconds >= 1 else f"{_span(seconds)}, more than {rate}"


def _span(seconds: float) -> str:
    if seconds < 1:
        return "less than 1 s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
