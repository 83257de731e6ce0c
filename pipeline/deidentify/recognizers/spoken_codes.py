"""Codes read out in pieces: number plates, registrations and case numbers, with letters as letters or as a radio
operator says them: "Hotel X-ray one nine, Kilo Lima Juliet", "d k four five p z g p", "FIR number eighty eight of
twenty three"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.numbers import (
    DIGIT,
    REPEAT,
    SMALL,
    TEEN,
    TEN,
    UNIT,
    counts_something,
    counts_up,
    is_number,
)
from pipeline.language.wordlists import either, rule_phrases, rule_words

# The spelling alphabet of the ICAO (Annex 10), with the spellings in use.
RADIO = tuple(rule_words("spoken_codes", "radio"))
_CUE = re.compile(
    rf"\b{rule_phrases('spoken_codes', 'coded', 'coded_so')}(?: {rule_phrases('spoken_codes', 'before_codes')}){{0,7}} $"
)
_FEWEST = 4  # pieces of a code that nothing announces, with letters said by radio
_FEWEST_PLAIN = 5


@cache
def _run() -> re.Pattern[str]:
    letters = rf"(?:{either(RADIO)}|x ray|[a-z](?!')|[b-df-hj-np-tv-z]{{2,3}})"
    piece = rf"(?:{REPEAT} (?:{DIGIT}|[a-z])|{DIGIT}|{TEEN}|{TEN}|\d{{1,6}}|{letters}|slash|dash|stroke|hash)"
    return re.compile(rf"(?<![\w'])(?:{piece})(?: {piece})+(?![\w'])")


@cache
def _case() -> re.Pattern[str]:
    piece = rf"(?:{SMALL}|\d+|hundred)"
    return re.compile(
        rf"\b(?:fir|cas|case|docket|file|claim|crime|incident)(?: (?:number|no))? (?P<code>{piece}(?: {piece})*(?: (?:of|slash|stroke|dash|over) {piece}(?: {piece})*)+)(?![\w'])"
    )


@cache
def _called_by_number() -> re.Pattern[str]:
    """ "She was number one eighteen": what somebody was called by in a home, a prison or the army."""
    piece = rf"(?:{DIGIT}|{TEEN}|{TEN})"
    return re.compile(
        rf"\b(?:i|he|she|we|they|you|mine|his|hers|name|me|him|her)(?:'m|'s| was| were| am| is| are)?(?: just| only)? number (?P<code>(?!{TEN} {UNIT}(?![\w']))(?:{piece} )+{piece})(?![\w'])"
    )


class SpokenCodeRecognizer(SpeechRecognizer):
    """Runs of letters and figures that are a code."""

    ENTITIES = ("ID",)

    def find(self, view: View) -> Iterator[Hit]:
        for m in each(view, _case()):
            yield view.hit(m, "ID", 0.8, "code")
        for m in each(view, _called_by_number()):
            if not counts_up(m["code"]) and not counts_something(view.dialogue.plain, m.end()):
                yield view.hit(m, "ID", 0.75, "code")
        plain = view.dialogue.plain
        for m in each(view, _run()):
            start, end = _without_small_words(m)
            words = plain[start:end].split()
            announced = bool(_CUE.search(plain[max(0, start - 60) : start]))
            score = _score(words, announced=announced)
            if score and not counts_something(plain, end):
                yield Hit(*view.dialogue.span(start, end), "ID", score)


def _score(words: list[str], *, announced: bool) -> float:
    """How surely these pieces are a code; 0 where they may be anything."""
    figures = sum(map(is_number, words))
    letters = len(words) - figures
    if not letters and counts_up(" ".join(words)):
        return 0.0
    if _is_radio(words, figures):
        return 0.85
    if figures < 2:
        return 0.0
    if announced and len(words) > 2 and letters:
        return 0.8
    return 0.75 if letters > 2 and len(words) >= _FEWEST_PLAIN else 0.0


def _is_radio(words: list[str], figures: int) -> bool:
    """Letters as they are spelt over the radio: "kilo", "tango"."""
    radio = sum(w in RADIO for w in words)
    return (radio > 1 and len(words) >= _FEWEST) or (radio > 0 and figures > 2)


def _without_small_words(match: re.Match[str]) -> tuple[int, int]:
    """Without "a", "i" and "o" at its ends: they are mostly words."""
    start, end = match.span()
    text = match[0]
    while text[:2] in ("a ", "i ", "o "):
        start, text = start + 2, text[2:]
    while text[-2:] in (" a", " i"):
        end, text = end - 2, text[:-2]
    return start, end
