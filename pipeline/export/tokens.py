"""The words of a de-identified text, with times borrowed from recognised words where both agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pipeline.records import Word

# A replacement such as [Person 2] is one token, with the punctuation that touches it.
_TOKEN = re.compile(r"(?:\[[^\[\]]*\]|[^ ])+")


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
    matcher = SequenceMatcher(None, [_key(t) for t in shown], [_key(w.text) for w in words], autojunk=False)
    for block in matcher.get_matching_blocks():
        for i in range(block.size):
            word, at = words[block.b + i], block.a + i
            tokens[at] = Token(shown[at], word.start, word.end, word.probability)
    return tokens


def _key(text: str) -> str:
    return text.strip().casefold()


def join(tokens: Iterable[Token]) -> str:
    """Tokens back to text."""
    return " ".join(t.text for t in tokens)
