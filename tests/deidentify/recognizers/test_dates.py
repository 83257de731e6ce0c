"""Calendar dates, said and answered."""

from __future__ import annotations

import pytest

from pipeline.deidentify.recognizers.dates import SpokenDateRecognizer
from tests.deidentify.recognizers.seen import covered, seen


@pytest.mark.parametrize(
    "said",
    [
        "third of August nineteen seventy eight",
        "the fourth of the seventh, seventy four",
        "October seventh",
        "twelfth of, um, March 1960",
        "may the fourth nineteen eighty",
        "14/02/1990",
        "1990-02-14",
    ],
)
def test_a_date_in_any_order_is_found_whole(said: str) -> None:
    """Every way of saying a date is covered, fillers inside too."""
    left = covered(SpokenDateRecognizer(), f"He was born on {said}, I think.")
    assert "#" in left
    assert left.split("born on ")[1].replace("the ", "").replace("um", "##").startswith(("#", "the #"))
    assert not any(c.isdigit() for c in left)


def test_the_answer_to_a_question_for_the_birth_date_is_a_date() -> None:
    """Bare numbers are a date when the other speaker just asked for one."""
    found = seen(SpokenDateRecognizer(), "And your date of birth?", "Uh, six, twelve, uh, eighty.")
    assert found == [("DATE", "six, twelve, uh, eighty")]


def test_an_answer_over_two_turns_is_found() -> None:
    """A date broken off and taken up again is found in both parts."""
    left = covered(
        SpokenDateRecognizer(), "And your date of birth?", "October, seventh. Uh.", "Yes?", "Ninety, three."
    )
    assert "seventh" not in left
    assert "three" not in left.lower()


@pytest.mark.parametrize(
    "said",
    [
        "It started three days ago, on a Monday.",
        "Take two tablets twice a day for seven days.",
        "It's half past four, and ten a m tomorrow.",
        "I may be wrong. We march on.",
        "She came six weeks ago and may come again.",
        "Every Christmas we march, and happy Diwali to you.",
    ],
)
def test_durations_weekdays_and_clock_times_are_no_dates(said: str) -> None:
    """Relative time stays."""
    assert seen(SpokenDateRecognizer(), said) == []


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("I had one in May.", "May"),
        ("We moved in march and in may she left.", "may"),
        ("He was admitted last March.", "last March"),
        ("He died on Boxing Day.", "Boxing Day"),
        ("It was Lohri, so nobody worked.", "Lohri"),
        ("The last day of March, 1998.", "last day of March, 1998"),
        ("She was born in nineteen twenty-nine.", "nineteen twenty-nine"),
    ],
)
def test_a_month_or_feast_on_which_something_happened_is_a_date(said: str, date: str) -> None:
    """Safe Harbor lets only the year stay."""
    assert ("DATE", date) in seen(SpokenDateRecognizer(), said)


def test_a_date_goes_on_in_the_next_turn() -> None:
    """ "the third of" | "September"."""
    assert ("DATE", "third of\nSeptember") in seen(SpokenDateRecognizer(), "on the third of", "September.")


def test_a_number_long_after_the_question_is_no_date() -> None:
    """The question's cue wears off."""
    turns = [
        "What's your date of birth?",
        "The first of May nineteen eighty.",
        "Thanks.",
        "On a scale of one to ten, seven.",
    ]
    assert ("DATE", "seven") not in seen(SpokenDateRecognizer(), *turns)
