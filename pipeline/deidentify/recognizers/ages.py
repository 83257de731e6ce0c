"""Ages: "I'm fifty", "she's ninety four", "a twenty six year old", "in my mid forties", and answers to
"how old are you?". Ninety and over is direct (HIPAA Safe Harbor's class of ages over 89), others quasi."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.lexicon import is_plain_word
from pipeline.language.numbers import MONTHS, SMALL, TEEN, TEN, UNIT, digits_of
from pipeline.language.text import fold
from pipeline.language.wordlists import either, read, rule_words

# Atomic groups: what may follow a number must follow all of it ("ninety-four last week" gives back no "four").
_END = r"(?:\b|(?=ish\b))"  # "fortyish" is an age, "Tendai" and "Tennyson" hold none
_WORDS = rf"(?:a |one )hundred(?: and {SMALL})?{_END}|{TEN}{_END}(?: {UNIT}\b)?|{TEEN}{_END}"
_NUMBER = rf"(?>{_WORDS}|{UNIT}\b|\d{{1,3}}(?!\d))"
_BIG = rf"(?>{_WORDS}|1[01]\d|1[0-9](?!\d)|[2-9]\d(?!\d))"
_HALF = r"(?: and a half)?"
_UNITS = (
    rf"(?! (?:(?:or|to|odd|more|extra|full|whole|half|long|and a|{_BIG}) )?(?:years?|months?|weeks?|days?|hours?|minutes?|mins?|seconds?|times?|percent|per cent|kilos?|kg|kilograms?"
    r"|grams?|milligrams?|mg|mls?|feet|foot|stone|pounds?|lbs?|inches|cent\w*|met\w+|miles|k|kids?|children|people|or|to|out"
    r"|a day|a week|units?|pints?|glasses|degrees|dollars|quid|o'clock|oclock|am|pm|thirty|of|point|over|cigarettes|weeks"
    r"|hundred|thousand|million|minute|sessions?|students?|patients?|beds?|and a half hours|more|less|left|steps?|tablets?|pills?"
    r"|in the (?:morning|afternoon|evening)|at night)\b)"
)
_WHO = (
    r"(?:i'?m|i am|i was|you're|you are|you were|he's|he is|he was|she's|she is|she was|they're|they are|who's|who is|who was"
    r"|(?:mum|mom|dad|mother|father|wife|husband|son|daughter|brother|sister|baby|boy|girl|man|woman|lady|partner|nan|nana|gran"
    r"|grandma|grandad|uncle|aunt\w*|cousin|kid|eldest|youngest|oldest|patient)(?:'s| is| was))"
)
_MEASURES = r"(?:weight|pulse|pressure|temperature|heart|sugars?|score|level|bmi|dose|rate|sats|number|house|peak|iron|count|height|size|cholesterol|readings?|best|last|first)\b"
_ADVERB = r"(?: (?:only|just|about|like|now|nearly|almost|still|already|around|actually|going on|turning|roughly|probably|what|a|an|all of|over|past))*"


@cache
def _patterns() -> list[tuple[Any, float]]:
    said = [
        (rf"\b(?:{_NUMBER} )?{_NUMBER}{_HALF} years? (?:old|of age|young)\b", 0.97),
        (rf"\b(?:{_NUMBER} )?{_NUMBER}{_HALF} years? ?olds?\b", 0.97),
        (rf"\b{_NUMBER} (?:months?|weeks?|days?) old\b(?= (?:baby|son|daughter|boy|girl|child|infant|twins|little)|$)", 0.85),
        (rf"\b(?:baby|son|daughter|boy|girl|child|kid|twins)(?:'s| is| are|) (?P<age>{_NUMBER} (?:months?|weeks?) old)\b", 0.85),
        (rf"\b{_WHO}{_ADVERB} (?P<age>{_BIG}){_UNITS}(?! (?:and|but) (?:half|{_NUMBER} (?:years|months)))", 0.8),
        (rf"\b(?:i was|since i was|when i was|she was|he was|i'?ve just turned|just turned|turned|turning|aged?|age of|at age|the age of|my age|her age|his age)"
         rf"{_ADVERB} (?P<age>{_NUMBER}{_HALF}){_UNITS}", 0.8),
        (rf"\b(?:died|passed away|passed|retired|diagnosed|menopause|stroke|heart attack|cancer|married)(?: \w+)? (?:at|when (?:he|she) was){_ADVERB} (?P<age>{_BIG}){_UNITS}", 0.75),
        (r"\b(?P<age>\d{1,3} ?(?:yo|y o|yrs?(?: old)?|yr old))\b", 0.9),
        (r"\b(?:a|an|this|old) (?P<age>\d{2,3} ?[mf])\b", 0.85),
        (rf"\b(?:man|woman|lady|gentleman|boy|girl|male|female|patient|widow|widower) of (?P<age>{_NUMBER}){_UNITS}", 0.8),
        (rf"\b(?:he|she|they|i|you)'?(?:ll| will| would|d) be{_ADVERB} (?P<age>{_BIG}){_UNITS}", 0.75),
        (rf"\b(?P<age>{_BIG}) (?:already |now )?(?:next|last|this) (?:birthday|month|week|year)\b", 0.7),
        (rf"\b(?:was|is|were|turned|he's|she's) (?P<age>{_BIG}) (?:last|this|next|in|when|years)\b(?! (?:a row|total|all))", 0.7),
        (r"\b(?P<age>(?:early |mid |middle |late |very late |very early )*(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties"
         r"|20s|30s|40s|50s|60s|70s|80s|90s))\b", 0.0),
        (rf"\b(?:my|his|her|their|our) (?!{_MEASURES})\w+ (?:is|was|turned){_ADVERB} (?P<age>{_BIG}){_UNITS}", 0.7),
        (rf"\b(?:guy|man|woman|lady|bloke|girl|boy|patient|gentleman|male|female|chap|fella) (?P<age>{_BIG}){_UNITS}", 0.75),
        (rf"\b(?:\w+'s|\w+'m|is|be|turns) (?P<age>{_BIG}) (?:in|come|this) {either(MONTHS)}\b", 0.75),
        (rf"\b(?:aged?|ages) (?:between )?(?P<age>{_NUMBER} (?:to|and|or) {_NUMBER}){_UNITS}", 0.8),
    ]  # fmt: skip
    return [(re.compile(p), score) for p, score in said]


_DIRECT_FROM = 90  # years
_ASKED_WORDS = 10  # an answer begins at most so many words behind the question
_NO_ANSWER = rule_words("ages", "no_answer")
_CHILD = re.compile(
    rf"\b(?:he's|she's|they're|he is|she is|who's|they are) (?P<age>{UNIT}(?: and {UNIT})?)\b"
)
_MONTHS_OLD = re.compile(rf"\b{_NUMBER} (?:months?|weeks?)(?: old)?\b")
_COUNTED = re.compile(r"\b(?:over|from|to|of|past) $")
_SIGNS = frozenset("/+%$£€#=:")
_SCORED = re.compile(r"\W{1,2}(?:on|in|for|at) (?:the|a|my|his|her|their) ([\w-]+)")
_ALONE = re.compile(rf"\b{_BIG} (?=(?:he|she|he's|she's|they|and|with)\b)")
_ANSWER = re.compile(rf"\b{_NUMBER}\b{_UNITS}")


class SpokenAgeRecognizer(SpeechRecognizer):
    """Ages and age bands of people."""

    ENTITIES = ("AGE",)

    def find(self, view: View) -> Iterator[Hit]:
        return (hit for hit in self._said(view) if not _is_measured(view, hit))

    def _said(self, view: View) -> Iterator[Hit]:
        yield from _with_words(view)
        yield from _of_children(view)
        yield from (_age(view, m, 0, 0.65) for m in each(view, _ALONE) if _is_sentence_behind_a_name(view, m))
        for m in each(view, _ANSWER):
            since = view.questions.words_since("age", m.start(), turns=3)
            if since is None or since > _ASKED_WORDS or m[0] in _NO_ANSWER:
                continue
            if not _COUNTED.search(view.dialogue.plain[: m.start()]):
                yield _age(view, m, 0, 0.85)


def _with_words(view: View) -> Iterator[Hit]:
    """Where the words around say that it is an age."""
    plain = view.dialogue.plain
    for pattern, score in _patterns():
        for m in each(view, pattern):
            score_here = score or _band_score(m, plain)
            if score_here:
                yield _age(view, m, "age" if "age" in pattern.groupindex else 0, score_here)


def _of_children(view: View) -> Iterator[Hit]:
    """ "She's four.", and months or weeks behind a question for an age."""
    for m in each(view, _CHILD):
        _, end = view.dialogue.span(*m.span())
        if view.dialogue.is_cased and view.dialogue.text[end : end + 1] in (".", ",", "?", "!", "\n", ""):
            yield _age(view, m, "age", 0.65)
    for m in each(view, _MONTHS_OLD):
        if view.questions.near("age", m.start(), words=5, turns=2):
            yield _age(view, m, 0, 0.75)


def _is_measured(view: View, hit: Hit) -> bool:
    """A part of a fraction or sum ("37/40", "28+3"), money, or a score of a test."""
    text = view.dialogue.text
    before, behind = text[max(0, hit.start - 1) : hit.start], text[hit.end : hit.end + 1]
    if before in _SIGNS or behind in _SIGNS:
        return True
    scored = _SCORED.match(fold(text[hit.end : hit.end + 40]))
    return scored is not None and scored[1] in read("medical_words") | read("eponyms") | read("tests")


def _is_sentence_behind_a_name(view: View, match: Any) -> bool:
    """ "There is Mr Sampleton. Ninety three. He ...": a number that is a sentence of its own."""
    tokens = view.dialogue.content
    first, last = view.dialogue.token_at(match.start()), view.dialogue.token_at(match.end() - 2)
    if not view.dialogue.is_cased or first == 0 or last + 1 >= len(tokens):
        return False
    name, inside = tokens[first - 1], tokens[first + 1 : last + 1]
    return (
        name.turn == tokens[last].turn
        and name.is_capital
        and not is_plain_word(name.fold)
        and bool(set(tokens[first].before) & set(".,"))
        and not any(set(t.before) & set(".,?!") for t in inside)
        and bool(set(tokens[last + 1].before) & set(".,"))
    )


def _band_score(match: Any, plain: str) -> float:
    """Bands need a person: "in my forties", "mid fifties"; "in the eighties" is a decade."""
    before = plain[: match.start()]
    if match["age"].count(" ") or re.search(r"\b(?:my|his|her|their|your)$", before.rstrip()):
        return 0.8
    return 0.0


def _age(view: View, match: Any, group: int | str, score: float) -> Hit:
    said = re.sub(r"(?:a|one) hundred(?: and)?", "100", match.group(group))
    years = re.match(r"\d*", digits_of(said.split(" year")[0]))
    old = (years is not None and int(years[0] or 0) >= _DIRECT_FROM) or "nineties" in said or "90s" in said
    is_small_unit = re.search(r"month|week|day", said) is not None
    return view.hit(match, "AGE", score, group, "direct" if old and not is_small_unit else "quasi")
