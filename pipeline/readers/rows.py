"""Rows of tables on a page, as people type transcripts: who speaks in the first column, the words behind."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.readers.clocks import is_clock, times_in
from pipeline.readers.lines import Line
from pipeline.readers.margins import Margin
from pipeline.readers.own_line import looks_like_name

_LONGEST_NAME = 40
_NAME_WORDS = 4


def read_row(cells: Sequence[Sequence[Line]]) -> None:
    """A row of two cells or more whose first (a time aside) is short and whose others are long, or that begins
    with a name: the first is the speaker."""
    full = [[line for line in cell if line.text.strip()] for cell in cells]
    full = [cell for cell in full if cell]
    seconds = None
    if full and len(full[0]) == 1 and is_clock(full[0][0].text):
        seconds = next(iter(times_in(full.pop(0)[0].text)), None)
    if len(full) < 2 or len(full[0]) != 1:
        return
    name, rest = full[0][0], [line for cell in full[1:] for line in cell]
    said = name.text.strip().rstrip(":").strip()
    longest = max(len(line.text.split()) for line in rest)
    short = (
        bool(said) and len(said) <= _LONGEST_NAME and len(said.split()) <= _NAME_WORDS and said[0].isalpha()
    )
    if not short or (longest <= _NAME_WORDS and not looks_like_name(said)):
        return
    start = name.text.index(said)
    name.margin = Margin(said, start, start + len(said), len(name.text), seconds)
    name.silent = True
    for line in rest:
        line.speaker, line.start = said, seconds
