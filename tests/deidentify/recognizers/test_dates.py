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


def hits(*turns: str) -> list[tuple[str, str, float]]:
    """(words, type, score) of each find."""
    text = "\n".join(turns)
    return [(text[r.start : r.end], r.entity_type, r.score) for r in SpokenDateRecognizer().analyze(text, [])]


ASKED = "And your date of birth?"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("Six, twelve, eighty.", [("Six, twelve, eighty", 0.85)]),
        ("Two.", [("Two", 0.85)]),
        ("Two doses.", []),
        ("One.", []),
        ("May.", []),
        ("I'm sixty two.", []),
        ("Sixty two years old.", []),
        ("About twelve.", []),
        ("Over twelve.", []),
    ],
)
def test_what_answers_for_a_birth_date_and_what_does_not(answer: str, found: list[tuple[str, float]]) -> None:
    """Counts, ages and words of the grammar answer something else."""
    assert [(w, s) for w, _, s in hits(ASKED, answer)] == found


LEAD = (
    "that is what they all said to me when we came in here and sat down by it then at last so it went".split()
)


@pytest.mark.parametrize(
    ("words", "score"), [(0, 0.85), (10, 0.85), (11, 0.85), (12, 0.7), (22, 0.7), (23, None)]
)
def test_an_answer_is_the_less_sure_the_later_it_comes(words: int, score: float | None) -> None:
    """And no answer at all a good sentence further on."""
    found = hits(ASKED, " ".join([*LEAD[:words], "six twelve eighty"]))
    assert [s for w, _, s in found if w.startswith("six")] == ([score] if score else [])


def test_figures_are_a_date_of_their_own() -> None:
    """However many stand in a line, each is found, as a date."""
    assert hits("On 14/02/1990, and 1990-02-14; not 14/02.") == [
        ("14/02/1990", "DATE", 0.9),
        ("1990-02-14", "DATE", 0.9),
    ]


def test_once_the_date_was_said_a_pair_of_numbers_behind_is_none() -> None:
    """The question is answered; three numbers are a date again."""
    said = (ASKED, "The first of May nineteen eighty, ward ten.", "Two three.", "Six twelve eighty.")
    found = [w for w, _, _ in hits(*said)]
    assert "Two three" not in found
    assert any("nineteen eighty" in w for w in found)


def test_a_count_between_does_not_end_the_answer() -> None:
    """ "Two doses" is passed over, and what follows is still looked at."""
    assert "Six twelve eighty" in [w for w, _, _ in hits(ASKED, "Two doses.", "Six twelve eighty.")]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("On Boxing Day we met.", [("Boxing Day", 0.8)]),
        ("Boxing Day was cold.", [("Boxing Day", 0.8)]),
        ("It rained at Lohri time.", []),
        ("Every Christmas Day we march.", []),
        ("Since Easter she is gone.", [("Easter", 0.7)]),
        ("Happy Easter Monday to you.", []),
    ],
)
def test_a_feast_tells_when_or_it_tells_nothing(said: str, found: list[tuple[str, float]]) -> None:
    """Behind a word that leads to a day, or one day at the start of a sentence."""
    assert [(w, s) for w, _, s in hits(said)] == found


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("On the third of August we met.", 0.95),
        ("On the last day of March we met.", 0.9),
        ("October seventh it was.", 0.92),
        ("It was 12 October then.", 0.8),
        ("In October we met.", 0.75),
        ("We met last October.", 0.8),
        ("Born in nineteen twenty nine.", 0.8),
        ("The fourth of the seventh it was.", 0.85),
    ],
)
def test_how_sure_a_date_is_depends_on_what_is_said_of_it(said: str, score: float) -> None:
    """A day with its month surest, a month alone least."""
    assert max(s for _, _, s in hits(said)) == score


@pytest.mark.parametrize(
    ("turns", "numbers", "found"),
    [
        ((ASKED, "October seventh.", "Right.", "Two three."), "Two three", True),
        ((ASKED, "May nineteen eighty.", "Right.", "Two three."), "Two three", False),
        ((ASKED, "May nineteen eighty.", "Right.", "Two three four."), "Two three four", True),
        (("May nineteen eighty.", ASKED, "Two three."), "Two three", True),
        ((ASKED, "Two?"), "Two", True),
        ((ASKED, "Two!"), "Two", True),
        ((ASKED, "Two;"), "Two", False),
    ],
)
def test_a_date_that_answered_makes_two_numbers_behind_it_none(
    turns: tuple[str, ...], numbers: str, found: bool
) -> None:
    """One before the question did not answer it; a number by itself is followed by a pause."""
    assert (numbers in [w for w, _, _ in hits(*turns)]) is found
