"""The last look at a finished file: nothing that was replaced may stand where no words are expected."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.language.text import fold

_WORD = re.compile(r"[^\W_]+")
_LEAST_CHARACTERS = 3
_OF_THE_FORMAT = re.compile(r"[a-z][A-Za-z0-9]*")


class Replaced:
    """The words that were replaced in a file."""

    def __init__(self, texts: Iterable[str]) -> None:
        words = (fold(word) for text in texts for word in _WORD.findall(text))
        self._words = frozenset(w for w in words if len(w) >= _LEAST_CHARACTERS and not w.isdigit())

    def __repr__(self) -> str:
        return f"Replaced({len(self._words)} words)"

    def stands_in(self, value: str) -> bool:
        """True when one of the words stands in a value, also as a part of a name written together."""
        if _OF_THE_FORMAT.fullmatch(value):
            return False
        apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", value)
        return not self._words.isdisjoint(fold(word) for word in _WORD.findall(f"{value} {apart}"))
