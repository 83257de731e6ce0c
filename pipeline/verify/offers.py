"""What a decision suggests to redact besides: one detection protects all mentions.

Words a person redacts in one place may stand in the open elsewhere, where no finder saw them. They are offered
at once, and nothing is done unasked. (What a person typed is looked through by pipeline.verify.typed.)
"""

from __future__ import annotations

from collections.abc import Iterator
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
    if len(words.strip()) < _SHORTEST or not any(_unmarked(each, words) for each in state.in_order()):
        return None
    return Offer(Place(line.id, mark.start_char, mark.end_char), mark.type, mark.replacement, "elsewhere")


def _unmarked(line: Line, words: str) -> bool:
    return any(
        not any(m.start_char < end and start < m.end_char for m in line.marks)
        for start, end in _find(line.text, words)
    )


def _find(text: str, words: str) -> Iterator[tuple[int, int]]:
    if words.casefold() in text.casefold():  # most lines hold no such words
        yield from (found.span() for found in pattern_of(words).finditer(text))
