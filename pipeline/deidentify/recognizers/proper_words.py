"""Words nobody has explained. In a transcript with capitals, a word inside a sentence has one because it is a
name, be it of a person, a street or a firm; in one without, a word that English hardly knows is mostly a name.
What is known to be none (drugs, days, brands) stays.

In 40,000 words of consultations one in 1,000 was such a word; about half of them identified somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.dialogue import Dialogue, Token
from pipeline.deidentify.keep import DISEASES
from pipeline.deidentify.name_slots import DRUG_DUE
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, possible_starts
from pipeline.deidentify.recognizers.organisation_heads import is_office
from pipeline.deidentify.word_names import CALENDAR
from pipeline.language.cues import DOSED, NEVER, TITLES
from pipeline.language.lexicon import Band, band, is_given, is_name, is_plain_word
from pipeline.language.numbers import MONTHS, is_number
from pipeline.language.wordlists import either, read, rule_phrases, rule_words

_SCORE = 0.57
_POSSIBLE = 0.1  # by the talk classifier, where no capitals help
# With more capitals than this inside sentences, titles are being written and a capital tells nothing.
_MOST_CAPITALS, _MOST_IN_FEW, _LONG = 0.15, 0.5, 200
_KNOWN = (
    "keep_words",
    "medical_words",
    "eponyms",
    "nationalities",
    "countries",
    "regions",
    "occupations",
    "food",
)
_PLACED = rule_words("proper_words", "placed")
_EPONYM = re.compile(rf" {rule_phrases('proper_words', 'bears_a_name')}\b")
# How rare a word of a transcript without capitals must be.
_RARE, _RARE_NAME = Band.RARE, Band.UNUSUAL
# Endings by which English makes new words of old ones: "vaporisers", "headachy", "orthopedist".
_DERIVED = re.compile(
    r"(?:ings?|ed|ly|ers?|ists?|al|ic|ish|able|ible|ness|less|ful|chy|ey|ations?|'ll|'d|'ve)$"
)
_MONTHS = frozenset(MONTHS)
_DAYS = CALENDAR - _MONTHS
_LONGEST_RUN = 5
_JOINERS = rule_words("proper_words", "joiners")
# What is read, written or sung has capitals too.
_WORK = re.compile(
    rf"\b{either(rule_words('proper_words', 'before_works'))} (?:the |a |called |it's |like )?$"
)


class ProperWordRecognizer(SpeechRecognizer):
    """Words with a capital of their own, or hardly known ones, that are on no list of harmless ones."""

    ENTITIES = ("PERSON", "LOCATION", "ORG")

    def find(self, view: View) -> Iterator[Hit]:
        tokens = view.dialogue.content
        telling = _has_capital if view.dialogue.is_cased else _is_rare
        likely = possible_starts(view, 0.0 if view.dialogue.is_cased else _POSSIBLE)
        if view.dialogue.is_cased and _are_titles(view.dialogue):
            return
        for at, t in enumerate(tokens):
            word = t.fold.removesuffix("'s")
            if not telling(t) or _is_known(word) or t.start not in likely:
                continue
            if _is_a_thing(view, tokens, at):
                continue
            end = t.end - 2 if t.fold.endswith("'s") else t.end
            yield Hit(t.start, end, _kind(word, tokens[at - 1].fold if at else ""), _SCORE)
        if view.dialogue.is_cased:
            yield from _ordinary_runs(view)


def _is_a_thing(view: View, tokens: list[Token], at: int) -> bool:
    """An office, what an eponym is called by, a drug."""
    if at and tokens[at - 1].fold == "the" and is_office(tokens, at):
        return True
    behind = _behind(tokens, at)
    if _EPONYM.match(behind) or DOSED.match(behind):
        return True
    return DRUG_DUE.search(view.before(tokens[at].start)) is not None


def _ordinary_runs(view: View) -> Iterator[Hit]:
    """Ordinary words with capitals side by side inside a sentence: "from Clinic Five", "because Work and Income want it"."""
    tokens, at = view.dialogue.content, 0
    while at < len(tokens):
        stop = at
        while stop < len(tokens) and stop - at < _LONGEST_RUN and _goes_on(tokens, at, stop):
            stop += 1
        while stop > at and tokens[stop - 1].fold in _JOINERS:
            stop -= 1
        run = tokens[at:stop]
        capitals = [t for t in run if t.is_capital]
        if len(capitals) > 1 and not _WORK.search(view.before(tokens[at].start)):
            yield Hit(run[0].start, run[-1].end, "ORG", _SCORE)
        at = max(stop, at + 1)


def _goes_on(tokens: list[Token], first: int, at: int) -> bool:
    t = tokens[at]
    if at > first and (t.turn != tokens[first].turn or t.before.strip()):
        return False
    if t.fold in _JOINERS:
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        return at > first and following is not None and following.is_capital
    if not _has_capital(t) or t.fold.split("'")[0] in NEVER | TITLES | _MONTHS | _DAYS:
        return False
    return is_plain_word(t.fold) and not any(
        t.fold in read(name) for name in (*_KNOWN, "tests", "brands_and_works")
    )


def _has_capital(t: Token) -> bool:
    return t.is_capital and not t.opens_sentence and not t.text.removesuffix("s").isupper()


def _is_rare(t: Token) -> bool:
    word = t.fold.removesuffix("'s")
    limit = _RARE_NAME if is_name(word) else _RARE
    return len(word) > 3 and band(word) < limit and not _DERIVED.search(word)


def _are_titles(dialogue: Dialogue) -> bool:
    inner = [t for t in dialogue.tokens if not t.opens_sentence]
    most = _MOST_CAPITALS if len(inner) > _LONG else _MOST_IN_FEW
    return sum(t.is_capital for t in inner) > most * len(inner)


def _is_known(word: str) -> bool:
    """On a list, a number, a month, or an ordinary word that is nobody's given name."""
    forms = {word, word.removesuffix("s"), word.split("'")[0]}
    listed = any(f in read(name) for f in forms for name in _KNOWN)
    plain = is_plain_word(word) and not is_given(word)
    return (
        listed
        or plain
        or len(word) < 3
        or is_number(word)
        or any(c.isdigit() for c in word)
        or bool(forms & (NEVER | TITLES | _MONTHS))
        or bool(DISEASES.search(word))
    )


def _behind(tokens: list[Token], at: int) -> str:
    turn = tokens[at].turn
    return "".join(" " + t.fold for t in tokens[at + 1 : at + 8] if t.turn == turn)


def _kind(word: str, before: str) -> str:
    if before == "the":
        return "ORG"
    if before in _PLACED:
        return "LOCATION"
    return "PERSON" if is_name(word) else "ORG"
