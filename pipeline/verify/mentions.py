"""All mentions of words a person marked: the same, parts of them, and near spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.language.similarity import is_near
from pipeline.language.text import fold
from pipeline.verify.sightings import is_ordinary
from pipeline.verify.state import Line, ReviewedTranscript

How = Literal["marked", "same", "part", "near"]
PART_LETTERS = 3
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_POSSESSIVE = re.compile(r"[’']s?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that may mean the same, and why it is offered. `chosen`: ticked when offered."""

    line: str
    start_char: int
    end_char: int
    how: How
    chosen: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    plain: str = field(repr=False)
    start: int
    end: int


def find_mentions(state: ReviewedTranscript, line: str, start: int, end: int) -> tuple[Mention, ...]:
    """The marked place first, then every other one that no replacement hides, in order of time."""
    text = state.lines[line].text[start:end]
    wanted = [piece.plain for piece in _pieces(text)]
    found = [Mention(line, start, end, "marked", True)]
    if not wanted:
        return tuple(found)
    pieces = {each.id: _pieces(each.text) for each in state.in_order()}
    near = _near_words(wanted, {p.plain for line_pieces in pieces.values() for p in line_pieces})
    for each in state.in_order():
        here = each.id == line
        found += [
            mention
            for mention in _in_line(each, pieces[each.id], wanted, near)
            if not (here and mention.start_char < end and start < mention.end_char)
        ]
    return tuple(found)


def _pieces(text: str) -> list[_Piece]:
    pieces = []
    for found in _WORD.finditer(text):
        plain = _POSSESSIVE.sub("", found[0])
        pieces.append(_Piece(plain.casefold(), found.start(), found.start() + len(plain)))
    return pieces


def _in_line(
    line: Line, pieces: Sequence[_Piece], wanted: Sequence[str], near: frozenset[str]
) -> Iterator[Mention]:
    at = 0
    while at < len(pieces):
        how, length = _match(line.text, pieces, at, wanted, near)
        if how is None:
            at += 1
            continue
        start, end = pieces[at].start, pieces[at + length - 1].end
        hidden = any(m.hides and m.start_char < end and start < m.end_char for m in line.marks)
        if not hidden:
            chosen = _is_chosen(how, line.text[start].isupper(), pieces[at : at + length])
            yield Mention(line.id, start, end, how, chosen)
        at += length


def _is_chosen(how: How, capital: bool, said: Sequence[_Piece]) -> bool:
    """Whether a place is ticked when it is offered: never where all is ordinary words, which a tick too much would take
    out of the talk ("may" for somebody called May)."""
    if all(is_ordinary(fold(piece.plain)) for piece in said):
        return False
    return how == "same" or (how == "part" and capital)


def _match(
    text: str, pieces: Sequence[_Piece], at: int, wanted: Sequence[str], near: frozenset[str]
) -> tuple[How | None, int]:
    run = [p.plain for p in pieces[at : at + len(wanted)]]
    if run == list(wanted):
        return "same", len(wanted)
    word = pieces[at].plain
    if len(wanted) > 1 and word in wanted and len(word) >= PART_LETTERS and text[pieces[at].start].isupper():
        return "part", 1
    return ("near", 1) if word in near else (None, 0)


def _near_words(wanted: Sequence[str], words: set[str]) -> frozenset[str]:
    """Words spelt or sounding like one of those wanted, but none of them."""
    return frozenset(w for w in words - set(wanted) if any(is_near(w, target) for target in wanted))
