"""How surely a word that is a known place is meant as one here."""

from __future__ import annotations

import re
from functools import cache, partial

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import FORMAL_TITLES
from pipeline.language.lexicon import Band, band, is_ambiguous, is_name, is_plain_word
from pipeline.language.wordlists import read, rule_phrases, rule_words

_of = partial(rule_phrases, "places")
_CUE = re.compile(
    rf"\b(?:{_of('is_somewhere', 'is_somewhere_so')}(?: {_of('just_there')})* {_of('somewhere')}|{_of('led_to', 'led_to_so')})"
    rf"(?: {_of('said_of_places', 'said_of_places_so')})? $"
)
SURELY_OF_PLACE = rule_words("places", "surely_of_place")
OF_PLACE = SURELY_OF_PLACE | rule_words("places", "of_place_too")
_PREPOSITIONS = rule_words("places", "prepositions")
_TITLE_BEFORE = FORMAL_TITLES | rule_words("places", "before_people")
POSSIBLE = 0.25  # by the talk classifier


def known_score(view: View, at: int, size: int, name: str) -> float:
    """Known names that are people's names or ordinary words need a capital or a cue."""
    before = view.dialogue.content[at - 1].fold if at else ""
    if before in _TITLE_BEFORE:
        return 0.0
    if not is_well_known(name):
        cased = view.dialogue.is_cased
        return _town_score(view, at, size, name) if cased else _town_score_without_case(view, at, size, name)
    cue = has_cue(view, view.dialogue.content[at].start)
    doubtful = size == 1 and _is_doubtful(name)
    if view.dialogue.is_cased:
        return _well_known_score(view.dialogue.content[at], name, size, before, cue=cue, doubtful=doubtful)
    if cue and not is_ambiguous(name):
        return 0.85
    return 0.0 if doubtful or (size == 1 and is_name(name)) else 0.75


def _well_known_score(t: Token, name: str, size: int, before: str, *, cue: bool, doubtful: bool) -> float:
    """In talk with capitals; `t` is the name's first word."""
    if not t.is_capital:
        said_as_place = cue or before in SURELY_OF_PLACE
        return 0.56 if said_as_place and not doubtful and not is_name(name) else 0.0
    if cue:
        return 0.9
    if doubtful:
        return 0.0 if t.opens_sentence else 0.75 if before in _PREPOSITIONS else 0.45
    return 0.7 if size == 1 and is_name(name) else 0.85


def _is_doubtful(name: str) -> bool:
    """An ordinary word as well, or a common one that is somebody's name."""
    return is_ambiguous(name) or is_plain_word(name) or (band(name) >= Band.EVERYDAY and is_name(name))


@cache
def is_well_known(name: str) -> bool:
    return any(name in read(listed) for listed in ("places", "countries", "regions"))


def _town_score(view: View, at: int, size: int, name: str) -> float:
    """Of a town that few know: many are called like people or things, so its place in the sentence must speak for it."""
    run = view.dialogue.content[at : at + size]
    if not all(x.is_capital for x in run) or is_plain_word(name):
        return 0.0
    due, opens = _is_place_due(view, at), run[0].opens_sentence
    if size > 1:
        return 0.85 if due else 0.7
    if is_name(name) or opens:
        return 0.57 if due and not opens else 0.0
    return 0.8 if due else 0.6


def _town_score_without_case(view: View, at: int, size: int, name: str) -> float:
    if size == 1 and (is_name(name) or band(name) >= Band.UNUSUAL):
        return 0.0
    if _is_place_due(view, at):
        return 0.75
    return 0.57 if view.reading(view.dialogue.content[at]).place > POSSIBLE else 0.0


def _is_place_due(view: View, at: int) -> bool:
    return has_cue(view, view.dialogue.content[at].start) or _is_behind_preposition(view, at)


def _is_behind_preposition(view: View, at: int) -> bool:
    tokens = view.dialogue.content
    before = tokens[at - 1] if at else None
    led = before is not None and before.turn == tokens[at].turn and before.fold in OF_PLACE
    return led and not tokens[at].before.strip(" ,")


def has_cue(view: View, start: int) -> bool:
    """Whether the words before an offset of the joined text lead up to a place."""
    return bool(_CUE.search(view.before(start)))
