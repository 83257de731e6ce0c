"""Streets, house numbers said as words: "sixty two, um, Lewin Road", "flat three"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.cues import TITLES
from pipeline.language.lexicon import Band, band, is_given, is_plain_word
from pipeline.language.numbers import PIECE
from pipeline.language.wordlists import rule_phrases

_SURE = rule_phrases("addresses", "sure", "sure_so")
_UNSURE = rule_phrases("addresses", "unsure")
# Words that end a street's name seldom enough to need a capital.
_SELDOM = rule_phrases("addresses", "seldom")
_NUMBER = rf"(?:(?:flat|apartment|unit|number|house|apt|suite|level) )?{PIECE}(?: (?:and )?{PIECE})*(?: [a-f](?= ))?"
# Words that cannot be part of a street's name.
_STOP = rf"(?!{rule_phrases('addresses', 'no_part')}\b)"
_PART = rf"(?: {_STOP}[a-z'-]+)"


@cache
def _streets() -> list[tuple[re.Pattern[str], float]]:
    saint = r"(?: (?:the|saint|st|te|upper|lower|great|old|new))?"
    return [
        (re.compile(rf"\b{_NUMBER}{saint}{_PART}{{1,3}}? {_SURE}\b(?: (?:north|south|east|west|upper|lower))?"), 0.92),
        (re.compile(rf"\b{_NUMBER}{saint}{_PART}{{1,2}}? {_UNSURE}\b(?! (?:through|round|around|to|from|up|down|back|home|of))"), 0.6),
        (re.compile(r"\b(?:flat|apartment|unit|apt|suite) (?:number )?(?:" + PIECE + r"(?: " + PIECE + r")?(?: [a-f](?![\\w']))?|[a-f])\b"), 0.7),
        (re.compile(rf"\bp ?o box {PIECE}(?: {PIECE})*"), 0.9),
        (re.compile(rf"\bhash {PIECE}(?: (?:dash )?{PIECE})+(?![\w'])"), 0.8),
    ]  # fmt: skip


_LIVES = re.compile(r"\b(?:on|in|at|to|down|from|off|live|lives|living) $")
_STREET_ALONE = re.compile(
    rf"(?<![\w'])(?!(?:i'm|it's|that's) ){_STOP}[a-z][a-z'-]*{_PART}{{0,2}}? (?:{_SURE}|(?P<unsure>{_UNSURE}))\b"
)


_BLOCK = re.compile(
    rf"\b(?P<block>(?:(?P<short>blk|blok)|block) {PIECE}(?: {PIECE})*(?: [a-d](?![\w']))?)(?![\w'])"
)
_NAMED_BY = 2  # words


_CAPITALS = re.compile(rf"\b{_NUMBER} (?P<street>{_STOP}[a-z'-]+{_PART}{{0,2}}? {_SELDOM})(?![\w'])")


class SpokenAddressRecognizer(SpeechRecognizer):
    """Streets, with their numbers or alone."""

    ENTITIES = ("ADDRESS",)

    def find(self, view: View) -> Iterator[Hit]:
        for pattern, score in _streets():
            for m in each(view, pattern):
                asked = view.questions.near("address", m.start(), words=30)
                if not asked and _crosses_sentences(view, m):
                    continue
                yield view.hit(m, "ADDRESS", min(0.97, score + 0.3 * asked))
        yield from _blocks(view)
        for m in each(view, _CAPITALS):
            if _all_capitals(view, m, "street"):
                yield view.hit(m, "ADDRESS", 0.75)
        for m in each(view, _STREET_ALONE):
            if score := _alone_score(view, m):
                yield view.hit(m, "ADDRESS", score)


def _blocks(view: View) -> Iterator[Hit]:
    """ "Blk thirty seven chai chee": a block of flats by its number, with the names behind it."""
    tokens = view.dialogue.content
    for m in each(view, _BLOCK):
        at = view.dialogue.token_at(m.end("block") - 1)
        stop = at + 1
        while stop < len(tokens) and stop - at <= _NAMED_BY and _goes_on(tokens[at], tokens[stop], view):
            stop += 1
        if stop > at + 1 or m["short"]:
            yield Hit(view.hit(m, "ADDRESS", 0.0, "block").start, tokens[stop - 1].end, "ADDRESS", 0.8)


def _goes_on(number: Token, word: Token, view: View) -> bool:
    """A name behind a number, without a pause: with a capital, or hardly known where there are none."""
    if word.turn != number.turn or set(word.before) & set(".?!;:"):
        return False
    if view.dialogue.is_cased:
        return word.is_capital and not is_plain_word(word.fold)
    return not is_plain_word(word.fold) and band(word.fold) < Band.FREQUENT and not is_given(word.fold)


def _alone_score(view: View, match: re.Match[str]) -> float:
    """A street without a number: how surely it is one; 0 for "Dr Lane" and words that are no street here."""
    first = match[0].split()[0]
    if first in TITLES:
        return 0.0
    asked = view.questions.near("address", match.start(), words=20)
    capitals = _all_capitals(view, match)
    if (asked and capitals) if match["unsure"] else (asked or capitals):
        return 0.85 if asked else 0.7
    lived_in = capitals and _LIVES.search(view.dialogue.plain[: match.start()])
    return 0.7 if lived_in and not is_plain_word(first) else 0.0


def _crosses_sentences(view: View, match: re.Match[str]) -> bool:
    """ "One five six. OK. Drive carefully." """
    first, last = view.dialogue.token_at(match.start()), view.dialogue.token_at(match.end() - 1)
    return any(t.opens_sentence for t in view.dialogue.content[first + 1 : last + 1])


def _all_capitals(view: View, match: re.Match[str], group: int | str = 0) -> bool:
    """Every word of a street's name has a capital: "Kensington High Street"."""
    tokens = view.dialogue.content
    first, last = view.dialogue.token_at(match.start(group)), view.dialogue.token_at(match.end(group) - 1)
    whole = not any(set(t.before) & set(",.?!") for t in tokens[first + 1 : last + 1])
    return view.dialogue.is_cased and whole and all(t.is_capital for t in tokens[first : last + 1])
