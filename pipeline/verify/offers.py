"""What a decision suggests to redact besides: one detection protects all mentions.

Words a person redacts in one place may stand in the open elsewhere, where no finder saw them; and a
misheard word put right may be a name that is known. Both are offered at once, and nothing is done unasked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.identifiers import type_of
from pipeline.verify.decisions import Accept, AddToRoster, ChangeClass, ChangeLabel, Correct, Decision, Place
from pipeline.verify.labels import label_for, names_of
from pipeline.verify.state import Line, Mark, ReviewedTranscript

_SHORTEST = 3  # letters; shorter words say too little to go by


@dataclass(frozen=True, slots=True)
class Offer:
    """Words to redact (`place`), as what, and why: they stand `elsewhere` too, or are a `known` name."""

    place: Place
    type: str
    label: str
    why: str


def offer_after(decision: Decision, state: ReviewedTranscript) -> Offer | None:
    """What to offer after a decision that led to `state`, if anything."""
    if isinstance(decision, Correct):
        return _known_name(decision, state)
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
        whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
        yield from (found.span() for found in whole.finditer(text))


def _known_name(decision: Correct, state: ReviewedTranscript) -> Offer | None:
    """A name of the roster, or words that have a label in the study, among the words put right."""
    line = state.lines[decision.place.line]
    right = " ".join(decision.text.split())
    low, high = decision.place.start_char, decision.place.start_char + len(right)
    for kind, words in _known_words(state):
        for start, end in _find(right, words):
            start, end = start + low, end + low
            if end <= high and not any(
                m.hides and m.start_char <= start and end <= m.end_char for m in line.marks
            ):
                return Offer(
                    Place(line.id, start, end),
                    kind,
                    label_for(state, kind, words, line.text[:start]),
                    "known",
                )
    return None


def _known_words(state: ReviewedTranscript) -> list[tuple[str, str]]:
    """Type and words of what the study knows, the longest first."""
    people = [("PERSON", name) for p in state.roster for name in names_of(p.name, p.nicknames)]
    known = [*people, *((type_of(label.kind), label.words) for label in state.labels.labels)]
    return sorted((k for k in known if len(k[1]) >= _SHORTEST), key=lambda k: -len(k[1]))
