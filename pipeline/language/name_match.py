"""How much two words of names are one name: written alike, said alike, or a pet form of each other.

The words are folded (pipeline.language.text.fold). A recogniser writes what it hears, so "Cait"
may stand as "Kate" and "Szymanski" as "Shimansky"; but "Dan" and "Don" are two people. Two words that
are both known names are therefore one only when they sound the same, vowel included.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.language import lexicon
from pipeline.language.similarity import consonants
from pipeline.resources import config_path

SAME, PET_FORM, SHORTENED, SOUNDS_SAME, CLOSE, NONE = 100, 85, 75, 65, 60, 0

# Vowels as English spelling writes them, long ones in capitals; the first that fits wins.
_VOWELS = (
    (r"eigh|ei|ey|ai|ay|a(?=[bcdfgjklmnprstvz]e$)", "A"),
    (r"ee|ea|ie$|(?<=[^aeiou])y$|i$|e$|e(?=[bdkmnstv]e$)", "E"),
    (r"igh|ye|i(?=[bcdfgkmnpstvz]e$)|y(?=[bcdfgkmnpstvz]e$)", "I"),
    (r"oa|ow|oh$|oe|o$|o(?=[bcdfgkmnpstvz]e$)", "O"),
    (r"oo|ou|ue|ew|u(?=[bcdfgkmnpstvz]e$)|u$", "U"),
    (r"y", "i"),
)
_VOWEL = re.compile("|".join(f"(?P<v{n}>{pattern})" for n, (pattern, _) in enumerate(_VOWELS)) + "|[aeiou]")


@cache
def match_names(a: str, b: str) -> int:
    """From 0 (two names) to 100 (the same word); symmetric.

    >>> match_names("tom", "tommy") == PET_FORM
    True
    >>> match_names("dan", "don")
    0
    """
    if a == b:
        return SAME
    a, b = sorted((a, b), key=lambda w: (len(w), w))
    if a in pet_forms(b):
        return PET_FORM
    if lexicon.is_name(a) and lexicon.is_name(b):
        return SOUNDS_SAME if sounds_same(a, b) and vowels(a) == vowels(b) else NONE
    if sounds_same(a, b):
        return SOUNDS_SAME
    if len(a) >= 3 and b.startswith(a) and len(b) - len(a) >= 2 and not lexicon.is_name(a):
        return SHORTENED
    return CLOSE if is_close(a, b) else NONE


@cache
def is_close(a: str, b: str) -> bool:
    """One slip of spelling apart, two in words of six letters, three from nine on."""
    from rapidfuzz.distance import DamerauLevenshtein

    shortest = min(len(a), len(b))
    if shortest < 4:
        return False
    allowed = 1 + (shortest >= 6) + (shortest >= 9)
    return int(DamerauLevenshtein.distance(a, b, score_cutoff=allowed)) <= allowed


@cache
def sounds_same(a: str, b: str) -> bool:
    """The same consonants in sound, and the same vowel in the first syllable."""
    return bool(a and b) and consonants(a) == consonants(b) and vowels(a)[:1] == vowels(b)[:1]


@cache
def vowels(word: str) -> tuple[str, ...]:
    """The vowel sounds that English spelling suggests, a silent last e left out.

    >>> vowels("kate") == vowels("cait")
    True
    """
    found = tuple(_sound(match) for match in _VOWEL.finditer(word))
    silent = len(found) > 1 and re.search(r"[^aeiouy]e$", word)
    return found[:-1] if silent else found


def _sound(match: re.Match[str]) -> str:
    return next((sound for n, (_, sound) in enumerate(_VOWELS) if match[f"v{n}"]), match[0])


@cache
def pet_forms(word: str) -> frozenset[str]:
    """Every form in a line of config/words/nicknames.txt that is headed by, or short for, this word.

    Two short forms of one name count as well (Bob and Rob), two full names in one line do not matter:
    they are spellings of each other there.
    """
    return _families().get(word, frozenset())


@cache
def _families() -> dict[str, frozenset[str]]:
    lines = config_path("words", "nicknames.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for line in lines:
        family = line.split() if not line.startswith("#") else []
        for word in family:
            found.setdefault(word, set()).update(family)
    return {word: frozenset(forms) for word, forms in found.items()}
