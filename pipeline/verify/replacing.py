"""Words found all through a transcript, and replaced in one step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.errors import DecisionError
from pipeline.verify.decisions import Place, ReplaceAll
from pipeline.verify.edits import get_line, put_line
from pipeline.verify.retyping import correct_line, drop_words
from pipeline.verify.state import Line, ReviewedTranscript

Stretch = tuple[int, int]
_HIDDEN = "\0"


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
    pattern = _pattern(wanted)
    return tuple(hit for line in state.in_order() for hit in _find_open(line, pattern))


def _pattern(wanted: Wanted) -> re.Pattern[str]:
    """Any space between two words, and either form of the apostrophe."""
    words = r"\s+".join(re.escape(word) for word in wanted.words.split())
    words = re.sub("['’]", "['’]", words)
    if wanted.whole:
        words = rf"(?<!\w){words}(?!\w)"
    return re.compile(words, 0 if wanted.case else re.IGNORECASE)


def _find_open(line: Line, pattern: re.Pattern[str]) -> Iterator[Hit]:
    text = line.text
    for mark in line.marks:
        if mark.hides:
            hidden = _HIDDEN * (mark.end_char - mark.start_char)
            text = f"{text[: mark.start_char]}{hidden}{text[mark.end_char :]}"
    for found in pattern.finditer(text):
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
) -> tuple[ReviewedTranscript, Mapping[str, list[Stretch]]]:
    """The state with all places replaced, and by line where the words that were put in stand.

    Raises DecisionError for no places, for such as touch each other or a replacement, and where a line would be left
    without words.
    """
    if not decision.places:
        raise DecisionError(why="no place is chosen")
    by_line: dict[str, list[Place]] = {}
    for place in decision.places:
        by_line.setdefault(place.line, []).append(place)
    changed = [_replace_in(get_line(state, name), places, decision) for name, places in by_line.items()]
    return put_line(state, *(line for line, _ in changed)), {line.id: made for line, made in changed}


def _replace_in(line: Line, places: Sequence[Place], decision: ReplaceAll) -> tuple[Line, list[Stretch]]:
    """From the line's end to its beginning, so that the places left keep their characters."""
    places = sorted(places, key=lambda p: p.start_char)
    if any(a.end_char > b.start_char for a, b in pairwise(places)):
        raise DecisionError(why="two of the places overlap")
    stretches: list[Stretch] = []
    for place in reversed(places):
        start, end = place.start_char, place.end_char
        if any(m.hides and m.start_char < end and start < m.end_char for m in line.marks):
            raise DecisionError(why="a replacement stands in one of the places")
        after = _put(line, place, decision)
        grown = len(after.text) - len(line.text)
        stretches = [(start, end + grown), *((low + grown, high + grown) for low, high in stretches)]
        line = after
    return line, stretches


def _put(line: Line, place: Place, decision: ReplaceAll) -> Line:
    if not decision.text.strip():
        return drop_words(line, place)
    text = decision.text
    if decision.keep_case and line.text[place.start_char : place.end_char][:1].isupper():
        text = text[:1].upper() + text[1:]
    return correct_line(line, place, text)
