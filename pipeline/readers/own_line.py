"""Speakers' names on a line of their own, their words on the lines below."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from pipeline.language.cues import FILLERS
from pipeline.language.lexicon import is_name, is_plain_word
from pipeline.language.text import fold
from pipeline.readers.roles import is_anonymous

_PARTICLES = frozenset(
    "de da di du del della la le van von der den ter bin bint ibn al el ap abu ben e y dos das san".split()
)
_WORD = re.compile(r"[^\W\d_](?:[\w'’ʻ.-]*[\w.])?")
_SENTENCE = re.compile(r"[.?!,;…][\"'”’)]*$")
_INITIAL = re.compile(r"\b[^\W\d_]\.$")
_MOST_WORDS = 4
_SHARE = 0.25  # of all lines: names that each come once are believed when they are this many


def looks_like_name(text: str) -> bool:
    """One to four capitalised words that are not ordinary ones all, or a code or role; no sentence."""
    said = text.strip()
    if not said or (_SENTENCE.search(said) and not _INITIAL.search(said)):
        return False
    if is_anonymous(said):
        return True
    words = said.split()
    if len(words) > _MOST_WORDS or not all(_WORD.fullmatch(word.strip("()")) for word in words):
        return False
    if not all(word.strip("()")[0].isupper() or word.casefold() in _PARTICLES for word in words):
        return False
    return any(_is_strange(fold(word.strip("()."))) for word in words)


def _is_strange(word: str) -> bool:
    """Nothing a sentence of one word would be: no ordinary word, no filler."""
    return word not in FILLERS and (is_name(word) or not is_plain_word(word))


def believed_alone(names: Sequence[str | None], lines: Sequence[str], known: set[str]) -> list[bool]:
    """Which names on lines of their own are speakers.

    `names` holds for each line what it would name. Believed is who speaks elsewhere by another margin (`known`),
    who comes again, and, beside somebody who comes again, who stands where they stand; or all of them, where
    full names make up a quarter of the lines.
    """
    full = [number for number, line in enumerate(lines) if line.strip()]
    speaks = _may_speak(names, full)
    often = Counter(speaks.values())
    enough = len(speaks) >= max(2, _SHARE * len(full)) and next(iter(speaks), -1) == full[0]
    if enough:
        return [number in speaks for number in range(len(lines))]
    believed = {key for key, count in often.items() if count > 1}
    found = [False] * len(lines)
    for number, key in speaks.items():
        as_others = bool(believed) and _stands_apart(number, lines)
        found[number] = as_others or key in believed or key in known
    return found


def _may_speak(names: Sequence[str | None], full: Sequence[int]) -> dict[int, str]:
    """The lines that look like a name, with words below that do not, and the name, folded."""
    maybe = {n: name.casefold() for n, name in enumerate(names) if name and looks_like_name(name)}
    return {n: maybe[n] for n, below in itertools.pairwise(full) if n in maybe and below not in maybe}


def _stands_apart(number: int, lines: Sequence[str]) -> bool:
    """At the beginning, or behind an empty line or a sentence that is over."""
    return number == 0 or not lines[number - 1].strip() or bool(_SENTENCE.search(lines[number - 1].rstrip()))
