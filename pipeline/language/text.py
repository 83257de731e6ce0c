"""Text made comparable. The one place that takes Unicode apart."""

from __future__ import annotations

import re
import unicodedata

_JOINER = "\u034f"  # combining grapheme joiner
_VARIATION = range(0xFE00, 0xFE10)
_APOSTROPHES = str.maketrans({"’": "'", "ʻ": "'", "`": "'"})
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "đ": "d", "ð": "d"})


def fold(text: str) -> str:
    """Lower case without accents, straight apostrophes: the form words are compared in."""
    low = text.lower().translate(_APOSTROPHES)
    return low if low.isascii() else without_accents(low).translate(_LETTERS)


def without_accents(text: str) -> str:
    """Letters without what stands above or below them; compatible forms (ligatures, full width) taken apart."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def pattern_of(words: str, *, whole: bool = True, case: bool = False) -> re.Pattern[str]:
    """Finds words in a text: any space between two, either form of the apostrophe; unless it is said otherwise whole words
    in any case."""
    found = r"\s+".join(re.escape(word) for word in words.split())
    found = re.sub("['’]", "['’]", found)
    if whole:
        found = rf"(?<!\w){found}(?!\w)"
    return re.compile(found, 0 if case else re.IGNORECASE)


def letters(text: str) -> str:
    """Lower-case letters and digits without accents; an apostrophe inside goes ("I'm" is "im")."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if c.isalnum())


def compose(text: str) -> str:
    """The same text with each accented letter as one character (NFC), however it was typed."""
    return unicodedata.normalize("NFC", text)


def is_composed(text: str) -> bool:
    """True when `compose` would leave the text as it is."""
    return unicodedata.is_normalized("NFC", text)


def plain_forms(text: str) -> str:
    """Ligatures and full-width letters as the letters they stand for (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def is_mark(char: str) -> bool:
    """A mark that belongs to the letter before it."""
    return unicodedata.combining(char) != 0


def is_format(char: str) -> bool:
    """A character that is not seen: soft hyphens, zero-width spaces and joiners, direction marks."""
    return unicodedata.category(char) == "Cf" or char == _JOINER or ord(char) in _VARIATION


def is_odd_space(char: str) -> bool:
    """A space that is not the ordinary one: no-break, thin, ideographic."""
    return char != " " and unicodedata.category(char) == "Zs"


def is_right_to_left(text: str) -> bool:
    """By the first letter with a direction (Unicode bidirectional algorithm, rule P2)."""
    strong = (unicodedata.bidirectional(c) for c in text)
    return next((d for d in strong if d in ("L", "R", "AL")), "L") != "L"
