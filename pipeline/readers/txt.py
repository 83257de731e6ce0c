"""Plain text: lines with a speaker in the margin, columns between tabs, or paragraphs. Layout stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.readers import table
from pipeline.readers.base import Replacements, Segment
from pipeline.readers.lines import Line, Script, Slot
from pipeline.readers.wrapping import wrapped_lines

_MOST = 0.8  # of the lines of a table have the same number of tabs


@dataclass(frozen=True, slots=True)
class TextLayout:
    """The lines of a text, by row; a row is one line, or the cells between tabs."""

    script: Script = field(repr=False)
    rows: tuple[Sequence[Line], ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.script.segments

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        self.script.put(speakers, puts)
        return "\n".join("\t".join(_written(line) for line in row) for row in self.rows).encode()


def _written(line: Line) -> str:
    return "".join(slot.text if slot.new is None else slot.new for slot in line.slots)


def read(text: str, path: Path, notes: Sequence[str] = ()) -> TextLayout:  # noqa: ARG001 - as all readers
    """Read plain text. Lines of a paragraph that was wrapped are one utterance; a line with a margin, and
    one that was begun although there was room, is a new one."""
    rows = _table(text) or [[line] for line in _lines(text)]
    return TextLayout(Script([line for row in rows for line in row]), tuple(rows), tuple(notes))


def _lines(text: str) -> list[Line]:
    lines = text.split("\n")
    wrapped = wrapped_lines(lines)
    return [Line([Slot(x, place=True)], goes_on=on) for x, on in zip(lines, wrapped, strict=True)]


def _table(text: str) -> list[list[Line]] | None:
    """The rows of a text that is a table between tabs; None when it is none."""
    rows = [line.split("\t") for line in text.split("\n")]
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return None
    width, count = widths.most_common(1)[0]
    if width < 2 or count < _MOST * widths.total() or count < 2:
        return None
    columns = table.find_columns(rows)
    if columns is None or (width == 2 and not columns[1]):  # "Tom:<tab>text" is a margin
        return None
    return table.make_lines(rows, columns[0], headed=columns[1])
