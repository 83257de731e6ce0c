"""Numbers that the recogniser was unsure of: "nine-year-old" for "ninety four" is found surely and may still be wrong,
so what stands in its place is put to a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.recognizers.base import View

_COUNTED = frozenset(("AGE", "DATE", "DATE_OF_BIRTH", "PHONE", "ID", "ADDRESS"))
_FAINT = 0.5  # of all words heard with less, 63 of 121 are right (docs/benchmarks/transcribe.md)
_REASON = "a number heard faintly"


def doubt_faint_numbers(found: Iterable[Candidate], view: View) -> list[Candidate]:
    """The candidates; a number of which a word was heard with less than even odds carries the question."""
    return [_doubted(c) if _is_faint(c, view.dialogue) else c for c in found]


def _is_faint(c: Candidate, dialogue: Dialogue) -> bool:
    return c.type in _COUNTED and not c.reason and _least_heard(c, dialogue) < _FAINT


def _doubted(c: Candidate) -> Candidate:
    return replace(c.noting("doubt faint numbers", _REASON), reason=_REASON)


def _least_heard(c: Candidate, dialogue: Dialogue) -> float:
    """The lowest probability among its words; 1 where no recogniser listened."""
    said = (dialogue.heard_as(t) for t in dialogue.content if c.start <= t.start < c.end)
    return min((w.probability for w in said if w and w.probability > 0), default=1.0)
