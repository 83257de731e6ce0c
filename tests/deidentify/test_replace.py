"""Replacing in texts and in words with times; operators."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify.operators import age_band, shift
from pipeline.deidentify.replace import Edit, Replaced, Replacer, apply
from pipeline.language.spoken import SaidDate, read_age, read_date
from pipeline.records import Utterance, Word

REPLACER = Replacer()


def utterance(text: str) -> Utterance:
    """An utterance whose words each take one second."""
    said = text.split()
    return Utterance("P01", 0, len(said), text, tuple(Word(i, i + 1, w) for i, w in enumerate(said)))


def put(text: str, *places: tuple[int, int]) -> Replaced:
    return REPLACER.replace(text, [Edit(s, e, "session-label", {"label": "Person 1"}) for s, e in places])


def test_a_label_stands_where_the_words_stood() -> None:
    """The possessive and the full stop stay outside the label."""
    assert put("It was Oddny's idea.", (7, 12)).text == "It was [Person 1]'s idea."


def test_each_place_has_its_own_replacement() -> None:
    """Two places in one text with two labels."""
    edits = [Edit(0, 3, "session-label", {"label": "P01"}), Edit(8, 11, "session-label", {"label": "P02"})]
    replaced = REPLACER.replace("Abc and Def", edits)
    assert replaced == Replaced("[P01] and [P02]", ((0, 3, "[P01]"), (8, 11, "[P02]")))


@pytest.mark.parametrize("places", [[(0, 4), (3, 6)], [(0, 99)], [(3, 3)]])
def test_edits_that_cannot_be_are_refused(places: list[tuple[int, int]]) -> None:
    """Overlapping, empty or outside edits are an error, not a guess."""
    with pytest.raises(ValueError, match="overlap or lie outside"):
        put("Some text", *places)


def test_an_operator_refuses_a_missing_parameter() -> None:
    """Parameters are validated before anything is replaced."""
    with pytest.raises(ValueError, match="session-label needs label"):
        REPLACER.replace("Some text", [Edit(0, 4, "session-label")])


def test_words_of_a_replaced_name_become_one_word_with_its_time() -> None:
    """The label's word lasts from the first word's start to the last word's end."""
    u = utterance("Then Oddny Xavier's aunt left.")
    new = apply(u, put(u.text, (5, 17)))
    assert [(w.start, w.end, w.text) for w in new.words] == [
        (0, 1, "Then"), (1, 3, "[Person 1]'s"), (3, 4, "aunt"), (4, 5, "left."),
    ]  # fmt: skip


def test_words_that_are_not_in_the_text_are_dropped() -> None:
    """When words and text disagree no word is kept: it might be a name that the text no longer has."""
    u = Utterance("P01", 0, 2, "Then Oddny left", (Word(0, 1, "Odd"), Word(1, 2, "ny")))
    assert apply(u, put(u.text, (5, 10))).words == ()


word = st.text(alphabet="abcdexyz.,'é", min_size=1, max_size=6)


@given(st.lists(word, min_size=1, max_size=12), st.data())
@settings(max_examples=200, deadline=None)
def test_words_always_say_what_the_text_says(said: list[str], data: st.DataObject) -> None:
    """Whatever is replaced, the words hold the new text's characters and nothing of what was replaced."""
    u = utterance(" ".join(said))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(u.text)), max_size=6)))
    places = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if u.text[a:b].strip()]
    replaced = put(u.text, *places)
    new = apply(u, replaced)
    assert "".join("".join(w.text.split()) for w in new.words) in ("", "".join(new.text.split()))
    assert all(a.start <= b.start and a.end <= b.end for a, b in zip(new.words, new.words[1:], strict=False))
    if not places:
        assert new.words == u.words


@pytest.mark.parametrize(
    ("said", "band"),
    [
        ("forty six", "Age 40-49"), ("46", "Age 40-49"), ("sixty-seven-year-old", "Age 60-69"),
        ("in her late sixties", "Age 60-69"), ("eighteen months old", "Age 0-9"), ("eleven years old", "Age 10-19"),
        ("ninety", "Age 90+"), ("ninety four", "Age 90+"), ("a hundred and two", "Age 90+"), ("eighty-nine", "Age 80-89"),
        ("fiftieth birthday", "Age 50-59"), ("mid-40s", "Age 40-49"), ("quite old", "Age"),
    ],
)  # fmt: skip
def test_ages_become_bands(said: str, band: str) -> None:
    """Ages as people say them fall into bands of ten, ninety and over apart."""
    assert age_band(said) == band


@given(st.integers(0, 120), st.integers(1, 30), st.integers(60, 100))
@settings(deadline=None)
def test_a_band_holds_its_age_and_no_old_one_shows(age: int, width: int, top: int) -> None:
    """The age lies within its band; from the top on there is one band only."""
    band = age_band(str(age), width, top).removeprefix("Age ")
    if age >= top:
        assert band == f"{top}+"
    else:
        first, last = map(int, band.split("-"))
        assert first <= age <= last < top


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("third of August nineteen seventy eight", SaidDate(3, 8, 1978)),
        ("first of January, of um, nineteen ninety two", SaidDate(1, 1, 1992)),
        ("the eleventh of June", SaidDate(11, 6)),
        ("June 25", SaidDate(25, 6)),
        ("May the 4th 2001", SaidDate(4, 5, 2001)),
        ("second of February two thousand and four", SaidDate(2, 2, 2004)),
        ("1978-08-03", SaidDate(3, 8, 1978)),
        ("3/8/1978", None),
        ("the fourth", None),
        ("August", None),
    ],
)
def test_dates_as_said(said: str, date: SaidDate | None) -> None:
    """Spoken and written dates are read; one that could be two days is not."""
    assert read_date(said) == date


def test_a_shift_keeps_distances() -> None:
    """Two dates stay as far apart as they were; a day that never was gives none."""
    assert shift(SaidDate(3, 8, 1978), 7) == "10 August 1978"
    assert shift(SaidDate(28, 12), 7) == "4 January"
    assert shift(SaidDate(31, 2, 2001), 7) is None


def test_reading_an_age_needs_a_number() -> None:
    """Numbers nobody lives to are no ages."""
    assert read_age("three hundred") is None
    assert read_age("young") is None
