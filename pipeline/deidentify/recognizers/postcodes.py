"""Postcodes said aloud: of the United Kingdom ("S W sixteen, six J T"), Ireland, Canada, and where one was
asked for any run of figures ("seven eight five eight six")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.numbers import PIECE, counts_something, digits_of
from pipeline.language.wordlists import rule_words

_UK_AREAS = rule_words("postcodes", "uk_areas")
_AREA = r"(?:" + "|".join(sorted((" ?".join(a) for a in sorted(_UK_AREAS)), key=len, reverse=True)) + r")"
_INWARD = r"(?:double [a-z]|(?![ap] m\b)[a-hj-z](?: for [a-z]+)? [a-z](?: for [a-z]+)?|(?!(?:it|is|in|so|we|my|to|at|on|of|or|if|he|me|no|up|us|an|as|be|by|do|go|am|oh|ok|um|uh)\b)[a-z]{2})"
_POSTCODE = re.compile(
    rf"(?<![\w'])(?:{_AREA} {PIECE}(?: {PIECE})?(?: [a-z])? {PIECE} (?:{_INWARD}|for [a-z]+ [a-z])|[a-z]{{1,2}}\d[\da-z]? ?\d[a-z]{{2}})\b(?!')"
)
_PART_CODE = re.compile(
    rf"(?<![\w'])(?!(?:so|me|al|ha|do|no) )(?:{_AREA} {PIECE}|[a-z]{{1,2}}\d[\da-z]?)(?: {PIECE})*(?: (?:{_INWARD}|[b-hj-z]|for [a-z]+))?(?![a-z'])"
)
FIGURES = re.compile(
    rf"(?<!no )(?<!the )(?<!any )\b(?!(?:one|o|oh|two|three|four)\b(?! (?:{PIECE}|[b-hj-z]\b))){PIECE}(?: {PIECE})*(?: [b-hj-z] ?[b-hj-z])?(?![a-z'])"
)
_TWO = rf"{PIECE}(?: {PIECE})?"
_MIXED = rf"(?:{PIECE}|[a-z])"
# Eircode: a letter and two figures (or 6W), then four of either. Canada: letter, figure, letter; then the reverse.
_EIRCODE = re.compile(
    rf"(?<![\w'])[ac-fhknprtv-y] (?:{_TWO}|{PIECE} w) {_MIXED} {_MIXED} {_MIXED}(?: {_MIXED})?(?![a-z'])"
)
_CANADIAN = re.compile(
    rf"(?<![\w'])[a-ceghj-npr-tvxy] (?!o ){PIECE} [a-z](?P<rest> {PIECE} [a-z] {PIECE})?(?![a-z'])"
)
_VERTEBRAE = re.compile(rf"[ctls] {PIECE} [ctls]")
_ASKED_WORDS = 16
_ADDRESS_WORDS = 40


class PostcodeRecognizer(SpeechRecognizer):
    """Postcodes, whole anywhere, in part where one was asked for."""

    ENTITIES = ("ADDRESS",)

    def find(self, view: View) -> Iterator[Hit]:
        for m in each(view, _POSTCODE):
            yield view.hit(m, "ADDRESS", 0.9)
        for m in each(view, _EIRCODE):
            if _is_mixed(m[0].split()):
                yield view.hit(m, "ADDRESS", 0.8)
        for m in each(view, _CANADIAN):
            given = any(
                view.questions.near(k, m.start(), words=_ADDRESS_WORDS) for k in ("address", "postcode")
            )
            if not _VERTEBRAE.fullmatch(m[0]) and (m["rest"] or given or _is_spelled(view, m)):
                yield view.hit(m, "ADDRESS", 0.85)
        for pattern in (_PART_CODE, FIGURES):
            for m in each(view, pattern):
                asked = view.questions.near("postcode", m.start(), words=_ASKED_WORDS)
                if asked and digits_of(m[0]) and not counts_something(view.dialogue.plain, m.end()):
                    yield view.hit(m, "ADDRESS", 0.85)


def _is_spelled(view: View, match: re.Match[str]) -> bool:
    """Its letters are written as letters."""
    first, last = view.dialogue.token_at(match.start()), view.dialogue.token_at(match.end() - 1)
    return view.dialogue.is_cased and all(view.dialogue.content[at].text.isupper() for at in (first, last))


def _is_mixed(said: list[str]) -> bool:
    """Two letters or more besides the first, so that "T four five six seven" is none."""
    return sum(len(w) == 1 and w not in ("a", "i", "o") for w in said[1:]) >= 2
