"""Streets and postcodes, numbers said as words: "sixty two, um, Lewin Road", "W six five", and what
follows a question for the address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.deidentify.bags import bag
from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.numbers import PIECE, digits_of, is_number
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.deidentify.words import is_plain_word, read, zipf

_SURE = (
    r"(?:road|street|avenue|crescent|terrace|boulevard|motorway|highway|esplanade|cul de sac|lane|mews|parade|rd|ave|cres|"
    r"gardens|grove)"
)
_UNSURE = r"(?:st|drive|close|way|place|court|square|hill|park|row|walk|rise|quay|green|vale|view|heights|gate|house|flats?|estate|loop|track|cottages?|villas?|buildings?|towers?|mansions|wharf|yard|common|broadway|promenade|embankment)"
_NUMBER = rf"(?:(?:flat|apartment|unit|number|house|apt|suite|level) )?{PIECE}(?: (?:and )?{PIECE})*(?: [a-f](?= ))?"
# Words that cannot be part of a street's name.
_STOP = (
    r"(?!(?:a|the|of|to|in|on|at|is|it|my|your|down|up|every|across|along|off|and|i|you|we|he|she|they|that|this|there|when|so|or|"
    r"years?|days?|weeks?|hours?|minutes?|times|per|by|with|for|from|into|over|his|her|our|their|was|were|had|not|no|yes)\b)"
)
_PART = rf"(?: {_STOP}[a-z'-]+)"


@cache
def _streets() -> list[tuple[re.Pattern[str], float]]:
    saint = r"(?: (?:the|saint|st|te|upper|lower|great|old|new))?"
    return [
        (re.compile(rf"\b{_NUMBER}{saint}{_PART}{{1,3}}? {_SURE}\b(?: (?:north|south|east|west|upper|lower))?"), 0.92),
        (re.compile(rf"\b{_NUMBER}{saint}{_PART}{{1,2}}? {_UNSURE}\b(?! (?:through|round|around|to|from|up|down|back|home|of))"), 0.6),
        (re.compile(r"\b(?:flat|apartment|unit|apt|suite) (?:number )?(?:" + PIECE + r"(?: " + PIECE + r")?|[a-f])\b"), 0.7),
        (re.compile(rf"\bp ?o box {PIECE}(?: {PIECE})*"), 0.9),
    ]  # fmt: skip


_UK_AREAS = [
    "ab",
    "al",
    "b",
    "ba",
    "bb",
    "bd",
    "bh",
    "bl",
    "bn",
    "br",
    "bs",
    "bt",
    "ca",
    "cb",
    "cf",
    "ch",
    "cm",
    "co",
    "cr",
    "ct",
    "cv",
    "cw",
    "da",
    "dd",
    "de",
    "dg",
    "dh",
    "dl",
    "dn",
    "dt",
    "dy",
    "e",
    "ec",
    "eh",
    "en",
    "ex",
    "fa",
    "fk",
    "fy",
    "g",
    "gl",
    "gu",
    "gy",
    "ha",
    "hd",
    "hg",
    "hp",
    "hr",
    "hs",
    "hu",
    "hx",
    "ig",
    "im",
    "ip",
    "iv",
    "ka",
    "kt",
    "kw",
    "ky",
    "l",
    "la",
    "ld",
    "le",
    "ll",
    "ln",
    "ls",
    "lu",
    "m",
    "me",
    "mk",
    "ml",
    "n",
    "ne",
    "ng",
    "nn",
    "np",
    "nr",
    "nw",
    "ol",
    "ox",
    "pa",
    "pe",
    "ph",
    "pl",
    "po",
    "pr",
    "rg",
    "rh",
    "rm",
    "s",
    "sa",
    "se",
    "sg",
    "sk",
    "sl",
    "sm",
    "sn",
    "so",
    "sp",
    "sr",
    "ss",
    "st",
    "sw",
    "sy",
    "ta",
    "td",
    "tf",
    "tn",
    "tq",
    "tr",
    "ts",
    "tw",
    "ub",
    "w",
    "wa",
    "wc",
    "wd",
    "wf",
    "wn",
    "wr",
    "ws",
    "wv",
    "yo",
    "ze",
]
_AREA = r"(?:" + "|".join(sorted((" ?".join(a) for a in _UK_AREAS), key=len, reverse=True)) + r")"
_INWARD = r"(?:double [a-z]|[b-hj-z] [a-z]|(?!(?:it|is|in|so|we|my|to|at|on|of|or|if|he|me|no|up|us|an|as|be|by|do|go|am|oh|ok|um|uh)\b)[a-z]{2})"
_POSTCODE = re.compile(
    rf"(?<![\w'])(?:{_AREA} {PIECE}(?: {PIECE})?(?: [a-z])? {PIECE} (?:{_INWARD}|for [a-z]+ [a-z])|[a-z]{{1,2}}\d[\da-z]? ?\d[a-z]{{2}})\b(?!')"
)
_PART_CODE = re.compile(
    rf"(?<![\w'])(?!(?:so|me|al|ha|do|no) )(?:{_AREA} {PIECE}|[a-z]{{1,2}}\d[\da-z]?)(?: {PIECE})*(?: (?:{_INWARD}|[b-hj-z]|for [a-z]+))?(?![a-z'])"
)
_FIGURES = re.compile(
    rf"(?<!no )(?<!the )(?<!any )\b(?!(?:one|o|oh|two|three|four)\b(?! (?:{PIECE}|[b-hj-z]\b))){PIECE}(?: {PIECE})*(?: [b-hj-z] ?[b-hj-z])?(?![a-z'])"
)
_ANSWER_WORDS = 12
_ENDED_BY = bag(
    "i i'm i've my is it's that's postcode post yeah yes yep okay ok but so because which since with "
    "where we now sorry right thanks thank you and or then just that was do can what your he she they "
    "there no not perfect great lovely brilliant today for on to if have got been"
)
_ENDS = bag(
    "road street lane avenue close drive way place court square hill park row walk house gardens grove "
    "terrace crescent green town city"
)
_OF_TEN = re.compile(r"\b(?:i'm|i am|he's|she's|one to|out of|i'd say|maybe|about|scale of|for|over|from) $")
_LIVES = re.compile(r"\b(?:on|in|at|to|down|from|off|live|lives|living) $")
_SHORT_TURN = re.compile(r"(?m)^[a-z'-]+(?: [a-z'-]+){0,3}$")
_STREET_ALONE = re.compile(
    rf"(?<![\w'])(?!(?:i'm|it's|that's) ){_STOP}[a-z][a-z'-]*{_PART}{{0,2}}? (?:{_SURE}|(?P<unsure>{_UNSURE}))\b"
)
_HOUSE = re.compile(rf"(?<!no )(?<!the )(?<!any )\b{PIECE}(?: {PIECE})*(?: [a-f])?(?![a-z'])")


class SpokenAddressRecognizer(SpeechRecognizer):
    """Street addresses and postcodes."""

    ENTITIES = ("ADDRESS",)

    def find(self, view: View) -> Iterator[Hit]:
        plain = view.dialogue.plain
        for pattern, score in _streets():
            for m in each(view, pattern):
                asked = view.questions.near("address", m.start(), words=30)
                yield view.hit(m, "ADDRESS", min(0.97, score + 0.3 * asked))
        for m in each(view, _STREET_ALONE):
            asked = view.questions.near("address", m.start(), words=20)
            capitals = _all_capitals(view, m)
            if (asked and capitals) if m["unsure"] else (asked or capitals):
                yield view.hit(m, "ADDRESS", 0.85 if asked else 0.7)
            elif (
                capitals
                and m["unsure"]
                and _LIVES.search(plain[: m.start()])
                and not is_plain_word(m[0].split()[0])
            ):
                yield view.hit(m, "ADDRESS", 0.7)
        for m in each(view, _POSTCODE):
            yield view.hit(m, "ADDRESS", 0.9)
        yield from self._asked(view)

    def _asked(self, view: View) -> Iterator[Hit]:
        plain = view.dialogue.plain
        yield from _whole_turns(view)
        for pattern in (_PART_CODE, _FIGURES):
            for m in each(view, pattern):
                code = view.questions.near("postcode", m.start(), words=16)
                if code and len(digits_of(m[0])) >= 1 and not _counts_something(view.dialogue.plain, m.end()):
                    yield view.hit(m, "ADDRESS", 0.85)
        for m in each(view, _FIGURES):
            near = view.questions.near("address", m.start(), words=16, turns=5) and not _OF_TEN.search(
                plain[: m.start()]
            )
            if near and not _counts_something(view.dialogue.plain, m.end()):
                yield view.hit(m, "ADDRESS", 0.8)
        yield from _street_after_number(view)


def _all_capitals(view: View, match: re.Match[str]) -> bool:
    """Every word of a street's name has a capital: "Kensington High Street"."""
    tokens = view.dialogue.content
    first, last = view.dialogue.token_at(match.start()), view.dialogue.token_at(match.end() - 1)
    whole = not any(set(t.before) & set(",.?!") for t in tokens[first + 1 : last + 1])
    return view.dialogue.is_cased and whole and all(t.is_capital for t in tokens[first : last + 1])


def _street_after_number(view: View) -> Iterator[Hit]:
    """The answer to a question for the address: from its first number to the end of what is said of it."""
    tokens = view.dialogue.content
    plain = view.dialogue.plain
    for m in each(view, _HOUSE):
        if not view.questions.near("address", m.start(), words=16, turns=5) or _counts_something(
            plain, m.end()
        ):
            continue
        first = view.dialogue.token_at(m.start())
        last = stop = view.dialogue.token_at(m.end() - 1)
        while stop + 1 < len(tokens) and stop - last < _ANSWER_WORDS and _goes_on(tokens, stop + 1, first):
            stop += 1
        while (
            stop > last
            and is_plain_word(tokens[stop].fold)
            and not is_number(tokens[stop].fold)
            and tokens[stop].fold not in _ENDS
            and not tokens[stop].is_capital
        ):
            stop -= 1
        if stop > last:
            yield Hit(tokens[first].start, tokens[stop].end, "ADDRESS", 0.85)


def _whole_turns(view: View) -> Iterator[Hit]:
    """A short turn of nothing but proper words, while the address is being given: "Green Lanes. Harringay." """
    tokens = view.dialogue.content
    for m in each(view, _SHORT_TURN):
        first, last = view.dialogue.token_at(m.start()), view.dialogue.token_at(m.end() - 1)
        run = tokens[first : last + 1]
        if not view.questions.near("address", m.start(), words=8, turns=4) or view.questions.near(
            "name", m.start(), words=4
        ):
            continue
        if all(t.fold not in _ENDED_BY and t.fold not in read("keep_words") for t in run) and _look_proper(
            run, view.dialogue.is_cased
        ):
            yield Hit(run[0].start, run[-1].end, "ADDRESS", 0.7)


def _look_proper(run: Sequence[Token], cased: bool) -> bool:
    proper = [not is_plain_word(t.fold) or (cased and t.is_capital and not t.opens_sentence) for t in run]
    return any(proper) and (not cased or all(t.is_capital for t in run))


def _goes_on(tokens: Sequence[Token], at: int, first: int) -> bool:
    """Whether an address goes on with this word: any but a few within its sentence, a number, a letter, a known
    place or another proper word behind its end."""
    t = tokens[at]
    if t.turn != tokens[first].turn or t.fold in _ENDED_BY:
        return False
    same = not set(t.before) & set(".?!")
    proper = (
        not is_plain_word(t.fold)
        and t.fold not in read("keep_words")
        and (t.is_capital or zipf(t.fold) < 3.5)
    )
    return (
        same
        or is_number(t.fold)
        or t.fold in read("places")
        or proper
        or (len(t.fold) <= 2 and t.text.isupper())
    )


def _counts_something(plain: str, end: int) -> bool:
    """True when a unit follows the number, so that it is no part of an address."""
    return (
        re.match(
            r" (?:years?|months?|weeks?|days?|hours?|minutes?|times?|percent|kilos?|milligrams?|mg|or|of|and a half|people|kids|children)\b",
            plain[end : end + 14],
        )
        is not None
    )
