"""What a word is: common or rare, a name, a place, a drug, an ordinary word."""

from __future__ import annotations

import pytest

from pipeline.language.cues import FORMAL_TITLES, GREETS, INTRODUCES, MAY_INTRODUCE, NEVER, TITLES
from pipeline.language.lexicon import Band, band, is_medical, is_mere_word, is_name, is_place, is_plain_word
from pipeline.language.text import compose, fold, is_right_to_left, letters


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("zorblatt", Band.UNKNOWN),
        ("the", Band.FUNCTION),
        ("okay", Band.CONSTANT),
        ("alive", Band.EVERYDAY),
        ("falconer", Band.UNUSUAL),
    ],
)
def test_bands(word: str, expected: Band) -> None:
    """From words nobody reads to words that hold sentences together."""
    assert band(word) is expected


def test_bands_are_in_order() -> None:
    """A rule may ask for a band and all above it."""
    words = ("the", "okay", "alive", "chemist", "falconer", "zorblatt")
    bands = [band(w) for w in words]
    assert bands == sorted(bands, reverse=True)


def test_what_words_are() -> None:
    """Names, places, drugs, words that are names by their place alone."""
    assert is_name("brigitta")
    assert not is_name("zorblatt")
    assert is_place("wellington")
    assert is_medical("paracetamol")
    assert is_medical("parkinson")
    assert is_plain_word("morning")
    assert not is_plain_word("brigitta")
    assert is_mere_word("away")
    assert not is_mere_word("faith")


def test_text_is_made_comparable() -> None:
    """Accents, apostrophes, case; letters alone; composed; its direction."""
    assert fold("K\u014dwhai\u2019s \u0141\u00f3d\u017a Stra\u00dfe") == "kowhai's lodz strasse"
    assert letters("I\u2019m Jos\u00e9, 2") == "imjose2"
    assert compose("Jose\u0301") == "Jos\u00e9"
    assert is_right_to_left("123 \u05d0\u05d1")
    assert not is_right_to_left("123 ab")


@pytest.mark.parametrize(
    ("cue", "lead", "fits"),
    [
        (INTRODUCES, "my sister's name is ", True),
        (INTRODUCES, "my sister is ", False),
        (MAY_INTRODUCE, "and her older brother ", True),
        (MAY_INTRODUCE, "some brother ", False),
        (GREETS, "kia ora ", True),
        (GREETS, "kia ", False),
    ],
)
def test_cues(cue: object, lead: str, fits: bool) -> None:
    """Phrases of the data, whole words, right before the name."""
    assert bool(cue.search(lead)) is fits  # type: ignore[attr-defined]


def test_titles_are_one_list() -> None:
    """Every formal title is a title, and none is a name."""
    assert FORMAL_TITLES < TITLES
    assert FORMAL_TITLES < NEVER
