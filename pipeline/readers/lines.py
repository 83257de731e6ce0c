"""Lines of a page, cues, cells: runs of characters that can be written into, with speakers in their margin.

What the formats have in common once their mark-up is taken apart. A format makes `Line`s of `Slot`s, `Script`
finds the speakers and gives segments; after `Script.put` the slots hold the new words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.readers.base import Put, Replacements, Segment
from pipeline.readers.clocks import STAMP, is_clock, times_in
from pipeline.readers.margins import Margin, find_margins
from pipeline.readers.wrapping import names_end_here


@dataclass(slots=True)
class Slot:
    """A run of characters of the file. `place` is the format's own; None for what cannot be written into."""

    text: str = field(repr=False)
    place: Any = field(default=None, repr=False)
    new: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class Line:
    """One line. `speaker` is what the format itself says, None where the margin may say it.

    `goes_on`: it may go on with the sentence of the line before; `over_margin`: also behind a margin that
    names the same speaker (cues repeat it). `carries`: who spoke before speaks on, where nobody is named. `silent`: no speech (a column of times), kept as it is.
    """

    slots: list[Slot] = field(repr=False)
    speaker: str | None = field(default=None, repr=False)
    start: float | None = None
    end: float | None = None
    goes_on: bool = False
    over_margin: bool = False
    carries: bool = True
    silent: bool = False
    margin: Margin | None = field(default=None, repr=False)
    segment: int | None = None

    @property
    def text(self) -> str:
        return "".join(slot.text for slot in self.slots)

    @property
    def said(self) -> str:
        """The words, without the margin."""
        return self.text[self.margin.text_at if self.margin else 0 :]


class Script:
    """Lines with their speakers found."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        open_lines = [line for line in lines if line.speaker is None and not line.silent and not line.margin]
        for line, margin in zip(open_lines, find_margins([x.text for x in open_lines]), strict=True):
            line.margin = margin
        self.segments = tuple(_segments(lines))

    def put(self, speakers: Mapping[str, str], puts: Replacements) -> None:
        """Write speakers and replacements into the slots."""
        for line in self.lines:
            _write(line, _puts(line, speakers, puts))


def _segments(lines: Sequence[Line]) -> list[Segment]:
    found: list[Segment] = []
    speaker, seconds, before = "", 0.0, None
    for line in lines:
        margin = line.margin
        speaker = _speaker(line, speaker)
        seconds = _start(line, seconds)
        said = line.said
        if line.silent or not said.strip() or is_clock(said):
            before = before if margin is None and said.strip() else None
            continue
        line.segment = len(found)
        goes_on = before is not None and _goes_on(before, line, found[-1].speaker == speaker)
        end = _end(line, seconds)
        found.append(Segment(speaker, seconds, end, said, goes_on))
        seconds = end  # where nothing is said of the next one's beginning
        before = line
    return found


def _speaker(line: Line, before: str) -> str:
    if line.speaker is not None:
        return line.speaker
    if line.margin:
        return line.margin.name
    return before if line.carries or line.goes_on else ""


def _goes_on(before: Line, line: Line, same: bool) -> bool:
    if not line.goes_on or not same or (line.margin and not line.over_margin):
        return False
    return not names_end_here(before.said, line.said)


def _start(line: Line, before: float) -> float:
    if line.start is not None:
        return line.start
    if line.margin and line.margin.seconds is not None:
        return line.margin.seconds
    stamp = STAMP.match(line.text.lstrip()) or STAMP.match(line.said.lstrip())
    times = times_in(stamp[0]) if stamp else times_in(line.text) if is_clock(line.text) else []
    return times[0] if times else before


def _end(line: Line, start: float) -> float:
    """Where a contribution ends: as the format says, or by the stamp at its end."""
    if line.end is not None:
        return max(start, line.end)
    stamps = list(STAMP.finditer(line.text))
    if stamps and not line.text[stamps[-1].end() :].strip():
        times = times_in(stamps[-1][0])
        return max(start, times[-1]) if times else start
    return start


def _puts(line: Line, speakers: Mapping[str, str], puts: Replacements) -> list[Put]:
    own = list(puts.of(line.segment)) if line.segment is not None else []
    if (margin := line.margin) is None:
        return own
    own = [(s + margin.text_at, e + margin.text_at, t) for s, e, t in own]
    shown = speakers.get(margin.name, margin.name)
    if margin.start < margin.end and shown != margin.name:
        own.insert(0, (margin.start, margin.end, shown))
    return own


def _write(line: Line, puts: Sequence[Put]) -> None:
    """Each replacement stands in the slot its first character stood in; the others lose theirs."""
    if not puts:
        return
    starts = {start: text for start, _, text in puts}
    gone = {at for start, end, _ in puts for at in range(start, end)}
    at, pending = 0, ""
    for slot in line.slots:
        kept = []
        for offset, char in enumerate(slot.text, at):
            pending += starts.get(offset, "")
            if slot.place is not None:
                kept.append(pending + ("" if offset in gone else char))
                pending = ""
        at += len(slot.text)
        if slot.place is not None:
            slot.new = "".join(kept)
