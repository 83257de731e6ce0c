"""Media time stamps in the forms that transcription programs write them.

00:01:23  1:23.456  00:01:23,456  00:01:23:12 (frames)  00;01;23;12  1h02m03s
[00:01:23]  (1:23)  {0:01:23.4}  <00:01:23.000>  #00:01:23-4# (f4)  \N{CURRENCY SIGN}<83000> (Transana)
0:00.0 - 0:04.1  00:01 --> 00:04
"""

from __future__ import annotations

import re

TIME = (
    r"(?:(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,:;]\d{1,7}|-\d{1,3})?|\d{1,2};\d{2};\d{2}(?:[;.]\d{1,3})?"
    r"|(?:\d{1,2}\s?h\s?)?\d{1,3}\s?m(?:in)?\s?\d{1,2}(?:\.\d+)?\s?s)"
)
_TO = r"\s*(?:-->?|–|—|-|to|/)\s*"
SPAN = rf"{TIME}(?:{_TO}{TIME})?"
_WORD = r"(?:(?:time\s?(?:stamp|code)?|tc)\s*:?\s*)?"
_TRANSANA = "\N{CURRENCY SIGN}" + r"<\d{1,9}>"
BRACKETED = rf"(?:\[\s*{_WORD}{SPAN}\s*\]|\(\s*{_WORD}{SPAN}\s*\)|\{{\s*{SPAN}\s*\}}|<\s*{SPAN}\s*>|\#\s*{SPAN}\s*\#|{_TRANSANA})"
# Without brackets only what nobody says: with seconds and hours, with fractions, from one time to another.
_BARE = (
    rf"(?<![\w:.,;-])(?:\d{{1,3}}:\d{{2}}:\d{{2}}(?:[.,:;]\d{{1,7}}|-\d{{1,3}})?|\d{{1,3}}:\d{{2}}[.,]\d{{1,3}}|\d{{1,2}};\d{{2}};\d{{2}}(?:[;.]\d{{1,3}})?"
    rf"|{TIME}\s*-->\s*{TIME})(?:{_TO}{TIME})?(?![\w:;]|[.,]\d)"
)
CLOCK = rf"(?:{BRACKETED}|{SPAN})"
STAMP = re.compile(rf"{BRACKETED}|{_BARE}", re.IGNORECASE)
"""A time stamp wherever it stands in a text."""
_ALONE = re.compile(rf"\s*{CLOCK}\s*", re.IGNORECASE)
_ONE = re.compile(TIME + "|(?<=\N{CURRENCY SIGN}<)" + r"\d+", re.IGNORECASE)
_UNITS = re.compile(r"(\d+(?:\.\d+)?)\s?(h|m|s)")


def is_clock(line: str) -> bool:
    """True for a line that holds a time and nothing else."""
    return bool(_ALONE.fullmatch(line))


def times_in(text: str) -> list[float]:
    """The times of a text with stamps, in seconds."""
    return [_seconds(m[0]) for m in _ONE.finditer(text)]


def _seconds(stamp: str) -> float:
    if stamp.isdigit():
        return int(stamp) / 1000
    if "m" in stamp:
        worth = {"h": 3600.0, "m": 60.0, "s": 1.0}
        return sum(float(number) * worth[unit] for number, unit in _UNITS.findall(stamp.replace("in", "")))
    stamp = stamp.replace(";", ":").replace(",", ".").replace("-", ".")
    parts = stamp.split(":")
    if len(parts) == 4:  # frames: less than a second, and how many make one is not said
        parts.pop()
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return total
