"""A text as recognizers see it: composed (NFC), without format characters and media time stamps.

What is written back stays as it was: a place in the text that is seen leads to the characters that stand
for it in the file. A soft hyphen inside a name goes with the name; a time stamp inside it stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.language.text import compose, is_composed, is_format, is_mark, is_odd_space, plain_forms
from pipeline.readers.clocks import STAMP

# Line and paragraph ends of any kind are spaces of a sentence, as in pipeline.deidentify.dialogue.
_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
# Ligatures and full-width letters: written for looks, read as the letters they stand for.
_FOR_LOOKS = (range(0xFB00, 0xFB07), range(0xFF01, 0xFF5F))


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a text, and where each character of it stands in the text."""

    text: str = field(repr=False)
    starts: tuple[int, ...] | None = field(default=None, repr=False)
    ends: tuple[int, ...] | None = field(default=None, repr=False)
    stamps: tuple[tuple[int, int], ...] = ()

    def places(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where text[start:end] stands in the file's text, cut where a time stamp lies between."""
        if self.starts is None or self.ends is None:
            return [(start, end)]
        found, begin = [], self.starts[start]
        for at in range(start, end - 1):
            here, there = self.ends[at], self.starts[at + 1]
            if any(here <= a and b <= there for a, b in self.stamps):
                found.append((begin, here))
                begin = there
        return [*found, (begin, self.ends[end - 1])]


def look(text: str, *, with_stamps: bool = False) -> Seen:
    """See a text; time stamps are seen as well where they are asked for."""
    stamps = () if with_stamps else tuple(_stamps(text))
    if not stamps and _is_plain(text):
        return Seen(text)
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text, stamps):
        for char in _as_seen(text[start:end]):
            chars.append(char)
            starts.append(start)
            ends.append(end)
    return Seen("".join(chars), tuple(starts), tuple(ends), stamps)


def _is_plain(text: str) -> bool:
    if text.isascii():
        return _ENDS.isdisjoint(text)
    return is_composed(text) and not any(_is_odd(c) for c in text)


def _is_odd(char: str) -> bool:
    return is_format(char) or char in _ENDS or is_odd_space(char) or any(ord(char) in r for r in _FOR_LOOKS)


def _stamps(text: str) -> Iterator[tuple[int, int]]:
    """Time stamps with the space beside them, so that the words on both sides are neighbours."""
    for m in STAMP.finditer(text):
        start, end = m.span()
        if start == 0:
            end += len(text[end:]) - len(text[end:].lstrip(" \t\xa0"))
        else:
            start -= len(text[:start]) - len(text[:start].rstrip(" \t\xa0"))
        yield start, end


def _clusters(text: str, stamps: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """Letters with the marks that belong to them; time stamps and format characters are passed over."""
    skipped = {at for start, end in stamps for at in range(start, end)}
    at = 0
    while at < len(text):
        start, at = at, at + 1
        if start in skipped or is_format(text[start]):
            continue
        while at < len(text) and at not in skipped and is_mark(text[at]):
            at += 1
        yield start, at


def _as_seen(cluster: str) -> str:
    if cluster[0] in _ENDS or is_odd_space(cluster[0]):
        return " " + cluster[1:]
    seen = "".join(c for c in cluster if not is_format(c))
    return plain_forms(seen) if any(ord(cluster[0]) in r for r in _FOR_LOOKS) else compose(seen)
