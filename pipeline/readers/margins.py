"""Speakers' names in the margin: "Tom W: ...", "P01  [00:01:23]  ...", "00:12 Tom: ...", ">> TOM: ...", and
on a line of their own.

A margin is believed when its speaker is a code or role, when the same speaker comes again, or when most
lines have one and it is no ordinary word; otherwise "Plan: see her again" would make a speaker of Plan. What is not believed stays
part of the text, where it is read like any other words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.language.lexicon import is_plain_word
from pipeline.language.text import fold
from pipeline.readers.clocks import CLOCK, is_clock, times_in
from pipeline.readers.look import Seen, look
from pipeline.readers.own_line import believed_alone, looks_like_name
from pipeline.readers.roles import is_anonymous

__all__ = ["Margin", "find_margins", "is_anonymous", "is_clock"]

_NAME = r"[^\W\d_][^:\[\]()<>\t\n]{0,39}?|[A-Z]{1,3}\d{1,3}|\[[^\]\n]{1,39}\]"
_NOTE = r"(?P<note>\s?\([^()\n\d][^()\n]{0,30}\))?"  # Ruth (Chair): ... | Ruth Haldane (RH): ...
_MARK = r"\s*(?:>{2,3}|»)\s*"  # a new speaker, in captions typed live
_SEP = r"[\s,|–-]+"
_PATTERNS = (
    # 00:01:23 Tom: text | [00:01:23] Tom: text
    re.compile(rf"(?P<lead>\s*{CLOCK}(?:{_SEP})?)(?P<name>{_NAME}){_NOTE}(?P<tail>\s*:(?:\s+|$))"),
    # P01  [00:01:23]  text | Tom (00:12): text | Tom  00:12
    re.compile(rf"(?P<lead>\s*)(?P<name>{_NAME}){_NOTE}(?P<tail>{_SEP}{CLOCK}\s*:?(?:\s+|$))"),
    # Tom: text | >> TOM: text
    re.compile(
        rf"(?P<lead>{_MARK}|\s*(?:\d{{1,5}}[.)]?\s+)?)(?P<name>{_NAME}){_NOTE}(?P<tail>\s*:(?:\s+|$))"
    ),
    # TOM WHITCOMBE - text
    re.compile(rf"(?P<lead>\s*)(?P<name>[A-Z][A-Z.'’ ]{{1,38}}[A-Z]){_NOTE}(?P<tail>\s+[–—-]\s+)(?=\S)"),
)
_MARKED = re.compile(_MARK)
# Ruth Haldane | 00:00:03 Ruth Haldane, on a line of its own
_OWN_LINE = re.compile(rf"(?P<lead>\s*(?:{CLOCK}{_SEP})?)(?P<name>{_NAME}){_NOTE}(?P<tail>\s*)$")
# Ruth Haldane<tab>text | 00:12<tab>Ruth<tab>text
_TABBED = re.compile(
    rf"(?P<lead>\s*(?:(?:{CLOCK}|\d{{1,5}}) *\t\s*)?)(?P<name>{_NAME}){_NOTE}(?P<tail> *\t\s*)(?=\S)"
)
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Margin:
    """A line's beginning: all of it up to the words, with the speaker's place in it, and its time if any.

    A margin without a name (">> Thank you") says that somebody else speaks.
    """

    name: str = field(repr=False)
    start: int
    end: int
    text_at: int
    seconds: float | None = None


def find_margins(lines: Sequence[str]) -> list[Margin | None]:
    """The margin of each line, None for a line without one. Offsets are those of the line as it is written."""
    seen = [look(line, with_stamps=True) for line in lines]
    bare = [each.text for each in seen]
    found = _believed([_match(_PATTERNS, line) for line in bare], bare, lambda name: not _is_heading(name))
    tabbed = [None if m else _match((_TABBED,), line) for m, line in zip(found, bare, strict=True)]
    found = _either(found, _believed(tabbed, bare, looks_like_name))
    found = _either(found, _on_own_lines(found, bare))
    found = _either(found, [_match_mark(line) for line in bare])
    return [_as_written(m, s) if m else None for m, s in zip(found, seen, strict=True)]


Found = list[Margin | None]


def _either(first: Found, second: Found) -> Found:
    return [a or b for a, b in zip(first, second, strict=True)]


def _believed(found: Found, lines: Sequence[str], is_named: Callable[[str], bool]) -> Found:
    full = sum(1 for line in lines if line.strip())
    often = Counter(m.name.casefold() for m in found if m)
    most = often.total() >= _MOST * full

    def is_speaker(name: str) -> bool:
        return often[name.casefold()] > 1 or is_anonymous(name) or (most and is_named(name))

    return [m if m and is_speaker(m.name) else None for m in found]


def _on_own_lines(found: Found, lines: Sequence[str]) -> Found:
    """Names that are all of their line, or all but a time."""
    alone = [None if m else _match((_OWN_LINE,), line) for m, line in zip(found, lines, strict=True)]
    known = {m.name.casefold() for m in found if m}
    believed = believed_alone([m.name if m else None for m in alone], lines, known)
    return [m if ok else None for m, ok in zip(alone, believed, strict=True)]


def _is_heading(name: str) -> bool:
    """Ordinary words alone: "Date: ...", "Summary: ..."."""
    return all(is_plain_word(fold(word)) for word in re.findall(r"[^\W\d_]+", name))


def _match(patterns: Sequence[re.Pattern[str]], line: str) -> Margin | None:
    for pattern in patterns:
        if (m := pattern.match(line)) and len(m["name"].split()) <= 4:
            note = m["note"] or ""
            end = m.end("name") if is_anonymous(note.strip(" ()")) else m.end("name") + len(note)
            times = times_in(line[: m.start("name")] + " " + line[end : m.end()])
            name = m["name"] if is_anonymous(m["name"]) else m["name"].strip("[]")
            return Margin(name, m.start("name"), end, m.end(), times[0] if times else None)
    return None


def _match_mark(line: str) -> Margin | None:
    m = _MARKED.match(line)
    return Margin("", m.end(), m.end(), m.end()) if m else None


def _as_written(margin: Margin, seen: Seen) -> Margin:
    """A margin found in what is seen of a line, at its place in the line."""
    if seen.starts is None or seen.ends is None:
        return margin
    size = len(seen.text)
    last = seen.ends[-1] if size else 0

    def place(at: int) -> int:
        return seen.starts[at] if seen.starts and at < size else last

    start = place(margin.start)
    end = seen.ends[margin.end - 1] if margin.end > margin.start else start
    return Margin(margin.name, start, end, place(margin.text_at), margin.seconds)
