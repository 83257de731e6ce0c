"""Transcripts as tables: which column holds who speaks, what, and when; by its heading, else by what stands in it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache

from pipeline.readers.clocks import is_clock, times_in
from pipeline.readers.lines import Line, Slot
from pipeline.readers.margins import Margin
from pipeline.readers.own_line import looks_like_name
from pipeline.readers.source import name_of
from pipeline.resources import config_path

_FIGURES = re.compile(r"\s*[-+]?[\d.,:;%\s-]*\s*")
_MOST = 0.8
_SHORT_WORDS = 4


def find_columns(rows: Sequence[Sequence[str]]) -> tuple[list[str], bool] | None:
    """What each column is ("speaker", "text", "start", "end", "figures", "other"), and whether the first row
    is their headings; None when no column of speech is found."""
    headed = _by_heading(rows[0]) if rows else []
    if "text" in headed and ("speaker" in headed or "start" in headed):
        return headed, True
    kinds = _by_content(rows)
    return (kinds, False) if "text" in kinds and len(set(kinds)) > 1 else None


def make_lines(rows: Sequence[Sequence[str]], kinds: Sequence[str], *, headed: bool) -> list[list[Line]]:
    """Each cell as a line, by row."""
    return [
        [Line([Slot(c, place=True)], silent=_is_heading(c)) for c in row]
        if headed and number == 0
        else _cells(row, kinds)
        for number, row in enumerate(rows)
    ]


def _cells(row: Sequence[str], kinds: Sequence[str]) -> list[Line]:
    by_kind = {kind: cell for cell, kind in zip(row, kinds, strict=False) if kind != "other"}
    speaker = by_kind.get("speaker", "").strip()
    times = times_in(by_kind.get("start", "")) or _number(by_kind.get("start", ""))
    ends = times_in(by_kind.get("end", "")) or _number(by_kind.get("end", "")) or times[1:]
    padded = [*kinds, *["other"] * len(row)]
    lines = []
    for cell, kind in zip(row, padded, strict=False):
        line = Line([Slot(cell, place=True)], speaker="")
        if kind == "speaker" and (named := cell.strip()):
            start = cell.index(named)
            line.margin = Margin(named, start, start + len(named), len(cell))
            line.silent = True
        elif kind == "text":
            line.speaker = speaker
            line.start, line.end = (times[0] if times else None), (ends[0] if ends else None)
        else:
            line.silent = bool(_FIGURES.fullmatch(cell)) or is_clock(cell)
        lines.append(line)
    return lines


def _number(cell: str) -> list[float]:
    try:
        return [float(cell.strip().replace(",", "."))]
    except ValueError:
        return []


@cache
def _headings() -> dict[str, str]:
    with config_path("speech", "columns.toml").open("rb") as file:
        return {word: kind for kind, words in tomllib.load(file).items() for word in words}


def _is_heading(cell: str) -> bool:
    return not cell.strip() or cell.strip().casefold() in _headings()


def _by_heading(row: Sequence[str]) -> list[str]:
    """The first column of each kind counts; a second one is looked at like any other."""
    found: list[str] = []
    for cell in row:
        kind = _headings().get(cell.strip().casefold(), "other")
        found.append("other" if kind in found and kind not in ("figures", "other") else kind)
    return found


def _by_content(rows: Sequence[Sequence[str]]) -> list[str]:
    full = [row for row in rows if any(cell.strip() for cell in row)]
    width = Counter(len(row) for row in full).most_common(1)[0][0] if full else 0
    columns = [[row[at] for row in full if len(row) == width] for at in range(width)]
    kinds = [_kind_of(column) for column in columns]
    sizes = [sum(map(len, c)) if k == "other" else -1 for c, k in zip(columns, kinds, strict=True)]
    if sizes and max(sizes) > 0:
        kinds[sizes.index(max(sizes))] = "text"
    if kinds.count("start") > 1:
        kinds[kinds.index("start", kinds.index("start") + 1)] = "end"
    return kinds


def _kind_of(column: Sequence[str]) -> str:
    cells = [name_of(cell) for cell in column if cell.strip()]
    if not cells:
        return "figures"
    if sum(is_clock(cell) for cell in cells) >= _MOST * len(cells):
        return "start"
    if all(_FIGURES.fullmatch(cell) for cell in cells):
        return "figures"
    named = sum(looks_like_name(cell.rstrip(":")) for cell in cells) >= _MOST * len(cells)
    short = all(len(cell.split()) <= _SHORT_WORDS for cell in cells)
    return "speaker" if named and short else "other"
