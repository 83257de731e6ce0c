"""Rich Text Format: text is replaced run by run, formatting stays; pictures, comments, properties, fields' codes and
the names of styles go.

What was read is compared with what striprtf reads of the same file: words that only it finds are refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import TranscriptFormatError
from pipeline.readers.base import Replacements, Segment
from pipeline.readers.leaving_out import left_out
from pipeline.readers.lines import Line, Script, Slot
from pipeline.readers.rtf_tokens import TOLD, Taker, Tokens, written

_TRACE_SHARE = 0.01
_TRACE_WORDS = 3


@dataclass(frozen=True, slots=True)
class RtfLayout:
    """The tokens that stay, and the lines of their slots."""

    tokens: Tokens = field(repr=False)
    script: Script = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.script.segments

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        self.script.put(speakers, puts)
        out: list[str] = []
        for item in self.tokens.items:
            if isinstance(item, Slot):
                out += ["\\uc1 " if any(ord(c) > 127 for c in _now(item)) else "", *written(_now(item))]
            elif item is not None:
                out.append(item)
        return "".join(out).encode("ascii", errors="replace") + b"\n"


def _now(slot: Slot) -> str:
    return slot.text if slot.new is None else slot.new


def read(data: bytes, path: Path) -> RtfLayout:
    """Read RTF; raises TranscriptFormatError when it is none, or something of it would be lost."""
    text = data.decode("latin-1")
    if not text.lstrip().startswith("{\\rtf"):
        raise TranscriptFormatError(file=path, why="it is no Rich Text Format (.rtf)")
    try:
        tokens = Taker(text.strip().rstrip("\0")).take()
    except ValueError:
        raise TranscriptFormatError(
            file=path, why="its groups do not close: it breaks off or is damaged"
        ) from None
    if tokens.boxes:
        why = f"{tokens.boxes} text boxes are in it, which are not read; save it as .docx"
        raise TranscriptFormatError(file=path, why=why)
    lines = [Line([])]
    for item in tokens.items:
        if isinstance(item, Slot):
            lines[-1].slots.append(item)
        elif item is None:
            lines.append(Line([]))
    _refuse_loss(text, " ".join(line.text for line in lines), path)
    notes = left_out({TOLD[word]: count for word, count in tokens.taken.items() if count})
    if tokens.deleted:
        notes = (*notes, "tracked changes were taken as accepted")
    return RtfLayout(tokens, Script(lines), notes)


def _refuse_loss(text: str, read_text: str, path: Path) -> None:
    """Raise when another reader finds words that ours did not."""
    from striprtf.striprtf import rtf_to_text

    try:
        other = Counter(_words(rtf_to_text(text, errors="ignore")))
    except (ValueError, LookupError, IndexError, KeyError):
        return
    missing = (other - Counter(_words(read_text))).total()
    if missing > max(_TRACE_WORDS, _TRACE_SHARE * other.total()):
        raise TranscriptFormatError(
            file=path, why=f"{missing} words of it could not be read; save it as .docx"
        )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
