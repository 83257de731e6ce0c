"""Candidates that are drugs and diseases stay, however they are spelt."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import build
from pipeline.deidentify.keep import reason_to_keep
from pipeline.deidentify.merge import Candidate
from pipeline.records import Utterance


def kept(text: str, score: float, found_by: str = "PersonRecognizer") -> bool:
    """Whether a person found in a turn stays, its last word being the find."""
    dialogue = build([Utterance("P01", 0.0, 1.0, text, ())], None)
    start = text.rindex(" ") + 1
    return bool(reason_to_keep(Candidate(start, len(text), "PERSON", score, found_by), dialogue))


@pytest.mark.parametrize(
    ("text", "score", "stays"),
    [
        ("He is on Levodopa", 0.96, True),
        ("He is on Levedopa", 0.96, True),
        ("He is on Certraline", 0.96, True),
        ("He is on Zelkoripril", 0.9, True),
        ("He is on Zelkoripril", 0.96, False),
        ("My name is Levedopa", 0.99, False),
        ("We spoke with Fennimore", 0.8, False),
    ],
)
def test_a_drug_one_letter_off_is_no_person(text: str, score: float, stays: bool) -> None:
    """Unless somebody says that it is their name; a stem alone counts against doubtful finds."""
    assert kept(text, score) is stays


def test_a_name_of_the_roster_is_never_a_drug() -> None:
    """Whoever takes part is known."""
    assert not kept("Thank you Levodopa", 0.95, "RosterRecognizer")
