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
    full = list(filter(None, ([line for line in cell if line.text.strip()] for cell in cells)))
    seconds = None
    if full and len(full[0]) == 1 and is_clock(full[0][0].text):
        seconds = next(iter(times_in(full.pop(0)[0].text)), None)
    if len(full) < 2 or len(full[0]) != 1:
        return
    name, rest = full[0][0], [line for cell in full[1:] for line in cell]
    said = name.text.strip().rstrip(":").strip()
    if not _may_be_speaker(said, max(len(line.text.split()) for line in rest)):
        return
    start = name.text.index(said)
    name.margin = Margin(said, start, start + len(said), len(name.text), seconds)
    name.silent = True
    for line in rest:
        line.speaker, line.start = said, seconds


def _may_be_speaker(said: str, longest: int) -> bool:
    """Short, and beside words that are no longer than a name (`longest` of a line) one by its look."""
    words = len(said.split())
    if not said[:1].isalpha() or len(said) > _LONGEST_NAME or words > _NAME_WORDS:
        return False
    return longest > _NAME_WORDS or looks_like_name(said)
