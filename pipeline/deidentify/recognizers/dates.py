"""Calendar dates as people say them: "the fourth of July, seventy four", "October seventh", "six, twelve,
um, eighty" after a question for the date of birth. Weekdays, months alone and relative time are no dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.numbers import MONTH, MONTHS, ORDINAL, PIECE, SMALL, YEAR, is_number
from pipeline.language.wordlists import either, read, rule_words, speech, wordset

_ENDING_YEAR = rf"(?: (?:of |in )?(?:{YEAR}|(?:{SMALL})(?! (?:years?|weeks?|days?|hours?|times?|minutes?|milligrams?|mg|percent)\b)))?"
_LONG_MONTH = either(set(MONTHS) - wordset(speech("dates")["also_words"]))
_PART = "(?:first|second|third|fourth|last|next to last) (?:day|week|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
# A month by itself is when something happened: Safe Harbor lets only the year stay.
_SURELY_LED = "in|since|until|till|during|end of|start of|beginning of|middle of|month of"
_LED_BY = "by|from|through|around|before|after|to|it was|was|of"
_MONTH_ALONE = (
    rf"(?:(?:early|late|mid|the end of|the start of|the beginning of) )?{MONTH}(?: (?:last|this|next) year)?"
)
_GOES_ON = "i|you|he|she|it|we|they|be|have|not|well|as|or may|on|in|up|down|past|along|with"
_EVERY = re.compile(r"\b(?:every|each|all|any|some|like|for|happy|merry)(?: the)? $")
_ONE_DAY = re.compile(r" (?:day|eve|sunday|monday|friday)$|day$")
_ASKED_WORDS = 22
_LONE_WORDS = 10
_BEFORE_COUNTS = re.compile(r"\b(?:over|from|to|of|say|about|maybe) $")


@cache
def _patterns() -> list[tuple[Any, float]]:
    said = [
        (rf"\b(?:{ORDINAL}|\d{{1,2}})\n? (?:day )?of[ \n](?:the month of )?{MONTH}{_ENDING_YEAR}\b", 0.95),
        (rf"\b(?:{_PART}) of (?:the month of )?{MONTH}{_ENDING_YEAR}\b", 0.9),
        (rf"\b(?:{ORDINAL}) {MONTH}{_ENDING_YEAR}\b", 0.9),
        (rf"\b(?:{SMALL}) (?:of )?{_LONG_MONTH}(?: {YEAR}| \d\d)\b", 0.9),
        (rf"\b(?:{SMALL}) of {MONTH}{_ENDING_YEAR}\b", 0.85),
        (rf"\b\d{{1,2}} {_LONG_MONTH}\b", 0.8),
        (rf"\b{_LONG_MONTH} (?:the )?(?:{ORDINAL}|\d{{1,2}})\b{_ENDING_YEAR}\b", 0.92),
        (rf"\b(?:may|march|mar) (?:the )?{ORDINAL}\b{_ENDING_YEAR}\b", 0.85),
        (rf"\b{_LONG_MONTH} (?:{SMALL}) {YEAR}\b", 0.9),
        (rf"\b{MONTH} (?:of )?{YEAR}\b", 0.75),
        (rf"\b(?:the )?{ORDINAL} of the {ORDINAL}{_ENDING_YEAR}\b", 0.85),
    ]
    said += [
        (rf"\b(?:{_SURELY_LED}) (?P<date>{_MONTH_ALONE})(?![a-z'])", 0.75),
        (rf"\b(?:{_LED_BY}) (?P<date>{_MONTH_ALONE})(?![a-z'])(?! (?:{_GOES_ON})\b)", 0.7),
        (rf"\b(?P<date>(?:last|this|next) {MONTH})(?![a-z'])", 0.8),
        (rf"\bborn in (?:the year )?(?P<date>{YEAR}|\d\d)\b(?! (?:hours|minutes|weeks|days))", 0.8),
    ]
    return [(re.compile(p), score) for p, score in said]


@cache
def _feast() -> re.Pattern[str]:
    """A feast as the day on which something happened: "on Boxing Day", "It was Lohri", "since last Easter"."""
    feasts = "|".join(sorted((re.escape(f) for f in read("feasts")), key=lambda f: (-len(f), f)))
    return re.compile(
        rf"\b(?P<lead>(?:on|it was|it's|it is|was|that was|of|since|till|until|by|before|after|last|this|next|came|day) (?:the )?)?"
        rf"(?P<date>(?:{feasts})(?:'s)?(?: (?:day|eve|sunday|monday|friday|morning|night|week|weekend|itself))?)(?![a-z'])"
    )


_FIGURES = re.compile(
    r"(?<![\w./-])(?:\d{1,2}([/.-])\d{1,2}\1(?:19|20)?\d\d|(?:19|20)\d\d([/-])\d{1,2}\2\d{1,2})(?![\w/-])"
)


@cache
def _answer() -> re.Pattern[str]:
    part = rf"(?:{ORDINAL}|{YEAR}|{MONTH}|{PIECE})"
    return re.compile(rf"\b{part}(?:\n?[ \n](?:of |the |of the |and |in )?{part})*\b")


_SMALL_ALONE = rule_words("dates", "small_alone")
_NOT_A_DATE = re.compile(
    r" (?:years? old|years?|year olds?|weeks?|months?|days?|hours?|minutes?|times?|percent|kilos?|milligrams?|mg"
    r"|feet|foot|stone|pounds?|kids|children|of (?:us|them|these|those)|or \w+ (?:days|weeks|times|years|hours|months))\b"
)


_GRAMMAR = rule_words("dates", "grammar")
_AGED = re.compile(r"(?:i'?m|i am|aged?|turning|turned)$")


class SpokenDateRecognizer(SpeechRecognizer):
    """Dates in full or in part, and the answer to "your date of birth?"."""

    ENTITIES = ("DATE",)

    def find(self, view: View) -> Iterator[Hit]:
        for pattern, score in _patterns():
            for m in each(view, pattern):
                yield view.hit(m, "DATE", score, "date" if "date" in pattern.groupindex else 0)
        yield from _feasts(view)
        for m in _FIGURES.finditer(view.dialogue.text):
            yield Hit(m.start(), m.end(), "DATE", 0.9)
        yield from self._answers(view)

    def _answers(self, view: View) -> Iterator[Hit]:
        said = [
            m.start()
            for pattern, _ in _patterns()
            for m in each(view, pattern)
            if sum(map(is_number, m[0].split())) > 1
        ]
        for m in each(view, _answer()):
            since = view.questions.words_since("dob", m.start(), turns=4)
            if since is None or since > _ASKED_WORDS or _is_no_date(view, m, since):
                continue
            asked_at = _behind_question(view.dialogue.plain, m.start(), since)
            if len(m[0].split()) > 2 or not any(asked_at <= at < m.start() for at in said):
                yield view.hit(m, "DATE", 0.85 if since < 12 else 0.7)


def _is_no_date(view: View, match: re.Match[str], since: int) -> bool:
    """A number that answers otherwise: a count, an age, a word of the grammar."""
    plain, said = view.dialogue.plain, match[0]
    before = plain[: match.start()]
    if said.strip() in _GRAMMAR or _NOT_A_DATE.match(plain, match.end()) or _AGED.search(before.rstrip()):
        return True
    if len(said.split()) == 1 and (since > _LONE_WORDS or _BEFORE_COUNTS.search(before)):
        return True
    return said in _SMALL_ALONE and not _ends_there(view, match)


def _behind_question(plain: str, at: int, since: int) -> int:
    """Where the question ended, so many words before."""
    return len(plain[:at].rsplit(None, since)[0]) if since else at


def _feasts(view: View) -> Iterator[Hit]:
    """Feasts that tell when; "every Christmas" and "happy Diwali" tell nothing."""
    for m in each(view, _feast()):
        alone = view.dialogue.content[view.dialogue.token_at(m.start("date"))].opens_sentence
        one_day = bool(_ONE_DAY.search(m["date"]))
        if _EVERY.search(view.dialogue.plain[: m.start("date")]) or not (m["lead"] or (alone and one_day)):
            continue
        yield view.hit(m, "DATE", 0.8 if one_day else 0.7, "date")


def _ends_there(view: View, match: re.Match[str]) -> bool:
    """Nothing follows the number but a pause: it counts nothing ("two doses")."""
    _, end = view.dialogue.span(match.start(), match.end())
    return view.dialogue.text[end : end + 1] in ("", "\n", ",", ".", "?", "!")
