"""What is a thing in this talk: a word of no list that stands behind "the" or "a" is no name elsewhere in it either
("he came with the parang ... I had a parang ... parang again"); nor is a car of a colour, a numbered class, a
compound of ordinary words. What an animal is called is asked about, and a language one writes in that no list has."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.merge import ROSTER, Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import TITLES
from pipeline.language.lexicon import is_name, is_place, is_plain_word
from pipeline.language.numbers import is_number
from pipeline.language.text import fold
from pipeline.language.wordlists import either, rule_words

_ARTICLES = rule_words("things", "articles")
_NOT_BEHIND = rule_words("things", "not_behind")
_NAMES = frozenset({"PERSON", "LOCATION", "ORG"})
_READ_AS_NAME = 0.4  # by the talk classifier, of the word behind the article
_SURE = 0.93
_ASKED = 0.5
AN_ANIMAL = "what an animal is called"
A_LANGUAGE = "a language, or a place that no list has"
_OWNED = rule_words("things", "owned")
_COLOURS = rule_words("things", "colours")
_NUMBERED = rule_words("edges", "counted") - rule_words("things", "wards")
_ANIMAL = re.compile(
    rf"\b{either(rule_words('things', 'animals'))}s?(?:'s)? "
    r"(?:is |was |they |we )?(?:named|name|called)(?: is| was)? $"
)
_IN_LANGUAGE = re.compile(
    rf"\b{either(rule_words('things', 'worded'))}"
    r"(?: (?:it|this|that|them|all|mixed|\w+s))? (?:in \w+ (?:and )?)?in $"
)


def without_things(found: Iterable[Candidate], view: View) -> list[Candidate]:
    """The candidates but for what is a thing in this talk."""
    found = [c for c in found if c.found_by == ROSTER or not _is_described(c, view)]
    things = _things(view)
    if not things:
        return found
    tokens = view.dialogue.content
    titled = {t.start for b, t in pairwise(tokens) if b.fold in TITLES and b.turn == t.turn}
    at = {t.start: t.fold for t in tokens}
    return [c for c in found if not _is_thing(c, at, things) or c.start in titled]


def doubt_things(found: Iterable[Candidate], view: View) -> list[Candidate]:
    """The candidates; what may be no more than an animal's name or a language ("a dog named Zorley") as a question."""
    return [
        replace(c, score=min(c.score, _ASKED), reason=reason) if (reason := _doubt(c, view)) else c
        for c in found
    ]


def _doubt(c: Candidate, view: View) -> str:
    if c.type not in _NAMES or c.found_by == ROSTER:
        return ""
    if _ANIMAL.search(view.before(c.start)):
        return AN_ANIMAL
    return A_LANGUAGE if _is_language(c, view) else ""


def _is_described(c: Candidate, view: View) -> bool:
    """By its own words and those that lead up to it."""
    tokens = view.dialogue.content
    at = bisect_left(tokens, c.start, key=lambda t: t.start)
    words = [t for t in tokens[at : at + 4] if t.start < c.end]
    if c.type not in _NAMES or not words:
        return False
    return _is_of_colour(words, view) or _is_numbered(words) or _is_compound(words, view)


def _is_language(c: Candidate, view: View) -> bool:
    """ "I write it in Zorlish": of one word that no list has as a place; somebody's village may be such a word."""
    word = fold(view.dialogue.text[c.start : c.end])
    unlisted = " " not in word and not is_name(word) and not is_place(word)
    return unlisted and bool(_IN_LANGUAGE.search(view.before(c.start)))


def _is_of_colour(words: Sequence[Token], view: View) -> bool:
    """ "A white Zorla", "his red one"; "his Gray Thompson" is somebody."""
    if is_name(words[-1].fold) and words[-1].fold not in _COLOURS:
        return False
    lead = view.before(words[0].start, 2).split()
    if words[0].fold in _COLOURS:
        return len(words) == 2 and bool(lead) and lead[-1] in _OWNED
    return len(words) == 1 and len(lead) == 2 and lead[0] in _OWNED and lead[1] in _COLOURS


def _is_numbered(words: Sequence[Token]) -> bool:
    """ "Grade R", "block four"."""
    if len(words) != 2 or words[0].fold not in _NUMBERED:
        return False
    return len(words[1].fold) == 1 or is_number(words[1].fold)


def _is_compound(words: Sequence[Token], view: View) -> bool:
    """ "A three-tonner", "high-high": of words joined by a hyphen, one of them ordinary, none a name or with a capital."""
    if len(words) == 1 and words[0].before == "-":
        tokens = view.dialogue.content
        at = bisect_left(tokens, words[0].start, key=lambda t: t.start)
        words = tokens[max(0, at - 1) : at + 1]
    if len(words) != 2 or words[1].before != "-":
        return False
    said = [t.fold for t in words]
    small = not (view.dialogue.is_cased and any(t.is_capital for t in words))
    listed = any(is_place(w) or (is_name(w) and not is_plain_word(w)) for w in said)
    return small and not listed and (any(map(is_plain_word, said)) or any(map(is_number, said)))


def _is_thing(c: Candidate, at: dict[int, str], things: frozenset[str]) -> bool:
    word = at.get(c.start, "")
    alone = c.end - c.start == len(word)
    return c.type in _NAMES and c.score < _SURE and not c.reason and alone and word in things


def _things(view: View) -> frozenset[str]:
    """Words of no list that some article makes a thing, and none makes a place or a firm by what the classifier reads."""
    said: dict[str, list[bool]] = {}
    tokens = view.dialogue.content
    for at, t in enumerate(tokens[1:], 1):
        if tokens[at - 1].fold in _ARTICLES and tokens[at - 1].turn == t.turn and not t.before.strip():
            behind = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == t.turn else None
            said.setdefault(t.fold, []).append(_is_meant_as_thing(t, behind, view))
    return frozenset(w for w, signs in said.items() if all(signs) and not is_name(w) and not is_place(w))


def _is_meant_as_thing(t: Token, behind: Token | None, view: View) -> bool:
    small = not (view.dialogue.is_cased and t.is_capital)
    named = (
        behind is not None
        and not behind.before.strip()
        and (is_name(behind.fold) and behind.fold not in _NOT_BEHIND)
    )
    return small and not named and view.reading(t).any < _READ_AS_NAME
