"""Passages as tiers, for TextGrid and EAF: intervals of a tier may not overlap."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.export.conventions import DRAFT_MARK, Sheet
from pipeline.export.document import seconds_to_ms


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a tier, in milliseconds; at least one long."""

    start: int
    end: int
    text: str = field(repr=False)


@dataclass(slots=True)
class Tier:
    """One line of the score."""

    name: str
    participant: str
    intervals: list[Interval] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Where its last interval ends."""
        return self.intervals[-1].end if self.intervals else 0


def tiers_of(sheet: Sheet) -> list[Tier]:
    """A tier a participant, in the header's order; what overlaps within one goes to "P01-2".

    A draft has a tier DRAFT over the whole length besides.
    """
    tiers = {p.code: [Tier(p.code, p.code)] for p in sheet.participants}
    for passage in sheet.passages:
        start = seconds_to_ms(passage.start)
        interval = Interval(start, max(seconds_to_ms(passage.end), start + 1), passage.text)
        _place(tiers[passage.participant], interval)
    flat = [tier for rows in tiers.values() for tier in rows]
    if sheet.draft:
        whole = Interval(0, length_ms(sheet), DRAFT_MARK)
        flat.insert(0, Tier("DRAFT", "", [whole]))
    return flat


def _place(rows: list[Tier], interval: Interval) -> None:
    for row in rows:
        if row.end <= interval.start:
            row.intervals.append(interval)
            return
    code = rows[0].participant
    rows.append(Tier(f"{code}-{len(rows) + 1}", code, [interval]))


def length_ms(sheet: Sheet) -> int:
    """The recording's length, or the last word's end where that is later; at least a millisecond."""
    ends = [max(seconds_to_ms(p.end), seconds_to_ms(p.start) + 1) for p in sheet.passages]
    return max([seconds_to_ms(sheet.duration), 1, *ends])
