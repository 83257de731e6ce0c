"""What a word is: how common, a name, a place, a drug, an ordinary word. Words are folded (language.text.fold)."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from pipeline.language.text import fold
from pipeline.language.wordlists import read, rule_words
from pipeline.resources import config_path

_WORDS_AND_PLACES = rule_words("lexicon", "words_and_places")
_COMPOUND_FIRST = rule_words("lexicon", "compound_first")
_COMPOUND_SECOND = rule_words("lexicon", "compound_second")


class Band(IntEnum):
    """How common a word is, by wordfreq's Zipf scale (base-10 log of its occurrences per thousand million).

    The one set of bounds: rules say which band they mean, and no number of their own.
    """

    UNKNOWN = 0  # below 2.0: hardly ever read
    RARE = 1  # below 2.6
    UNUSUAL = 2  # below 3.0: rarer words may be names that no list has
    UNCOMMON = 3  # below 3.6
    COMMON = 4  # below 4.0: from here on an ordinary word
    FREQUENT = 5  # below 4.5
    EVERYDAY = 6  # below 4.8: "sorry", "alive"
    CONSTANT = 7  # below 6.0: said too often to be taken for anything else ("okay", "right", "here")
    FUNCTION = 8  # holds sentences together: "the", "I", "and", "like"


_BOUNDS = (2.0, 2.6, 3.0, 3.6, 4.0, 4.5, 4.8, 6.0)


@cache
def band(word: str, language: str = "en") -> Band:
    """How common a word of a language is."""
    said = frequency(word, language)
    return Band(sum(said >= bound for bound in _BOUNDS))


@cache
def frequency(word: str, language: str = "en") -> float:
    """The word's Zipf frequency, 0 for one that was never read (wordfreq)."""
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word, language))


def is_given(word: str) -> bool:
    """A given name somewhere in the world (it may be an ordinary word as well)."""
    return word in read("given_names") or word in read("more_names")


def genders_of(word: str) -> frozenset[str]:
    """f, m or both, as the lists give a given name; empty for one they do not know."""
    return _genders().get(word, frozenset())


@cache
def _genders() -> dict[str, frozenset[str]]:
    lines = config_path("words", "given_names.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if "\t" in line and not line.startswith("#"))
    return {fold(row[0]): frozenset(row[1].strip()) for row in rows}


def is_compound_given(first: str, second: str) -> bool:
    """Two given names that one person bears together: "anna maria", "hans peter"."""
    if is_given(f"{first}-{second}"):
        return True
    return first in _COMPOUND_FIRST and second in _COMPOUND_SECOND and not apart_by_gender(first, second)


def apart_by_gender(one: str, other: str) -> bool:
    """Given names of which one is borne by women and the other by men alone."""
    mine, theirs = genders_of(one), genders_of(other)
    return bool(mine and theirs) and not mine & theirs


def is_surname(word: str) -> bool:
    """A surname somewhere in the world (it may be an ordinary word as well)."""
    return word in read("surnames") or word in read("more_names")


def is_name(word: str) -> bool:
    """A given name or surname."""
    return is_given(word) or is_surname(word)


def is_ambiguous(word: str) -> bool:
    """A name that is mostly an ordinary word in lower case: mark, will, may, grace."""
    return word in read("ambiguous_names")


def is_plain_word(word: str) -> bool:
    """A common English word that is no name, or seldom: 'stomach', 'morning', 'right'."""
    if band(word) < Band.COMMON:
        return False
    if word in read("places") or word in read("countries"):
        return word in _WORDS_AND_PLACES or is_ambiguous(word)
    return not is_name(word) or is_ambiguous(word)


def is_mere_word(word: str) -> bool:
    """A common word that is a name only by its place: "away" for Wei once is the word elsewhere, and so is "may";
    "Faith" is not."""
    return is_plain_word(word) and band(word) >= Band.FREQUENT and (not is_given(word) or word == "may")


def reads_as_letters(word: str, longest: int) -> bool:
    """An abbreviation in lower case: hardly a word, nobody's name, and hardly to be spoken as a word."""
    if not 2 < len(word) <= longest or not word.isalpha() or is_name(word):
        return False
    return sum(c in "aeiouy" for c in word) <= (len(word) > 3) and band(word) < Band.UNUSUAL


def is_town(name: str) -> bool:
    """A town somewhere, of one or several words (it may be a name or an ordinary word as well)."""
    return name in read("towns")


def is_place(name: str) -> bool:
    """A town, region or country somewhere."""
    return is_town(name) or any(name in read(listed) for listed in ("places", "regions", "countries"))


def is_medical(word: str) -> bool:
    """A drug, a disease, a test, or the name one of them bears."""
    return word in read("medical_words") or word in read("eponyms")
