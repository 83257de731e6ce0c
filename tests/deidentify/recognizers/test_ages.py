"""Ages of people, and numbers that are none."""

from __future__ import annotations

import pytest

from pipeline.deidentify.recognizers.ages import SpokenAgeRecognizer
from tests.deidentify.recognizers.seen import seen


@pytest.mark.parametrize(
    ("said", "age"),
    [
        ("I'm fifty years old now.", "fifty years old"),
        ("She's only twenty six, you know.", "twenty six"),
        ("He's a tall guy, forty six, and shy.", "forty six"),
        ("a thirty-four-year-old from the coast", "thirty-four-year-old"),
        ("I'm in my mid forties.", "mid forties"),
        ("My aunt was ninety one, she hid it.", "ninety one"),
        ("He died at seventy two.", "seventy two"),
        ("She turned ninety-four last week.", "ninety-four"),
        ("She is 93yo.", "93yo"),
        ("He is a 92M.", "92M"),
        ("The lady is aged one hundred and two.", "one hundred and two"),
        ("She'll be 95 in May.", "95"),
        ("An old man of 96.", "96"),
        ("He is nearly ninety-one.", "ninety-one"),
    ],
)
def test_an_age_is_found(said: str, age: str) -> None:
    """Ages are found with what makes them ages."""
    assert (("AGE", age)) in seen(SpokenAgeRecognizer(), said)


def test_a_number_alone_behind_a_name_is_an_age() -> None:
    """ "Mr Sampleton. Ninety-three. He ..."; a count after a question is none."""
    said = "And Anna knows this old guy, Mr Sampleton. Ninety-three. He was a diver."
    assert seen(SpokenAgeRecognizer(), said) == [("AGE", "Ninety-three")]
    assert seen(SpokenAgeRecognizer(), "And Anna asked how many. Ninety-three. He counted.") == []


def test_the_answer_to_how_old_is_an_age() -> None:
    """A bare number after the question is an age."""
    assert seen(SpokenAgeRecognizer(), "How old are you?", "Forty five.") == [("AGE", "Forty five")]


@pytest.mark.parametrize(
    ("said", "tier"), [("She is ninety four.", "direct"), ("She is sixty four.", "quasi")]
)
def test_ninety_and_over_is_direct(said: str, tier: str) -> None:
    """HIPAA's class of ages over 89 is told apart."""
    (result,) = SpokenAgeRecognizer().analyze(said, [])
    assert result.recognition_metadata["tier"] == tier


@pytest.mark.parametrize(
    "said",
    [
        "I'm ten minutes late.",
        "I was fifty per cent sure.",
        "Your blood pressure's one forty over ninety.",
        "He's two hundred milligrams better.",
        "Music of the eighties.",
        "I'm twenty weeks pregnant.",
        "She was 37/40 weeks when she came, she was 28+3.",
        "He was 40 minutes late, she was 60 kilos.",
        "I was thirty two on the Beck.",
    ],
)
def test_measures_are_no_ages(said: str) -> None:
    """Minutes, per cent, doses, decades and weeks stay."""
    assert seen(SpokenAgeRecognizer(), said) == []
