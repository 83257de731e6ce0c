"""What is a thing in this talk: a word of no list that stands behind "the" or "a" is no name elsewhere in it either
("he came with the parang ... I had a parang ... parang again")."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import TITLES
from pipeline.language.lexicon import is_name, is_place
from pipeline.language.wordlists import rule_words

_ARTICLES = rule_words("things", "articles")
_NOT_BEHIND = rule_words("things", "not_behind")
_NAMES = frozenset({"PERSON", "LOCATION", "ORG"})
_READ_AS_NAME = 0.4  # by the talk classifier, of the word behind the article
_SURE = 0.93


def without_things(found: Iterable[Candidate], view: View) -> list[Candidate]:
    """The candidates but for single words that are things in this talk."""
    found = list(found)
    things = _things(view)
    if not things:
        return found
    tokens = view.dialogue.content
    titled = {t.start for b, t in pairwise(tokens) if b.fold in TITLES and b.turn == t.turn}
    at = {t.start: t.fold for t in tokens}
    return [c for c in found if not _is_thing(c, at, things) or c.start in titled]


def _is_thing(c: Candidate, at: dict[int, str], things: frozenset[str]) -> bool:
    word = at.get(c.start, "")
    alone = c.end - c.start == len(word)
    return c.type in _NAMES and c.score < _SURE and alone and word in things


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
