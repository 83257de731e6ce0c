"""Which mentions of people are one person, and how surely."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.people import (  # fmt: skip
    FIT,
    Known,
    best_fits,
    fit,
    from_roster,
    named_among,
    parse_mention,
    sounds_nearest,
)
from pipeline.records import Person

PEOPLE = from_roster(
    [
        Person("P01", "Thomas Wexcombe", ("Tommy",)),
        Person("P02", "Ximena Quillfeather"),
        Person("P03", "Thomas Abernathy"),
    ]
)


def named(text: str, before: str = "") -> list[str]:
    """The codes of everyone a mention may mean."""
    return [p.label for p in best_fits(parse_mention(text, before), PEOPLE)[1]]


@pytest.mark.parametrize(
    ("text", "before", "tokens", "gender", "standing"),
    [
        ("Tess Odell", "", ("tess", "odell"), "", ""),
        ("Mr Odell's", "", ("odell",), "m", "social"),
        ("Auntie Tess", "", ("tess",), "f", ""),
        ("Dr. Odell", "", ("odell",), "", "office"),
        ("Odell", "I saw Doctor ", ("odell",), "", "office"),
        ("Odell", "It was Mrs. ", ("odell",), "f", "social"),
        ("Odell", "I saw the ", ("odell",), "", ""),
        ("the Odells", "", ("odells",), "", ""),
        ("O, D, E, double L", "", ("odell",), "", ""),
        ("o-d-e-l-l", "", ("odell",), "", ""),
        ("T J", "", ("t", "j"), "", ""),
        ("Smith-Odell", "", ("smith", "odell"), "", ""),
    ],
)
def test_a_mention_is_read(
    text: str, before: str, tokens: tuple[str, ...], gender: str, standing: str
) -> None:
    """Without title and possessive; what is spelled out is the word it spells; a title tells of whom it may be."""
    mention = parse_mention(text, before)
    assert (mention.tokens, mention.gender, mention.standing) == (tokens, gender, standing)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Wexcombe", ["P01"]),
        ("Tommy", ["P01", "P03"]),  # a pet form of the other too
        ("Thomas", ["P01", "P03"]),  # two go by it
        ("Thomas Abernathy", ["P03"]),
        ("Abernathy, Thomas", ["P03"]),
        ("T Abernathy", ["P03"]),
        ("Quill feather", ["P02"]),
        ("Wex combe", ["P01"]),
        ("Thomas Quillfeather", []),
        ("Zorblatt", []),
    ],
)
def test_who_may_be_meant(text: str, codes: list[str]) -> None:
    """Parts, pet forms, initials, words cut elsewhere; a given name with somebody else's surname is a stranger."""
    assert named(text) == codes


def test_a_title_keeps_people_apart() -> None:
    """A doctor is not her grandmother, a man no woman."""
    doctor = Known("Person 1", [("ashgrove",)], standing="office")
    lady = Known("Person 2", [("ashgrove",)], gender="f")
    assert fit(parse_mention("Mrs Ashgrove"), doctor) == 0
    assert fit(parse_mention("Dr Ashgrove"), doctor) >= FIT
    assert fit(parse_mention("Mr Ashgrove"), lady) == 0
    assert fit(parse_mention("Ashgrove"), lady) >= FIT


def test_behind_a_title_it_is_rather_the_surname() -> None:
    """Of two whose names share a word, the one who is called so by it."""
    first, last = Known("Person 1", [("taylor", "quill")]), Known("Person 2", [("ana", "taylor")])
    mention = parse_mention("Mr Taylor")
    assert fit(mention, last) > fit(mention, first)


def test_a_full_name_extends_one_word_known_so_far() -> None:
    """And none where more was known."""
    short, longer = Known("Person 1", [("tess",)]), Known("Person 1", [("tess",), ("tess", "odell")])
    assert fit(parse_mention("Tess Brack"), short) >= FIT
    assert fit(parse_mention("Tess Brack"), longer) == 0


def test_a_person_learns_forms_gender_and_standing_once() -> None:
    """The first that tells it counts; a participant's forms are the roster's alone."""
    person = Known("Person 1")
    for said in ("Mr Odell", "Mrs Odell", "Dr Tess Odell", "Odell"):
        person.learn(parse_mention(said))
    assert (person.forms, person.gender, person.standing) == ([("odell",), ("tess", "odell")], "m", "social")
    participant = from_roster([Person("P01", "Tess Odell")])[0]
    participant.learn(parse_mention("Mrs Brack"))
    assert (participant.forms, participant.gender) == ([("tess", "odell")], "")


@pytest.mark.parametrize(
    ("said", "code"),
    [("Zhuhai Ang Ximena", "P02"), ("Ximena on hold", "P02"), ("Ximena Abernathy", ""), ("Thomas on hold", ""), ("Ximena", "")],
)  # fmt: skip
def test_a_given_name_among_words_that_are_none(said: str, code: str) -> None:
    """Is that participant; with a surname behind it, or where two are called so, nobody is meant surely."""
    found = named_among(parse_mention(said), PEOPLE)
    assert (found.label if found else "") == code


def test_what_was_found_by_its_sound_goes_to_the_nearest() -> None:
    """Of the participants alone, and to nobody where none is near."""
    stranger = Known("Person 9", [("quilfether",)])
    nearest = sounds_nearest(parse_mention("quill fether"), [*PEOPLE, stranger])
    assert nearest is not None
    assert nearest.label == "P02"
    assert sounds_nearest(parse_mention("bob"), PEOPLE) is None


@given(
    st.lists(
        st.sampled_from(["tess", "odell", "ana", "brack", "t", "odel", "wexcombe"]), min_size=1, max_size=3
    )
)
def test_whoever_is_called_wholly_by_a_name_fits_it_best(words: list[str]) -> None:
    """The same words in the same order are that person, whoever else is there."""
    mine, other = Known("Person 1", [tuple(words)]), Known("Person 2", [("tess", "odell", "brack", "quill")])
    best, people = best_fits(parse_mention(" ".join(words)), [other, mine])
    assert mine in people or len(words[0]) == 1
    assert best >= FIT or len(words) == 1
