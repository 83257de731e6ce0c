"""Numbers, ages and dates as people say them, read into figures.

>>> read_number("forty six")
46
>>> read_age("in her late sixties")
65
>>> read_date("third of August nineteen seventy eight")
SaidDate(day=3, month=8, year=1978)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.language.cues import FILLERS
from pipeline.language.numbers import MONTHS, ORDINALS, TENS, UNITS
from pipeline.language.text import fold

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70}
_DECADES |= {"eighties": 80, "nineties": 90, "teens": 15, "teenager": 15, "teenage": 15, "tens": 10}
_BABY = frozenset(["month", "months", "week", "weeks", "day", "days", "newborn", "baby", "infant", "toddler"])
_MONTH = (
    {m: n for n, m in enumerate(MONTHS[:12], 1)}
    | {m[:3]: n for n, m in enumerate(MONTHS[:12], 1)}
    | {"sept": 9}
)
_ORDINAL_TENS = {"twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60}
_ORDINAL_TENS |= {"seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100}
_SUFFIXES = frozenset(("st", "nd", "rd", "th", "s", "and", "of", "the", "um", "a"))


@dataclass(frozen=True, slots=True)
class SaidDate:
    """A day as it was said; 0 for what was left out."""

    day: int
    month: int
    year: int = 0


def _tokens(text: str) -> list[str]:
    return [t for t in _TOKEN.findall(fold(text)) if t not in FILLERS]


def read_number(text: str) -> int | None:
    """The first whole number said, below a thousand in words; None when there is none."""
    values = _values(_tokens(text))
    return values[0] if values else None


def read_age(text: str) -> int | None:
    """Years of an age; a decade is its middle ("in his sixties" is 65), weeks and months are 0."""
    tokens = _tokens(text)
    if any(t in _BABY for t in tokens):
        return 0
    for place, said in enumerate(tokens):
        if said in _DECADES:
            return _DECADES[said] + (5 if _DECADES[said] >= 20 else 0)
        if said.isdigit() and tokens[place + 1 : place + 2] == ["s"]:
            return int(said) % 100 + 5
    age = read_number(text)
    return age if age is not None and age <= 130 else None


def read_date(text: str) -> SaidDate | None:
    """A day and month, with the year where it was said; None when that cannot be read with certainty."""
    tokens = [t for t in _tokens(text) if t not in _SUFFIXES]
    month = next((m for t in tokens if (m := _MONTH.get(t))), 0)
    if not month:
        return _read_figures(text)
    values = _values([t for t in tokens if t not in _MONTH])
    day = values[0] if values and 1 <= values[0] <= 31 else 0
    year = _year(values[1:] if day else values)
    return SaidDate(day, month, year) if day else None


def _read_figures(text: str) -> SaidDate | None:
    """Written figures: 1978-08-03 as ISO; 3/8/1978 day first only when the day shows it."""
    if found := re.fullmatch(r"\s*(\d{4})-(\d\d?)-(\d\d?)\s*", text):
        year, month, day = (int(g) for g in found.groups())
    elif found := re.fullmatch(r"\s*(\d\d?)[/.-](\d\d?)[/.-](\d{4})\s*", text):
        day, month, year = (int(g) for g in found.groups())
        if day <= 12 and day != month:  # 3/8 may be in August or in March
            return None
    else:
        return None
    return SaidDate(day, month, year) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _year(values: Sequence[int]) -> int:
    """Nineteen seventy eight, two thousand and four, 1978, seventy eight (taken as of the last century)."""
    if not values:
        return 0
    if len(values) >= 2 and values[0] in (18, 19, 20) and values[1] < 100:
        return values[0] * 100 + values[1]
    if 1800 <= values[0] <= 2100:
        return values[0]
    return 1900 + values[0] if 20 <= values[0] < 100 and len(values) == 1 else 0


def _values(tokens: Sequence[str]) -> list[int]:
    """Runs of number words as numbers: ["nineteen", "seventy", "eight"] is [19, 78]."""
    values: list[int] = []
    open_tens = open_hundred = False
    for said in tokens:
        value, is_tens = _value(said)
        if said == "hundred":
            values[-1:] = [(values[-1] if values else 1) * 100]
            open_hundred, open_tens = True, False
        elif said == "thousand" and values:
            values[-1] *= 1000
            open_hundred, open_tens = True, False
        elif value is None:
            open_tens = open_hundred = open_hundred and said in ("and", "a")
        elif (open_tens and 0 < value < 10) or (open_hundred and value < 100):
            values[-1] += value
            open_hundred, open_tens = False, is_tens
        else:
            values.append(value)
            open_tens = is_tens
    return values


def _value(said: str) -> tuple[int | None, bool]:
    """A word's number, and whether a unit may follow it ("seventy" eight)."""
    if said.isdigit():
        return int(said), False
    if said in TENS:
        return TENS[said], True
    if said in _ORDINAL_TENS:
        return _ORDINAL_TENS[said], False
    return UNITS.get(said, ORDINALS.get(said)), False
