"""Numbers said again in part, read back, corrected."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.number_echoes import echoes
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View


def echoed(kind: str, first: str, *turns: str) -> list[str]:
    """What is found in the turns behind a number that was found."""
    dialogue = Dialogue((first, *turns), tuple(f"S{1 + n % 2}" for n in range(len(turns) + 1)))
    found = echoes(View(dialogue, Questions(dialogue)), [Candidate(0, len(first), kind, 0.9, "test")])
    spans = sorted({(c.start, c.end) for c in found if c.start >= len(first)})
    return [dialogue.text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("kind", "first", "reply", "found"),
    [
        ("PHONE", "oh two one, five five oh, nine one four", "Nine one four. Lovely.", ["Nine one four"]),
        ("PHONE", "oh two one, five five oh, nine one four", "So five five oh?", ["five five oh"]),
        ("PHONE", "oh two one, five five oh, nine one four", "Sorry, nine one five.", ["nine one five"]),
        ("ADDRESS", "nineteen Larkspur Road", "Sorry, nineteen or ninety?", ["nineteen or ninety"]),
        ("ADDRESS", "nineteen Larkspur Road", "Nineteen. One nine.", ["Nineteen", "One nine"]),
        ("DATE", "fourth of July eighty", "No, the fourteenth.", ["the fourteenth"]),
    ],
)
def test_a_part_or_a_correction_is_found(kind: str, first: str, reply: str, found: list[str]) -> None:
    """It needs no cue of its own."""
    assert echoed(kind, first, reply) == found


@pytest.mark.parametrize(
    ("kind", "first", "reply"),
    [
        ("PHONE", "oh two one, five five oh, nine one four", "I had it for nine or ten days."),
        ("ADDRESS", "nineteen Larkspur Road", "I was nineteen when it began."),
        ("ADDRESS", "nineteen Larkspur Road", "Seven out of ten, I'd say."),
        ("DATE", "fourth of July eighty", "It's the second time this week."),
    ],
)
def test_other_numbers_stay(kind: str, first: str, reply: str) -> None:
    """Ages, durations, scales and ordinals of ordinary talk."""
    assert echoed(kind, first, reply) == []


def test_a_number_is_forgotten_after_a_few_turns() -> None:
    """Later in the talk the same figures may be a dose."""
    talk = ("Right.",) * 6
    assert echoed("PHONE", "oh two one, five five oh, nine one four", *talk, "Nine one four.") == []
