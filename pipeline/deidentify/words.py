"""Word lists under config/words, read once each, folded for comparison."""

from __future__ import annotations

from functools import cache

from pipeline.deidentify.bags import bag
from pipeline.deidentify.dialogue import fold
from pipeline.resources import config_path

_WORDS_AND_PLACES = bag(
    "reading bath nice split cork hull bury barking queens gore bluff poole wells deal sale rugby ware "
    "bow bank split mobile turkey chad georgia"
)

_EVERYDAY_ZIPF = 4.0


@cache
def read(name: str) -> frozenset[str]:
    """The entries of config/words/NAME.txt, folded; what follows a tab is not part of an entry."""
    lines = config_path("words", f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(x.split("\t")[0].strip()) for x in lines if x.strip() and not x.startswith("#"))


@cache
def zipf(word: str) -> float:
    """How common an English word is: base-10 log of its occurrences per thousand million (wordfreq)."""
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word, "en"))


def is_given(word: str) -> bool:
    """A given name somewhere in the world (it may be an ordinary word as well)."""
    return word in read("given_names") or word in read("more_names")


def is_surname(word: str) -> bool:
    """A surname somewhere in the world (it may be an ordinary word as well)."""
    return word in read("surnames") or word in read("more_names")


def is_name(word: str) -> bool:
    """A given name or surname."""
    return is_given(word) or is_surname(word)


def is_town(name: str) -> bool:
    """A town somewhere, of one or several words (it may be a name or an ordinary word as well)."""
    return name in read("towns")


def is_place(name: str) -> bool:
    """A town, region or country somewhere."""
    return is_town(name) or any(name in read(listed) for listed in ("places", "regions", "countries"))


def is_ambiguous(word: str) -> bool:
    """A name that is mostly an ordinary word in lower case: mark, will, may, grace."""
    return word in read("ambiguous_names")


def is_plain_word(word: str) -> bool:
    """A common English word that is no name, or seldom: 'stomach', 'morning', 'right'."""
    if zipf(word) < 3.6:
        return False
    if word in read("places") or word in read("countries"):
        return word in _WORDS_AND_PLACES or is_ambiguous(word)
    return not is_name(word) or is_ambiguous(word)


def is_mere_word(word: str) -> bool:
    """A common word that is a name only by its place: "away" for Wei once is the word elsewhere, and so is "may";
    "Faith" is not."""
    return is_plain_word(word) and zipf(word) >= _EVERYDAY_ZIPF and (not is_given(word) or word == "may")
