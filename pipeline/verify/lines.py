"""Lines and their borders: a border moved, a line cut in two, two lines made one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.errors import DecisionError
from pipeline.verify.decisions import Place
from pipeline.verify.state import Line, Token
from pipeline.verify.tokens import shift_marks, shift_tokens, spread_words

_VOICE = re.compile(r"S\d+")
_HIDDEN = "\0"


def is_voice(code: str) -> bool:
    """True for a voice that no participant was linked to yet (S1, S2 ...)."""
    return _VOICE.fullmatch(code) is not None


def open_text(line: Line) -> str:
    """The line's text with another character, which nobody types, for each that a replacement hides."""
    text = line.text
    for mark in line.marks:
        if mark.hides:
            hidden = _HIDDEN * (mark.end_char - mark.start_char)
            text = f"{text[: mark.start_char]}{hidden}{text[mark.end_char :]}"
    return text


def move_border(line: Line, place: Place, participant: str) -> tuple[Line, ...]:
    """The line cut so that the words of a place belong to another participant, in up to three parts."""
    start, end = _whole_words(line, place)
    cuts = [c for c in (start, end) if 0 < c < len(line.text)]
    for mark in line.marks:
        if any(mark.start_char < cut < mark.end_char for cut in cuts):
            raise DecisionError(why="the border would cut a replacement in two")
    bounds = [0, *cuts, len(line.text)]
    parts = []
    for number, (left, right) in enumerate(pairwise(bounds)):
        who = participant if left >= start and right <= end else line.participant
        part = _cut(line, left, right, who, f"{line.id}.{number}")
        if part is not None:
            parts.append(part)
    return tuple(parts)


def split_line(line: Line, at: int, name: str) -> tuple[Line, Line]:
    """The line cut in two before a character; the second part is called `name`. A word that is cut gives its time
    to both its parts. Raises DecisionError where a replacement would be cut, and where a part would be empty."""
    if any(m.start_char < at < m.end_char for m in line.marks):
        raise DecisionError(why="the cut would go through a replacement")
    whole = replace(line, tokens=tuple(part for t in line.tokens for part in _halves(t, at)))
    first = _cut(whole, 0, max(at, 0), line.participant, line.id)
    second = _cut(whole, max(at, 0), len(line.text), line.participant, name)
    if first is None or second is None:
        raise DecisionError(why="a line is cut between two of its words")
    return first, second


def _halves(token: Token, at: int) -> Sequence[Token]:
    if not token.start_char < at < token.end_char:
        return (token,)
    words = [(token.start_char, at), (at, token.end_char)]
    return [
        replace(half, probability=token.probability)
        for half in spread_words(words, token.start, token.end, typed=True)
    ]


def join_lines(first: Line, second: Line) -> Line:
    """Two lines as one, said by who said the first. Where they were said at once, the second's words are heard no
    sooner than the first's last, so that the words of a line stay in order of time."""
    text = f"{first.text} {second.text}"
    by = len(first.text) + 1
    soonest = max((t.start for t in first.tokens), default=first.start)
    later = [
        replace(t, start=max(t.start, soonest), end=max(t.end, soonest))
        for t in shift_tokens(second.tokens, by)
    ]
    return replace(
        first,
        end=max(first.end, second.end),
        text=text,
        tokens=(*first.tokens, *later),
        marks=(*first.marks, *shift_marks(second.marks, by)),
        overlap=first.overlap or second.overlap,
    )


def _whole_words(line: Line, place: Place) -> tuple[int, int]:
    chosen = [t for t in line.tokens if t.start_char < place.end_char and place.start_char < t.end_char]
    if not chosen:
        raise DecisionError(why="no word is marked")
    start, end = chosen[0].start_char, chosen[-1].end_char
    first = chosen[0] is line.tokens[0]
    last = chosen[-1] is line.tokens[-1]
    return 0 if first else start, len(line.text) if last else end


def _cut(line: Line, left: int, right: int, participant: str, name: str) -> Line | None:
    raw = line.text[left:right]
    left += len(raw) - len(raw.lstrip())
    text = raw.strip()
    tokens = [t for t in line.tokens if left <= t.start_char < left + len(text)]
    if not text or not tokens:
        return None
    marks = [m for m in line.marks if left <= m.start_char < left + len(text)]
    return Line(
        name,
        participant,
        line.start if tokens[0] is line.tokens[0] else tokens[0].start,
        line.end if tokens[-1] is line.tokens[-1] else tokens[-1].end,
        text,
        shift_tokens(tokens, -left),
        shift_marks(marks, -left),
        line.overlap,
        line.voice if participant == line.participant else "",
    )
