"""CSV: a row an utterance; columns are known by their headings or by what stands in them (see table).

All cells are looked at; figures and times stay as they are. Written back with the same delimiter.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import TranscriptFormatError
from pipeline.readers import table
from pipeline.readers.base import Replacements, Segment
from pipeline.readers.lines import Line, Script

_DELIMITERS = ",;\t|"
_FIELD_MOST_CHARACTERS = 1 << 24


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """The rows, each cell a line."""

    script: Script = field(repr=False)
    rows: tuple[Sequence[Line], ...] = field(repr=False)
    delimiter: str
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.script.segments

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        self.script.put(speakers, puts)
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\n")
        for row in self.rows:
            writer.writerow(["".join(s.text if s.new is None else s.new for s in x.slots) for x in row])
        return out.getvalue().encode()


def read(text: str, path: Path, notes: Sequence[str] = ()) -> CsvLayout:
    """Read CSV; raises TranscriptFormatError when it is none, or has no column of speech."""
    delimiter, rows = _rows(text, path)
    columns = table.find_columns(rows)
    if columns is None:
        raise TranscriptFormatError(
            file=path, why="no column of it is known as text; give headings such as speaker, start, text"
        )
    kinds, headed = columns
    lines = table.make_lines(rows, kinds, headed=headed)
    script = Script([line for row in lines for line in row])
    return CsvLayout(script, tuple(lines), delimiter, tuple(notes))


def _rows(text: str, path: Path) -> tuple[str, list[list[str]]]:
    """The rows by the delimiter that gives most of them the same number of cells, and more than one."""
    best: tuple[float, str, list[list[str]]] = (0.0, ",", [])
    why = "its rows have one column"
    for delimiter in _DELIMITERS:
        try:
            rows = _parse(text, delimiter)
        except csv.Error as error:
            why = f"it is no CSV ({error})"
            continue
        widths = [len(row) for row in rows if row]
        usual = max(set(widths), key=widths.count, default=0)
        share = widths.count(usual) / len(widths) if usual > 1 else 0.0
        if share > best[0]:
            best = (share, delimiter, rows)
    if not best[2]:
        raise TranscriptFormatError(file=path, why=why)
    return best[1], best[2]


def _parse(text: str, delimiter: str) -> list[list[str]]:
    before = csv.field_size_limit(_FIELD_MOST_CHARACTERS)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    finally:
        csv.field_size_limit(before)
