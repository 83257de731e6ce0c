"""What a decision suggests to redact besides: one detection protects all mentions.

Words a person redacts in one place may stand in the open elsewhere, where no finder saw them. They are offered
at once, and nothing is done unasked. (What a person typed is looked through by pipeline.verify.typed.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.language.text import pattern_of
from pipeline.verify.decisions import Accept, AddToRoster, ChangeClass, ChangeLabel, Decision, Place
from pipeline.verify.state import Line, Mark, ReviewedTranscript

_SHORTEST = 3  # letters; shorter words say too little to go by


@dataclass(frozen=True, slots=True)
class Offer:
    """Words to redact (`place`), as what, and why: they stand `elsewhere` too."""

    place: Place
    type: str
    label: str
    why: str


def offer_after(decision: Decision, state: ReviewedTranscript) -> Offer | None:
    """What to offer after a decision that led to `state`, if anything."""
    if isinstance(decision, Accept | ChangeClass | ChangeLabel):
        names = decision.marks[:1]
    elif isinstance(decision, AddToRoster):
        names = (decision.mark,)
    else:
        return None
    found = state.find_mark(names[0]) if names else None
    return _elsewhere(*found, state) if found else None


def _elsewhere(line: Line, mark: Mark, state: ReviewedTranscript) -> Offer | None:
    """The same words where no mark is: a marked place is asked about, or was decided, already."""
    words = line.words_of(mark)
    if len(words.strip()) < _SHORTEST:
        return None
    pattern = pattern_of(words)
    if not any(_unmarked(each, pattern) for each in state.in_order()):
        return None
    return Offer(Place(line.id, mark.start_char, mark.end_char), mark.type, mark.replacement, "elsewhere")


def _unmarked(line: Line, pattern: re.Pattern[str]) -> bool:
    return any(
        not any(m.start_char < found.end() and found.start() < m.end_char for m in line.marks)
        for found in pattern.finditer(line.text)
    )
