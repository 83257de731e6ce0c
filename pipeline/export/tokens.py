"""The words of a de-identified text, with times borrowed from recognised words where both agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.records import Word

# A replacement such as [Person 2] is one token, with the punctuation that touches it.
_TOKEN = re.compile(r"(?:\[[^\[\]]*\]|[^ ])+")

_LOOK_AHEAD = 24  # words: longer than any replacement


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text shown. Times are those of the recognised word it matches, if one does."""

    text: str = field(repr=False)
    start: float | None = None
    end: float | None = None
    probability: float | None = None
    mark: bool = False

    @property
    def fixed(self) -> bool:
        """True for replacements and marks, which no rule may touch."""
        return self.mark or "[" in self.text


def tokens_of(text: str, words: Sequence[Word] = ()) -> list[Token]:
    """Split a clean text into tokens and give them times by aligning them with `words`.

    A token gets a time only from a word that reads the same, in the same order; replaced words
    match nothing, so nothing is learnt from them.
    """
    shown = _TOKEN.findall(text)
    tokens = [Token(t) for t in shown]
    if not words:
        return tokens
    for at, heard in _align([_key(t) for t in shown], [_key(w.text) for w in words]):
        word = words[heard]
        tokens[at] = Token(shown[at], word.start, word.end, word.probability)
    return tokens


def _align(shown: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places that read the same, in order. The two differ by replacements alone, so a short look
    ahead finds where they meet again; the time is linear in their length, whatever they hold."""
    a = b = 0
    while a < len(shown) and b < len(heard):
        if shown[a] == heard[b]:
            yield a, b
            a, b = a + 1, b + 1
        else:
            skip_a, skip_b = _meet(shown[a : a + _LOOK_AHEAD], heard[b : b + _LOOK_AHEAD])
            a, b = a + skip_a, b + skip_b


def _meet(shown: Sequence[str], heard: Sequence[str]) -> tuple[int, int]:
    """How far to go on in each until two words in a row agree (or one, at the end).

    As far in one as in the other is tried first: most replacements stand for one word.
    """
    for far in range(1, _LOOK_AHEAD):
        for less in range(far + 1):
            for a, b in ((far, far - less), (far - less, far)):
                if a < len(shown) and b < len(heard) and shown[a : a + 2] == heard[b : b + 2]:
                    return a, b
    return 1, 1


def _key(text: str) -> str:
    return text.strip().casefold()


def join(tokens: Iterable[Token]) -> str:
    """Tokens back to text."""
    return " ".join(t.text for t in tokens)
