"""How likely a word is a person's name by itself, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.deidentify.dialogue import Token
from pipeline.language.lexicon import (
    Band,
    band,
    frequency,
    is_ambiguous,
    is_given,
    is_name,
    is_plain_word,
    is_surname,
)
from pipeline.language.wordlists import read


def _among(*lists: str) -> Callable[[str], bool]:
    return lambda word: any(word in read(name) for name in lists)


_is_medical = _among("medical_words", "eponyms")
_is_land = _among("nationalities", "countries", "regions")


def _is_only_place(word: str) -> bool:
    return word in read("places") and not _is_land(word)


# What a word may be besides a name, and how much each speaks against one.
_OTHER_THINGS: tuple[tuple[Callable[[str], bool], float], ...] = (
    (lambda word: _is_medical(word) and is_name(word), 2.0),
    (lambda word: _is_medical(word) and not is_name(word), 3.5),
    (_among("keep_words"), 2.5),
    (_is_land, 3.5),
    (lambda word: _is_only_place(word) and not is_given(word), 1.5),
)


def word_weight(t: Token, word: str, cased: bool) -> float:
    """What the word itself says, wherever it stands."""
    total = 1.7 * is_given(word) + 0.8 * is_surname(word) + _commonness(t, word, cased)
    total -= sum(weight for among, weight in _OTHER_THINGS if among(word))
    return total + _case(t, word) if cased else total


def _commonness(t: Token, word: str, cased: bool) -> float:
    """An ordinary word is seldom a name, a strange one often."""
    listed, common = is_name(word), band(word)
    if is_plain_word(word) or (is_ambiguous(word) and common >= Band.COMMON):
        if listed and cased and t.is_capital and not t.opens_sentence:
            return -0.2 if is_given(word) else -1.0
        return -(0.8 + 0.9 * max(0.0, frequency(word) - 3.6))
    if listed or common >= Band.UNUSUAL:
        return 0.0
    return 0.5 if common > Band.UNKNOWN else 1.1


def _case(t: Token, word: str) -> float:
    if not t.is_capital:
        # Behind a hyphen a recogniser writes names small ("an ex-..."): there a small letter tells nothing.
        return 0.0 if t.before == "-" and is_given(word) and not is_plain_word(word) else -3.2
    if t.opens_sentence:
        return 0.2 if is_plain_word(word) else 0.8
    return 0.7 if _is_acronym(t.text) else 2.2  # in capitals throughout: letters, no name


def _is_acronym(text: str) -> bool:
    """Capitals throughout, with a small s of the plural at most: "LFTs"."""
    return len(text) > 1 and text.removesuffix("s").isupper()
