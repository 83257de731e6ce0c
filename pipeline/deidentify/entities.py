"""Which mentions of a place, an organisation or another numbered thing are one entity.

"Rimu", "the Rimu ward" and "rimu ward's" are one place; "Rimu ward" and "Rimu House" are two, and
"Palmerston North" is no part of "Palmerston".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.language.numbers import ORDINALS, UNITS
from pipeline.language.text import fold
from pipeline.language.wordlists import rule_words

# What kind of place or body it is: the part that is dropped when people speak of it shortly.
HEADS = rule_words("entities", "heads")
_WORD = re.compile(r"[^\W_]+(?:['’ʻ][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
EMPTY = rule_words("entities", "empty")
_SPELLINGS = {"saint": "st", "mount": "mt", "centre": "center"} | {word: str(n) for word, n in UNITS.items()}
EXACT, PART, SPELLING = 100, 80, 60


@dataclass(frozen=True, slots=True)
class Entity:
    """The words of one entity, folded; `core` is what is left without its kind."""

    tokens: tuple[str, ...] = field(repr=False)

    @property
    def heads(self) -> frozenset[str]:
        return frozenset(t for t in self.tokens if t in HEADS)

    @property
    def core(self) -> tuple[str, ...]:
        return tuple(t for t in self.tokens if t not in HEADS) or self.tokens


def parse_entity(text: str) -> Entity:
    """Fold a mention: no article, no possessive, numbers as figures, one spelling of Saint and Mount."""
    said = [fold(_POSSESSIVE.sub("", m[0])) for m in _WORD.finditer(text)]
    tokens = [spell(t) for t in said if t not in EMPTY] or said
    return Entity(tuple(tokens))


def spell(word: str) -> str:
    """A folded word in the one spelling it is compared in."""
    return _SPELLINGS.get(word, word)


def fit(a: Entity, b: Entity) -> int:
    """How well two mentions fit: 0 for two entities, 100 for the same words."""
    if a.tokens == b.tokens:
        return EXACT
    if a.heads and b.heads and a.heads != b.heads:
        return 0
    if a.core == b.core:
        return PART
    return SPELLING if _is_misspelt(a.core, b.core) else 0


_ONE_SLIP_FROM, _TWO_SLIPS_FROM = 5, 8  # letters of the shorter word


def _is_misspelt(a: Sequence[str], b: Sequence[str]) -> bool:
    """Long words a slip apart; figures and short words must agree, or wards 5 and 6 would be one."""
    from rapidfuzz.distance import DamerauLevenshtein

    if len(a) != len(b) or list(filter(str.isdigit, a)) != list(filter(str.isdigit, b)):
        return False
    for pair in ((t, u) for t, u in zip(a, b, strict=True) if t != u):
        short = min(map(len, pair))
        slips = 2 if short >= _TWO_SLIPS_FROM else 1
        if not set(ORDINALS).isdisjoint(pair) or all(map(_is_known, pair)) or short < _ONE_SLIP_FROM:
            return False
        if DamerauLevenshtein.distance(*pair) > slips:
            return False
    return True


def _is_known(word: str) -> bool:
    from pipeline.language import lexicon, wordlists

    return word in wordlists.read("places") or lexicon.is_plain_word(word)
