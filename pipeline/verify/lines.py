"""Lines and their borders: a border moved, a line cut."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.errors import DecisionError
from pipeline.verify.decisions import Place
from pipeline.verify.state import Line
from pipeline.verify.tokens import shift_marks, shift_tokens

_VOICE = re.compile(r"S\d+")


def is_voice(code: str) -> bool:
    """True for a voice that no participant was linked to yet (S1, S2 ...)."""
    return _VOICE.fullmatch(code) is not None


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
        part = _cut(line, left, right, who, number)
        if part is not None:
            parts.append(part)
    return tuple(parts)


def _whole_words(line: Line, place: Place) -> tuple[int, int]:
    chosen = [t for t in line.tokens if t.start_char < place.end_char and place.start_char < t.end_char]
    if not chosen:
        raise DecisionError(why="no word is marked")
    start, end = chosen[0].start_char, chosen[-1].end_char
    first = chosen[0] is line.tokens[0]
    last = chosen[-1] is line.tokens[-1]
    return 0 if first else start, len(line.text) if last else end


def _cut(line: Line, left: int, right: int, participant: str, number: int) -> Line | None:
    raw = line.text[left:right]
    left += len(raw) - len(raw.lstrip())
    text = raw.strip()
    tokens = [t for t in line.tokens if left <= t.start_char < left + len(text)]
    if not text or not tokens:
        return None
    marks = [m for m in line.marks if left <= m.start_char < left + len(text)]
    return Line(
        f"{line.id}.{number}",
        participant,
        line.start if tokens[0] is line.tokens[0] else tokens[0].start,
        line.end if tokens[-1] is line.tokens[-1] else tokens[-1].end,
        text,
        shift_tokens(tokens, -left),
        shift_marks(marks, -left),
        line.overlap,
        line.voice if participant == line.participant else "",
    )
