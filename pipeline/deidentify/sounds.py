"""How alike two words sound or are spelt: for names a recogniser misheard."""

from __future__ import annotations

import re
from functools import lru_cache

# Letters to one sign per sound, rough on purpose; applied in order. Vowels keep their place: Wei and way
# differ from why, Ro and row from rue. For English ears, with Maori, Pasifika and Chinese spellings in mind.
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""), (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^wh", "w"), (r"^x", "z"), (r"^zh", "j"), (r"mb$", "m"), (r"^ts", "z"),
        (r"tch|tsch", "C"), (r"ch", "C"), (r"sch|sh", "S"), (r"ph", "f"), (r"gh(?=t|$)", ""), (r"gh", "g"), (r"ck", "k"), (r"q(?:u)?", "kw"),
        (r"dg(?=[ei])", "j"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"x", "ks"), (r"th", "T"), (r"ng", "N"), (r"(?<=[aeiou])gn", "n"),
        (r"augh|ough", "O"), (r"ei(?=gh)|eigh", "A"), (r"ay|ai|ei|ey(?!$)|^ae", "A"), (r"a(?=[^aeiouAEIOUy]e$)", "A"),
        (r"ee|ea|ie(?!$)|ii", "E"), (r"i(?=[^aeiouAEIOU]e$)", "I"), (r"igh|uy|^ai$", "I"), (r"oa|ow|oe|ou(?=l)|eau|o(?=[^aeiouAEIOU]e$)", "O"),
        (r"oo|ue|ew|ou|u(?=[^aeiouAEIOU]e$)", "U"), (r"oi|oy", "Y"), (r"au|aw|or(?!$)", "o"), (r"(?<=[^aeiouAEIOU])e$", ""), (r"^y", "y"),
        (r"(?:y|ey|ie|i)$", "E"), (r"o$", "O"), (r"(?:a|ah|er|ar|r)$", "a"), (r"h(?![aeiouAEIOU])", ""), (r"y", "i"), (r"z", "s"), (r"v", "f"),
        (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


@lru_cache(maxsize=20_000)
def sound_of(word: str) -> str:
    """A rough key of how a word sounds.

    >>> sound_of("wei") == sound_of("way"), sound_of("ro") == sound_of("row")
    (True, True)
    """
    said = word
    for pattern, sound in _RULES:
        said = pattern.sub(sound, said)
    return said


@lru_cache(maxsize=200_000)
def similar(word: str, name: str) -> float:
    """Likeness in [0, 1] of a word to a name, by sound and spelling; 1 when they sound the same."""
    from jellyfish import metaphone
    from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

    if word == name:
        return 1.0
    if abs(len(word) - len(name)) > 3:
        return 0.0
    a, b = sound_of(word), sound_of(name)
    if a and a == b:
        return 0.97
    if len(name) < 4:
        return 0.0
    spelled = Levenshtein.normalized_similarity(word, name)
    sounded = Levenshtein.normalized_similarity(a, b)
    hard = metaphone(word)
    same_bones = len(hard) > 1 and hard == metaphone(name)
    if OSA.distance(word, name) <= 1 and len(name) >= 4:
        return 0.9 if len(name) >= 5 or same_bones else 0.8
    if same_bones:
        return 0.78 + 0.1 * (sounded > 0.6)
    return max(spelled, sounded, 0.9 * JaroWinkler.similarity(a, b) if len(name) > 5 else 0.0) * 0.95
