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


def hits(*turns: str) -> list[tuple[str, float, str]]:
    """(words, score, tier) of each find."""
    text = "\n".join(turns)
    found = SpokenAgeRecognizer().analyze(text, [])
    return [(text[r.start : r.end], r.score, r.recognition_metadata["tier"]) for r in found]


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ("She is eighty nine.", "quasi"),
        ("She is ninety.", "direct"),
        ("She is a hundred and two years old.", "direct"),
        ("She is in her late nineties.", "direct"),
        ("He is in his early 90s.", "direct"),
        ("He is in his late eighties.", "quasi"),
        ("The baby's 95 days old.", "quasi"),
        ("My daughter is 91 weeks old.", "quasi"),
        ("He is 95 years old.", "direct"),
        ("She is one hundred and one.", "direct"),
    ],
)
def test_the_tier_is_by_years_and_not_by_weeks(said: str, tier: str) -> None:
    """Safe Harbor's class begins at ninety years; a baby of ninety five days is none of it."""
    assert {t for _, _, t in hits(said)} == {tier}


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("She is sixty years old.", 0.97),
        ("I'm sixty.", 0.8),
        ("He died at sixty.", 0.75),
        ("He is 60yo.", 0.9),
        ("An old man of sixty.", 0.8),
        ("In my sixties.", 0.8),
        ("In the late sixties.", 0.8),
        ("They were aged forty to fifty.", 0.8),
    ],
)
def test_how_sure_an_age_is_depends_on_what_says_so(said: str, score: float) -> None:
    """Never more than 1, and surest where years are named."""
    assert max(s for _, s, _ in hits(said)) == score


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        (("How old are you?", "Forty five."), [("Forty five", 0.85, "quasi")]),
        (("How old are you?", "Well.", "Hm.", "Forty five."), [("Forty five", 0.85, "quasi")]),
        (("How old are you?", "Well.", "Hm.", "Right.", "Forty five."), []),
        (("How old are you?", "One."), []),
        (("How old are you?", "It was out of forty five."), []),
        (("How old is it, the baby?", "Six weeks."), [("Six weeks", 0.75, "quasi")]),
        (("How old is it, the baby?", "Said, six weeks."), [("six weeks", 0.75, "quasi")]),
        (("How old is it, the baby?", "Well, said, six weeks."), []),
        (("How old is it, the baby?", "Hm.", "Six weeks."), [("Six weeks", 0.75, "quasi")]),
        (("How old is it, the baby?", "Hm.", "So.", "Six weeks."), []),
        (("The baby sleeps.", "Six weeks."), []),
        (("How old are you?", "I would say that it was on a day like this in spring, forty five."), []),
    ],
)
def test_an_answer_is_an_age_near_its_question(
    turns: tuple[str, ...], found: list[tuple[str, float, str]]
) -> None:
    """Within ten words and three turns; a count is none."""
    assert hits(*turns) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("My Anna? She's four.", True),
        ("My Anna? She's four, I think.", True),
        ("My Anna? She's four and a half metres off.", False),
        ("My Anna? She's four steps off.", False),
        ("my anna she's four", False),
    ],
)
def test_a_child_s_bare_age_ends_its_phrase(said: str, found: bool) -> None:
    """A number before a thing counts the things."""
    assert bool([h for h in hits(said) if h[0].startswith("four")]) is found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("There is Mr Sampleton. Ninety three. He dives.", True),
        ("There is Mr Sampleton, ninety three, he dives.", True),
        ("There is Mr Sampleton. Ninety, three, he dives.", False),
        ("There is Mr Sampleton Ninety three. He dives.", False),
        ("There is Anna with a dog. Ninety three. He dives.", False),
        ("There is Mr Sampleton. Ninety three he dives.", False),
        ("there is mr sampleton. ninety three. he dives.", False),
        ("Ninety three. He dives, says Anna.", False),
        ("... Ninety three. He dives, says Anna.", False),
        ("Sampleton. Ninety three. He dives, says Anna.", True),
    ],
)
def test_a_number_that_is_a_sentence_is_an_age_right_behind_a_name_alone(said: str, found: bool) -> None:
    """A capital, marks on both sides and none inside; otherwise it counts something."""
    assert bool([h for h in hits(said) if h[1] == 0.65]) is found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("I'm 60.", True),
        ("I'm 60/40 on it.", False),
        ("I'm 28+3 today.", False),
        ("+20yo it said.", False),
        ("I'm $60 down.", False),
        ("I'm sixty on the Beck.", False),
        ("I'm sixty on the bus.", True),
    ],
)
def test_part_of_a_sum_or_a_score_is_no_age(said: str, found: bool) -> None:
    """By the sign beside it, or the test it is a score of."""
    assert bool(hits(said)) is found


def test_an_age_may_open_the_talk() -> None:
    """Nothing stands before it, so no sign does."""
    assert hits("20yo, they said.") == [("20yo", 0.9, "quasi")]
