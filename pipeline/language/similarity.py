"""How alike two names sound or are spelt, for names a recogniser misheard ("way" for Wei, "kate" for Cait).

`sound_similarity` compares sounds alone, where sound was heard; `word_similarity` a word of a transcript, which may be
misspelt as well as misheard, with a name that is known; `is_near` says whether a word may be another in disguise. (Whether
two names are one person's is pipeline.language.name_match's question.)

Spelling is folded to rough English sounds, then compared by edit distance in which a vowel for a vowel and
a consonant for its neighbour (p-b, t-d, s-z ...) cost less. Written for names of any origin as an English recogniser
spells them; jellyfish's codes drop all vowels, which leaves short names with nothing to tell them apart.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.language.text import letters

_VOWELS = "aeiouAEOU"
_SPELLINGS = (
    (r"c(?=[eiy])", "s"),
    (r"(?<=.)a([^aeiouwy])e$", r"A\1"),
    (r"(?<=.)o([^aeiouwy])e$", r"O\1"),
    (r"ph", "f"),
    (r"ck", "k"),
    (r"sch|sh", "$"),
    (r"tch|ch", "C"),
    (r"x", "ks"),
    (r"q", "k"),
    (r"z", "s"),
    (r"^wh", "w"),
    (r"(?<=[bdgkrt])h", ""),
    (r"^(?:mac|mc)", "mk"),
    (r"^kn", "n"),
    (r"^ng", "n"),
    (r"c", "k"),
    (r"(.)\1+", r"\1"),
    (r"ai|ay|ei|ey|ae", "A"),
    (r"oa|oh|oe|ou|au|[oa]w(?![aeiouyAEOU])", "O"),
    (r"ea|ee|ie|igh", "E"),
    (r"oo|ue|ew", "U"),
    (r"(?<=.)[hw](?![aeiouAOEU])", ""),
    (r"y", "i"),
    (r"o$", "O"),
    (r"(?:er|or|ah|re)$", "a"),
    (r"(?<=[^aeiouAEOU][^aeiouAEOU])e$|(?<=[aeiouAEOU][^aeiouAEOU])e$", ""),
)
_NEIGHBOURS = frozenset(map(frozenset, ("pb", "td", "kg", "fv", "mn", "s$", "C$", "jC", "lr", "sC", "gj")))
# Measured against roster names as a base recogniser mishears them; below it, common words flood in.
_NEAR_RATIO = 84.0
_NEAR_LETTERS = 5
_LONG_FOR_SHORT, _VOWEL_FOR_VOWEL, _NEIGHBOUR, _DROPPED_VOWEL, _DROPPED = 0.1, 0.35, 0.5, 0.6, 0.9


@lru_cache(maxsize=20_000)
def sounds_of(text: str) -> str:
    """Letters to rough sounds: sounds_of("Kate") == sounds_of("Cait")."""
    sounds = "".join(c for c in letters(text) if "a" <= c <= "z")
    for pattern, sound in _SPELLINGS:
        sounds = re.sub(pattern, sound, sounds)
    return sounds


@lru_cache(maxsize=100_000)
def sound_similarity(first: str, second: str) -> float:
    """1 for names that sound the same, toward 0 and below for names with nothing in common."""
    a, b = sounds_of(first), sounds_of(second)
    if not a or not b:
        return 0.0
    return 1.0 - _distance(a, b) / max(len(a), len(b))


@lru_cache(maxsize=200_000)
def word_similarity(word: str, name: str) -> float:
    """Similarity in [0, 1] of a word to a name, both in lower case, by sound and spelling; 0.97 when they sound the same.

    >>> word_similarity("way", "wei") == word_similarity("row", "ro") == 0.97
    True
    """
    from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

    if word == name:
        return 1.0
    if abs(len(word) - len(name)) > 3:
        return 0.0
    a, b = sounds_of(word), sounds_of(name)
    if a and a == b:
        return 0.97
    if len(name) < 4:
        return 0.0
    spelled = Levenshtein.normalized_similarity(word, name)
    sounded = Levenshtein.normalized_similarity(a, b)
    hard = consonants(word)
    same_bones = len(hard) > 1 and hard == consonants(name)
    if OSA.distance(word, name) <= 1:
        return 0.9 if len(name) >= 5 or same_bones else 0.8
    if same_bones:
        return 0.78 + 0.1 * (sounded > 0.6)
    return max(spelled, sounded, 0.9 * JaroWinkler.similarity(a, b) if len(name) > 5 else 0.0) * 0.95


@cache
def consonants(word: str) -> str:
    """Metaphone (L. Philips, 1990), by jellyfish."""
    from jellyfish import metaphone

    return str(metaphone(word))


def is_near(word: str, target: str) -> bool:
    """True for a word spelt or sounding like another of five letters or more, and beginning alike."""
    from rapidfuzz.fuzz import ratio

    if len(target) < _NEAR_LETTERS or len(word) < _NEAR_LETTERS - 1 or word[0] != target[0]:
        return False
    sound = consonants(target)
    return ratio(target, word) >= _NEAR_RATIO or (len(sound) > 2 and consonants(word) == sound)


def _distance(a: str, b: str) -> float:
    row = [0.0]
    for sound in b:
        row.append(row[-1] + _dropping(sound))
    for x in a:
        above, row = row, [row[0] + _dropping(x)]
        for j, y in enumerate(b):
            row.append(min(above[j + 1] + _dropping(x), row[j] + _dropping(y), above[j] + _exchanging(x, y)))
    return row[-1]


def _dropping(sound: str) -> float:
    return _DROPPED_VOWEL if sound in _VOWELS else _DROPPED


def _exchanging(x: str, y: str) -> float:
    if x == y:
        return 0.0
    if x.lower() == y.lower() and x in _VOWELS:
        return _LONG_FOR_SHORT
    if x in _VOWELS and y in _VOWELS:
        return _VOWEL_FOR_VOWEL
    return _NEIGHBOUR if {x, y} in _NEIGHBOURS else 1.0
