"""Captions, WebVTT and SubRip: times, settings, voice tags and formatting stay; notes, styles and named ids go.

Every line of the file is accounted for: whatever stands behind a cue's times, up to the next cue, was said,
blank lines in between as well, and what stands elsewhere is refused with its line's number. A payload is read
as visible characters (an entity such as &amp; is one) with tags between them, so that words can be replaced
without breaking a tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import TranscriptFormatError
from pipeline.readers.base import Replacements, Segment
from pipeline.readers.lines import Line, Script, Slot
from pipeline.readers.wrapping import ends_sentence

_STAMP = r"(?:\d+:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
_TIMES = re.compile(rf"\s*(?P<start>{_STAMP})\s*-->\s*(?P<end>{_STAMP})(?P<settings>(?:\s.*)?)$")
_NOT_SAID = re.compile(r"(NOTE|STYLE|REGION)(?=\s|$)")
_PIECE = re.compile(r"<(?P<tag>/?[a-zA-Z][^<>]*|[\d:.,]+|/)>|(?P<text>[^<]+|<)", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d+|#x[\da-fA-F]+|\w+);|.", re.DOTALL)
_VOICE = re.compile(r"v(?:\.[^\s>]*)?\s+(?P<name>.*)", re.DOTALL)
_KEPT_TAGS = re.compile(r"/?(?:[biuv]|ruby|rt|c|lang|font)$|[\d:.]+$")
_SETTINGS = re.compile(r"(?:align|line|position|size|vertical):[\w%.,-]+|[XY][12]:\d+", re.IGNORECASE)
_BREATH_S = 2.0  # cues further apart than this are two sentences
_DASH = re.compile(r"\s*[-–—]\s*\S")


@dataclass(slots=True)
class _Cue:
    """A cue: where it stands in the file, its times as written, its lines of pieces (tags, slots)."""

    number: str
    start: str
    end: str
    settings: str
    lines: list[list[str | Slot | Line]] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class CueLayout:
    """Cues, and the lines of their voices."""

    script: Script = field(repr=False)
    cues: tuple[_Cue, ...] = field(repr=False)
    notes: tuple[str, ...]
    is_vtt: bool

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.script.segments

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        self.script.put(speakers, puts)
        blocks = ["WEBVTT"] if self.is_vtt else []
        for number, cue in enumerate(self.cues, 1):
            head = [cue.number or ("" if self.is_vtt else str(number))]
            head.append(f"{_clock(cue.start, self.is_vtt)} --> {_clock(cue.end, self.is_vtt)}{cue.settings}")
            blocks.append("\n".join([x for x in head if x] + list(_payload(cue, speakers, self.is_vtt))))
        return ("\n\n".join(blocks) + "\n").encode()


def read(text: str, path: Path, notes: Sequence[str], *, is_vtt: bool) -> CueLayout:
    """Read captions; raises TranscriptFormatError with the line's number where something cannot be read."""
    cues, left = _cues(text.split("\n"), path)
    if not cues:
        raise TranscriptFormatError(file=path, why="no cue (a line with --> between two times) is in it")
    lines: list[Line] = []
    for cue in cues:  # each payload line is taken apart in its place
        for at, payload in enumerate(cue.lines):
            text_of = "".join(p for p in payload if isinstance(p, str))
            cue.lines[at] = list(_pieces(text_of, cue, lines, first=at == 0, is_vtt=is_vtt))
    if any(line.text.lstrip().startswith((">>", "»")) for line in lines):
        for line in lines:  # live captions mark every change of speaker
            line.carries = True
    told = [f"{left} lines of notes and styles were left out"] if left else []
    return CueLayout(Script(lines), tuple(cues), (*notes, *told), is_vtt)


# --- the file's lines ------------------------------------------------------------------------------


def _cues(lines: Sequence[str], path: Path) -> tuple[list[_Cue], int]:
    """The cues, and how many lines that nobody said were left out (notes, styles, the header)."""
    times = [number for number, line in enumerate(lines) if "-->" in line]
    cues: list[_Cue] = []
    bounds = [*times, len(lines)]
    left = _header(lines[: bounds[0]], path)
    ident = _identifier(lines, bounds[0])
    for at, number in enumerate(times):
        if (m := _TIMES.fullmatch(lines[number])) is None:
            raise TranscriptFormatError(file=path, why=f"line {number + 1} is no line of a cue's times")
        settings = " ".join(_SETTINGS.findall(m["settings"]))
        cue = _Cue(ident, m["start"], m["end"], f" {settings}" if settings else "")
        ident = _identifier(lines, bounds[at + 1])
        end = bounds[at + 1] - (1 if _has_identifier(lines, bounds[at + 1]) else 0)
        said, notes = _without_notes(lines[number + 1 : end])
        left += notes
        cue.lines = [[line] for line in said]
        cues.append(cue)
    return cues, left


def _has_identifier(lines: Sequence[str], at: int) -> bool:
    """The line above a cue's times, behind an empty one, names the cue."""
    if at >= len(lines) or at < 1 or not lines[at - 1].strip():
        return False
    name = lines[at - 1].strip()
    return name.isdigit() or (" " not in name and (at < 2 or not lines[at - 2].strip()))


def _identifier(lines: Sequence[str], at: int) -> str:
    """A cue's number; a name is left out."""
    named = lines[at - 1].strip() if _has_identifier(lines, at) else ""
    return named if named.isdigit() else ""


def _header(lines: Sequence[str], path: Path) -> int:
    """Lines left out before the first cue; what is no header, note or style is refused."""
    said = list(lines[:-1] if lines and _has_identifier([*lines, "-->"], len(lines)) else lines)
    blank = next((n for n, line in enumerate(said) if not line.strip()), len(said))
    begins = 0
    if said and said[0].lstrip("\ufeff").startswith("WEBVTT"):
        begins = blank
    rest, notes = _without_notes(["", *said[begins:]])
    if any(line.strip() for line in rest):
        first = next(n for n, line in enumerate(said) if n >= begins and line in rest and line.strip())
        raise TranscriptFormatError(file=path, why=f"line {first + 1} belongs to no cue")
    return notes + max(0, begins - 1)


def _without_notes(lines: Sequence[str]) -> tuple[list[str], int]:
    """What was said, and how many lines belong to notes, styles and regions (which end at an empty line)."""
    said: list[str] = []
    left, inside, fresh = 0, False, False
    for line in lines:
        if not line.strip():
            inside, fresh = False, True
        elif inside or (fresh and _NOT_SAID.match(line)):
            inside = True
            left += 1
        else:
            said.append(line)
    return said, left


# --- one payload -----------------------------------------------------------------------------------


def _pieces(
    payload: str, cue: _Cue, lines: list[Line], *, first: bool, is_vtt: bool
) -> Iterator[str | Slot | Line]:
    """A payload's line as tags and slots; the voices' lines are added to `lines`."""
    line = _begin(cue, lines, first=first)
    for m in _PIECE.finditer(payload):
        tag = m["tag"] or ""
        if spoken := _VOICE.fullmatch(tag):
            line = _begin(cue, lines, first=True)
            line.speaker = html.unescape(spoken["name"].strip())
            yield line
        elif _KEPT_TAGS.fullmatch(bare := tag if tag[:1].isdigit() else re.split(r"[. ]", tag)[0]):
            yield f"<{bare}>"
        elif bare not in ("v", "/v"):  # words in angle brackets, "<inaudible>", are words
            slot = Slot(_visible(m[0]) if is_vtt else m[0], place=m[0])
            line.slots.append(slot)
            yield slot


def _begin(cue: _Cue, lines: list[Line], *, first: bool) -> Line:
    """A new line of speech; one in the middle of a cue belongs to the voice above it."""
    before = lines[-1] if lines else None
    start, end = _seconds(cue.start), _seconds(cue.end)
    line = Line([], start=start, end=end, over_margin=True, carries=False)
    if before is not None:
        near = not first or (start - (before.end or 0.0) <= _BREATH_S and before.start != start)
        line.goes_on = near and not ends_sentence(before.text)
        if not first:
            line.speaker = before.speaker
    lines.append(line)
    return line


def _visible(written: str) -> str:
    return "".join(_see(m[0]) for m in _ENTITY.finditer(written))


def _see(written: str) -> str:
    seen = html.unescape(written)
    return seen if len(seen) == 1 else seen[:1] if len(written) > 1 else written


def _payload(cue: _Cue, speakers: Mapping[str, str], is_vtt: bool) -> Iterator[str]:
    for line in cue.lines:
        text = "".join(_written(piece, speakers, is_vtt) for piece in line)
        if text.strip():
            yield text


def _written(piece: str | Slot | Line, speakers: Mapping[str, str], is_vtt: bool) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Line):
        name = piece.speaker or ""
        return f"<v {html.escape(speakers.get(name, name), quote=False)}>"
    if piece.new is None:
        return str(piece.place)
    return html.escape(piece.new, quote=False) if is_vtt else piece.new


def _seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def _clock(stamp: str, is_vtt: bool) -> str:
    """A time as the format writes it: a full stop in WebVTT, a comma in SubRip; three decimals."""
    whole, _, part = stamp.replace(",", ".").partition(".")
    return f"{whole}{'.' if is_vtt else ','}{(part + '000')[:3]}"
