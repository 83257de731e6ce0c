"""Does a sentence go on over a line's end? A name is found over it only with evidence on both sides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.language.lexicon import is_given, is_plain_word
from pipeline.language.text import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.?!…。？！][\"'”’)\]]*\s*$")
_ABBREVIATED = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Rev|Sr|Jr|Mx|Hon))\.\s*$")


def ends_sentence(text: str) -> bool:
    """True when a text ends as a sentence does; "Dr." and initials do not."""
    return bool(_SENTENCE_END.search(text)) and not _ABBREVIATED.search(text)


def names_end_here(before: str, after: str) -> bool:
    """True where a name may stand at a line's end and what follows begins with a word that is none.

    "…with Ruth Haldane / Good morning" is two things; "…with Ruth / Haldane" is one, and so is "who went
    with Ruth / and Tom".
    """
    last, first = _WORD.findall(before)[-1:], _WORD.search(after)
    if not last or first is None or not last[0][0].isupper() or not first[0][0].isupper():
        return False
    return not may_be_name(first[0])


def may_be_name(word: str) -> bool:
    """A capitalised word that may be (part of) a name."""
    low = fold(word)
    return word[0].isupper() and (is_given(low) or not is_plain_word(low))


def is_wrapped(before: str, after: str, width: int) -> bool:
    """True when a line was broken because the next word had no room in it, `width` being the longest line's
    length: else whoever wrote it meant a new line."""
    word = after.split(maxsplit=1)
    return bool(word) and len(before.rstrip()) + 1 + len(word[0]) > width


def wrapped_lines(lines: Sequence[str]) -> list[bool]:
    """For each line whether it goes on with the one before it, by the width of its paragraph."""
    found = [False] * len(lines)
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].strip():
            end += 1
        width = max((len(line.rstrip()) for line in lines[at:end]), default=0)
        for number in range(at + 1, end):
            found[number] = is_wrapped(lines[number - 1], lines[number], width)
        at = end + 1
    return found
