"""A find of several words, as the rules for its edges see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import View
from pipeline.language.lexicon import Band, band, is_name, is_place
from pipeline.language.wordlists import rule_words

LOOSE = rule_words("edges", "loose")
_NAMED = 0.7  # by the talk classifier

Run = Sequence[Token]


@dataclass(frozen=True, slots=True)
class Find:
    """A find's words, the word behind it in its turn, and what may be told of them."""

    words: Run
    following: Token | None
    view: View
    by_roster: bool
    rules: frozenset[str]

    @property
    def cased(self) -> bool:
        """Whether capitals tell anything."""
        return self.view.dialogue.is_cased

    def is_mere(self, word: Token) -> bool:
        """An English word that no list and no model has as a name, in talk without capitals."""
        if self.cased or self.by_roster or is_name(word.fold) or is_place(word.fold):
            return False
        return band(word.fold) >= Band.UNCOMMON and self.view.reading(word).name < _NAMED
