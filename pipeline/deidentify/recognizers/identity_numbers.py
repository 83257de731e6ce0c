"""Numbers that stand for a person: NHI (old and new form, with their check characters), NHS, Medicare,
IRD, TFN, SSN, passports, plates, accounts and records, read out letter by letter or written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.lexicon import Band, band
from pipeline.language.numbers import PIECE, counts_up, digits_of, is_number

_NHI_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SPELLED = r"(?:double [a-z]|[a-z])"
_CODE_PART = rf"(?:{_SPELLED}|{PIECE}|[a-z]{{1,6}}\d[\da-z]*|for [a-z]+)"
_SPELLED_CODE = re.compile(
    rf"(?<![\w'])(?:n h [is] |i d |i r d )?(?P<code>(?:[a-z](?:(?: | for [a-z]+ )[a-z]){{1,3}}|[b-hj-z]{{3}}) {PIECE}(?: {PIECE})*(?: [b-hj-z]\b(?!'))*\b)"
)
_NHI_WRITTEN = re.compile(r"\b[A-HJ-NP-Za-hj-np-z]{3}(?:\d{4}|\d{2}[A-HJ-NP-Za-hj-np-z]{2})\b")
_RUN = re.compile(
    rf"(?<![\w'])(?![ai] ){_CODE_PART}(?:(?: | and | then | and then ){_CODE_PART}|\n(?:and )?{PIECE})*\b(?<! [ai])"
)
_WRITTEN = re.compile(
    r"\b(?:\d{3}-\d{2}-\d{4}|\d{3} \d{3} \d{4}|\d{2,3}-\d{3}-\d{3}|\d{2}-\d{4}-\d{7}-\d{2,3}|[A-Z]{1,3}-?\d{3,}[A-Z]?|(?:\d[ -]?){13,19}"
    r"|[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,}(?: ?[A-Z0-9]{1,4})?|(?:\d{1,3}\.){3}\d{1,3})\b"
)
_NOT_CODES = re.compile(
    r"(?:[a-z] ){0,3}(?:section|type|stage|grade|b|vitamin|hba|t|l|s|c|ward|hepatitis|covid|level|step|room|bed) ?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})\b"
)
_MIN_SPELLED = 5
_MIN_ASKED = 3


class IdentityNumberRecognizer(SpeechRecognizer):
    """Identity numbers of health services, tax offices, states, banks and vehicles."""

    ENTITIES = ("ID",)

    def find(self, view: View) -> Iterator[Hit]:
        for m in each(view, _SPELLED_CODE):
            if _is_spelled_code(m["code"]):
                yield view.hit(m, "ID", 0.97 if is_nhi(digits_of(m["code"])) else 0.85, "code")
        for m in each(view, _RUN):
            code = digits_of(m[0].replace("\n", " "))
            if len(code) >= _MIN_ASKED and any(c.isdigit() for c in code) and _answers(view, m):
                yield view.hit(m, "ID", 0.85 if len(code) > _MIN_SPELLED else 0.7)
        for m in _WRITTEN.finditer(view.dialogue.text):
            yield Hit(m.start(), m.end(), "ID", 0.75)
        for m in _NHI_WRITTEN.finditer(view.dialogue.text):
            yield Hit(m.start(), m.end(), "ID", 0.97 if is_nhi(m[0]) else 0.75)


def _is_spelled_code(said: str) -> bool:
    """Long enough, with two figures at least, and neither a word first nor "section three"."""
    code, first = digits_of(said), said.split()[0]
    if len(first) == 3 and (is_number(first) or band(first) >= Band.COMMON):
        return False
    return (
        len(code) >= _MIN_SPELLED and sum(c.isdigit() for c in code) >= 2 and not _NOT_CODES.fullmatch(said)
    )


def _answers(view: View, match: re.Match[str]) -> bool:
    """A code that was asked for."""
    close = view.questions.near("id", match.start(), words=6, turns=1)
    return view.questions.near("id", match.start(), words=16, turns=6) and _is_code(match[0], close)


def _is_code(said: str, close: bool) -> bool:
    """A code, not counting aloud, unless it was asked for just before."""
    words = said.split()
    if counts_up(said) and not close:
        return False
    return not (len(words) <= 2 and words[0] in ("a", "i")) and "hundred" not in words


def is_nhi(code: str) -> bool:
    """True when the check character of a New Zealand NHI number is right.

    AAANNNC: weights 7 to 2, sum modulo 11, check digit 11 minus that (10 counts as 0; a sum of 0 is never
    issued). AAANNAX: the check letter is 23 minus the sum modulo 23 in the alphabet without I and O (HISO
    10046:2023); numbers of the 2019 draft with modulo 24 are about too, and pass as well.

    >>> is_nhi("ZAC5361"), is_nhi("ZBN77VL"), is_nhi("ZAC5362")
    (True, True, False)
    """
    code = code.upper()
    if not re.fullmatch(r"[A-HJ-NP-Z]{3}(?:\d{4}|\d{2}[A-HJ-NP-Z]{2})", code):
        return False
    values = [int(c) if c.isdigit() else _NHI_LETTERS.index(c) + 1 for c in code]
    total = sum(v * w for v, w in zip(values, range(7, 1, -1), strict=False))
    if code[-1].isdigit():
        return total % 11 != 0 and values[6] == (11 - total % 11) % 10
    return values[6] in (23 - total % 23, 24 - total % 24)
