"""Words found all through a transcript, and replaced in one step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.errors import DecisionError
from pipeline.language.text import pattern_of
from pipeline.verify.decisions import Place, ReplaceAll
from pipeline.verify.edits import get_line, put_line
from pipeline.verify.lines import open_text
from pipeline.verify.retyping import drop_words, put_words, rewrite
from pipeline.verify.sightings import Stretch
from pipeline.verify.state import Line, ReviewedTranscript


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words that stand in the open, or the text of a label (with `label`), whole words and any
    case unless it is said otherwise."""

    words: str = field(repr=False)
    label: bool = False
    whole: bool = True
    case: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A place found: characters of a line, and of a label the id of its mark."""

    line: str
    start_char: int
    end_char: int
    mark: str = ""


def find_words(state: ReviewedTranscript, wanted: Wanted) -> tuple[Hit, ...]:
    """All places, in the order they are said; nothing that a replacement hides is looked at."""
    if not wanted.words.strip():
        return ()
    if wanted.label:
        return tuple(hit for line in state.in_order() for hit in _find_labels(line, wanted))
    pattern = pattern_of(wanted.words, whole=wanted.whole, case=wanted.case)
    return tuple(hit for line in state.in_order() for hit in _find_open(line, pattern))


def _find_open(line: Line, pattern: re.Pattern[str]) -> Iterator[Hit]:
    for found in pattern.finditer(open_text(line)):
        yield Hit(line.id, *found.span())


def _find_labels(line: Line, wanted: Wanted) -> Iterator[Hit]:
    def plain(text: str) -> str:
        text = " ".join(text.strip().strip("[]").split())
        return text if wanted.case else text.casefold()

    words = plain(wanted.words)
    for mark in line.marks:
        label = plain(mark.replacement)
        if mark.hides and (words == label if wanted.whole else words in label):
            yield Hit(line.id, mark.start_char, mark.end_char, mark.id)


def replace_words(
    state: ReviewedTranscript, decision: ReplaceAll
) -> tuple[ReviewedTranscript, Sequence[str]]:
    """The state with all places replaced, and the lines they are in, by id.

    Raises DecisionError for no places, for such as touch each other or a replacement, and where a line would be left
    without words.
    """
    if not decision.places:
        raise DecisionError(why="no place is chosen")
    by_line = _by_line(decision)
    changed = [_replace_in(get_line(state, name), places, decision) for name, places in by_line.items()]
    return put_line(state, *changed), tuple(by_line)


def stretches_of(state: ReviewedTranscript, decision: ReplaceAll) -> Mapping[str, list[Stretch]]:
    """Where the words that a decision puts in stand afterwards, by line; `state` is the one before it."""
    return {name: _stretches(state.lines[name].text, at, decision) for name, at in _by_line(decision).items()}


def _by_line(decision: ReplaceAll) -> dict[str, list[Place]]:
    """The places by line, from each line's end to its beginning."""
    by_line: dict[str, list[Place]] = {}
    for place in decision.places:
        by_line.setdefault(place.line, []).append(place)
    return {name: sorted(at, key=lambda p: p.start_char, reverse=True) for name, at in by_line.items()}


def _replace_in(line: Line, places: Sequence[Place], decision: ReplaceAll) -> Line:
    if any(after.start_char < before.end_char for after, before in pairwise(places)):
        raise DecisionError(why="two of the places overlap")
    hiding = [m for m in line.marks if m.hides]
    for place in places:
        if any(m.start_char < place.end_char and place.start_char < m.end_char for m in hiding):
            raise DecisionError(why="a replacement stands in one of the places")
    for _, (low, high, words) in _edits(line.text, places, decision):
        line = rewrite(line, low, high, words)
    return line


def _stretches(text: str, places: Sequence[Place], decision: ReplaceAll) -> list[Stretch]:
    stretches: list[Stretch] = []
    for place, (low, high, words) in _edits(text, places, decision):
        grown = len(words) - (high - low)
        moved = [(start + grown, end + grown) for start, end in stretches]
        stretches = [(place.start_char, place.end_char + grown), *moved]
    return stretches


def _edits(
    text: str, places: Sequence[Place], decision: ReplaceAll
) -> Iterator[tuple[Place, tuple[int, int, str]]]:
    """Which characters of a text go and what comes there, place by place from its end to its beginning, so that the places
    left keep their characters."""
    for place in places:
        low, high, words = _edit(text, place, decision)
        yield place, (low, high, words)
        text = text[:low] + words + text[high:]


def _edit(text: str, place: Place, decision: ReplaceAll) -> tuple[int, int, str]:
    if not decision.text.strip():
        return drop_words(text, place)
    words = decision.text
    if decision.keep_case and text[place.start_char : place.end_char][:1].isupper():
        words = words[:1].upper() + words[1:]
    return put_words(text, place, words)
