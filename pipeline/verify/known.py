"""Words the study knows that a typed text ends with: offered while one types, so that one key replaces them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.language.similarity import is_near
from pipeline.verify.labels import label_for
from pipeline.verify.sightings import KnownWords, Why, is_ordinary, known_words, plain_words
from pipeline.verify.state import ReviewedTranscript

_SHORTEST = 3  # letters of the word typed


@dataclass(frozen=True, slots=True)
class KnownName:
    """So many characters at the end of what was typed, as what they would be hidden, and why they are offered.

    `sure`: no ordinary word, so that Enter alone may take it.
    """

    characters: int
    type: str
    label: str
    why: Why
    sure: bool


def known_at_end(state: ReviewedTranscript, text: str) -> tuple[KnownName, ...]:
    """What the study knows of the words a text ends with, the longest first."""
    said = plain_words(text)
    if not said or len(said[-1].plain) < _SHORTEST or said[-1].end < len(text.rstrip(" '’")):
        return ()
    found: dict[str, KnownName] = {}
    for by_first in known_words(state).values():
        for known in by_first:
            count = len(known.words)
            words = [word.plain for word in said[-count:]]
            if len(words) == count and _is_meant(words, known):
                start = said[-count].start
                label = label_for(state, known.type, text[start : said[-1].end], text[:start])
                sure = not all(is_ordinary(word) for word in words)
                made = KnownName(len(text) - start, known.type, label, known.why, sure)
                found.setdefault(label, made)
    return tuple(sorted(found.values(), key=lambda each: -each.characters))


def _is_meant(words: Sequence[str], known: KnownWords) -> bool:
    """The same words; or one that sounds like a name and is no word of its own."""
    if tuple(words) == known.words:
        return True
    return len(words) == 1 and not is_ordinary(words[0]) and is_near(words[0], known.words[0])
