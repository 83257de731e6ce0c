"""Numbers said as words: regular-expression pieces over `Dialogue.plain`, and what digits they say."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.language.wordlists import either, speech

UNITS = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
ZEROS = {"oh": 0, "o": 0, "nought": 0, "naught": 0}
TENS = {
    w: 10 * n
    for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
ORDINALS = {
    w: n
    for n, w in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        1,
    )
} | {"thirtieth": 30}
REPEATS = {"double": 2, "triple": 3, "treble": 3}
MONTHS: list[str] = [*speech("dates")["months"].split(), *speech("dates")["short_months"].split()]

DIGIT = either([w for w, n in UNITS.items() if n < 10] + list(ZEROS))
UNIT = either(list(UNITS)[1:10])
TEEN = either(list(UNITS)[10:])
TEN = either(TENS)
REPEAT = either(REPEATS)
# A cardinal below a hundred: "seven", "sixteen", "sixty two", "62".
SMALL = rf"(?:{TEN}(?: {UNIT})?|{TEEN}|{UNIT}|\d{{1,2}})"
# A cardinal of two digits or more as ages are said: "twenty six", "94", "a hundred and two".
ORDINAL = rf"(?:(?:twenty|thirty) {either(list(ORDINALS)[:9])}|{either(ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))"
MONTH = either(MONTHS)
YEAR = (
    rf"(?:(?:nineteen|eighteen|twenty) (?:oh |o )?(?:hundred|{TEN} {UNIT}|{TEN}|{TEEN}|{UNIT}|\d\d)"
    rf"|two thousand(?: and)?(?: {SMALL})?|(?:1[89]|20)\d\d)"
)
# One piece of a number read out figure by figure or in groups.
PIECE = rf"(?:{REPEAT} (?:{DIGIT}|\d)|{DIGIT}|{TEEN}|{TEN}|hundred|thousand|\d+)"
LETTER = r"(?:double [a-z]|[a-z])"
_NUMBER = re.compile(rf"{DIGIT}|{TEEN}|{TEN}|hundred|thousand|\d+(?:st|nd|rd|th)?|{either(ORDINALS)}")


def is_number(word: str) -> bool:
    """True for a number word, an ordinal or figures."""
    return _NUMBER.fullmatch(word) is not None


def digits_of(plain: str) -> str:
    """The characters that spelled-out numbers and letters say.

    >>> digits_of("oh two one double five four")
    '021554'
    >>> digits_of("z j b forty one")
    'zjb41'
    """
    said, tens, times = "", 0, 1
    for word in plain.split():
        if word in REPEATS:
            times = REPEATS[word]
            continue
        if word in TENS:
            said, tens = said + (str(tens) if tens else ""), TENS[word]
            continue
        value = UNITS.get(word, ZEROS.get(word))
        if tens and value and value < 10:
            said, tens = said + str(tens + value), 0
            continue
        said += str(tens) if tens else ""
        tens = 0
        said += _as_written(word, value) * times
        times = 1
    return said + (str(tens) if tens else "")


def _as_written(word: str, value: int | None) -> str:
    if value is not None:
        return str(value)
    if word == "hundred":
        return "00"
    if word == "thousand":
        return "000"
    return word if word.isdigit() or len(word) == 1 or any(c.isdigit() for c in word) else ""


def counts_up(said: str) -> bool:
    """Counting aloud ("one, two, three ...") or back, as in a test of breath or memory."""
    values = [int(d) for d in (digits_of(w) for w in said.split()) if d.isdigit()]
    steps = [b - a for a, b in pairwise(values)]
    up = all(d > 0 for d in steps) or (values[0] == 1 and sum(d == 1 for d in steps) >= 0.6 * len(steps))
    return len(steps) > 1 and (up or all(d < 0 for d in steps))


_COUNTED = re.compile(
    r" (?:years?|months?|weeks?|days?|hours?|minutes?|times?|percent|kilos?|milligrams?|mg|or|of|and a half|people|kids|children)\b"
)


def counts_something(plain: str, end: int) -> bool:
    """True when a unit follows a number that ends there, so that it is no part of an address or a code."""
    return _COUNTED.match(plain, end) is not None
