"""Questions about turns in time, answered by binary search."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Turn


@dataclass(frozen=True, slots=True)
class SpeakerTurns:
    """One speaker's segments of speech, merged where they touch and ordered (seconds)."""

    speaker: str
    starts: tuple[float, ...]
    ends: tuple[float, ...]

    def distance(self, time: float) -> float:
        """Seconds from `time` to the nearest turn; 0 inside one."""
        i = bisect_right(self.starts, time)
        behind = time - self.ends[i - 1] if i else float("inf")
        ahead = self.starts[i] - time if i < len(self.starts) else float("inf")
        return max(0.0, min(behind, ahead))

    def length_at(self, time: float) -> float:
        """Length of the turn at `time`; 0 outside every turn."""
        i = bisect_right(self.starts, time) - 1
        return self.ends[i] - self.starts[i] if i >= 0 and time <= self.ends[i] else 0.0

    def same_turn(self, first: float, second: float) -> bool:
        """True when one turn holds both moments."""
        i = bisect_right(self.starts, first) - 1
        return i >= 0 and second <= self.ends[i]


def turns_by_speaker(turns: Iterable[Turn]) -> tuple[SpeakerTurns, ...]:
    """Each speaker's turns, speakers in order of first appearance."""
    spans: dict[str, list[tuple[float, float]]] = {}
    for turn in sorted(turns, key=lambda t: (t.start, t.end, t.speaker)):
        merged = spans.setdefault(turn.speaker, [])
        if merged and turn.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], turn.end))
        else:
            merged.append((turn.start, turn.end))
    return tuple(
        SpeakerTurns(speaker, tuple(s for s, _ in m), tuple(e for _, e in m)) for speaker, m in spans.items()
    )


def overlapped_seconds(start: float, end: float, turns: Sequence[Turn]) -> float:
    """Seconds of [start, end] covered by any of `turns`."""
    total, reached = 0.0, start
    touching = [t for t in turns if t.start < end and start < t.end]
    for turn in sorted(touching, key=lambda t: t.start):
        low, high = max(reached, turn.start), min(end, turn.end)
        if high > low:
            total += high - low
            reached = high
    return total
