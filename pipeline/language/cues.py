"""Words around a name: what leads up to one, what follows one, and what is never one (config/speech/names.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.language.numbers import MONTHS, PIECE
from pipeline.language.wordlists import either, speech, wordset

_LISTS = speech("names")


def _words(*names: str) -> frozenset[str]:
    return frozenset().union(*(wordset(_LISTS[name]) for name in names))


def _before(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches where one of the phrases, each followed by a space, ends."""
    return re.compile(rf"(?:^|\b){either(phrases)} $")


FILLERS = _words("fillers")
FORMAL_TITLES = _words("titles")
TITLES = _words("titles", "other_titles")
STRONG_TITLES = FORMAL_TITLES - {"miss"} | _words("sure_titles")
MALE_TITLES, FEMALE_TITLES = _words("male_titles"), _words("female_titles")
DETERMINERS = _words("determiners")
NO_NAME_PARTS = MALE_TITLES | FEMALE_TITLES | _words("plain_titles") | DETERMINERS
ABBREVIATED_TITLES = _words("abbreviated")

INTRODUCES = _before(_LISTS["introduces"])
MAY_INTRODUCE = re.compile(
    rf"(?:^|\b)(?:{either(_LISTS['may_introduce'])}"
    rf"|{either(_words('whose'))} (?:\w+ )?{either(_words('relations'))}) $"
)
# A relation or role right before somebody's name: "the granddaughter, Mei."
RELATION = re.compile(rf"\b(?:{either(_words('relations'))}|step ?{either(_words('steps'))}) $")
GREETS, SALUTES, HAILS = (_before(_LISTS[name]) for name in ("greets", "salutes", "hails"))
NAME_DUE = _before([*_LISTS["name_due"], *FORMAL_TITLES])
NAMES_A_WORD = re.compile(
    rf"\b(?:{either(_words('kinds_of_name'))} names?(?: is| was|'s)?"
    rf"|{either(_words('whose_name'))} (?:sur)?name(?: is| was|'s)|{either(_LISTS['names_a_word'])}) $"
)
CALLS_A_WORD = _before(_LISTS["calls_a_word"])
NAME_MAY_BE_DUE = _before(_LISTS["name_may_be_due"])
MARKERS = _words("markers")

ARTICLES = _words("articles")
BEFORE_NOUNS = ARTICLES | _words("before_nouns")
VERB_NEXT = _words("verb_next")
PRONOUNS = _words("pronouns")
MONTHS_AS_NAMES = _words("months_as_names")
NEVER = _words("never") | FORMAL_TITLES | (frozenset(MONTHS) - MONTHS_AS_NAMES)

# A disease or sign that bears somebody's name: "Bowen's disease".
EPONYMOUS = re.compile(rf"^ {either(_LISTS['disease_heads'])}\b")
# A dose behind a word: "Fifty micrograms", "two at night".
DOSED = re.compile(rf"^(?: (?:and|the|a|{PIECE})){{0,5}} ?{either(_LISTS['doses'])}\b")
