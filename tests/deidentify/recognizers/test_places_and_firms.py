"""Places and organisations as they are said: by lists, by their last word, by what leads up to them."""

from __future__ import annotations

import pytest

from pipeline.deidentify.recognizers.organisations import OrganisationRecognizer
from pipeline.deidentify.recognizers.places import PlaceRecognizer
from pipeline.deidentify.recognizers.spoken_codes import SpokenCodeRecognizer
from tests.deidentify.recognizers.seen import seen

ORGANISATIONS, PLACES, CODES = OrganisationRecognizer(), PlaceRecognizer(), SpokenCodeRecognizer()


@pytest.mark.parametrize(
    ("turn", "found"),
    [
        ("She went to Saint Hilda's College last year.", "Saint Hilda's College"),
        ("We took him to Zorbley hospital.", "Zorbley hospital"),
        ("It was the Zorbley Medical Centre, I think.", "Zorbley Medical Centre"),
        ("I work for Wexcombe Freight.", "Wexcombe Freight"),
        ("Hello, it's Doctor Quill calling from Rimu Road Surgery.", "Rimu Road Surgery"),
        ("He plays for Zorbley United.", "Zorbley United"),
        ("She was taken to KKH on Monday.", "KKH"),
        ("they sent me to kkh then home", "kkh"),
        ("I was at the Western General.", "Western General"),
        ("We met at the Crown and Anchor.", "Crown and Anchor"),
        ("I'm a nurse with Quillfeather Trust.", "Quillfeather Trust"),
        ("We went to Guy's Hospital.", "Guy's Hospital"),
        ("Welcome to Wexcombe Medical.", "Wexcombe Medical"),
    ],
)
def test_a_firm_is_found_whole(turn: str, found: str) -> None:
    """The longest of what is found for it is its name, without what leads up to it."""
    finds = seen(ORGANISATIONS, turn)
    assert ("ORG", found) in finds
    assert max((words for _, words in finds), key=len) == found


@pytest.mark.parametrize(
    "turn",
    [
        "He is at the medical centre.",
        "She went to the GP.",
        "He had an MRI at the hospital.",
        "she took the bus to work",
        "He is on Levodopa from Pfizer.",
        "The school is near.",
        "My old school was good.",
    ],
)
def test_a_kind_of_place_is_no_firm(turn: str) -> None:
    """Nor is what everybody goes to, takes or is seen with."""
    assert seen(ORGANISATIONS, turn) == []


@pytest.mark.parametrize(
    ("turn", "found"),
    [
        ("I grew up in Abeokuta.", "Abeokuta"),
        ("We live near Nottingham.", "Nottingham"),
        ("she grew up in nottingham", "nottingham"),
        ("I moved to Reading last year.", "Reading"),
        ("My aunt lives in Bath.", "Bath"),
        ("She is on ward six.", "ward six"),
        ("They moved her to Rimu ward.", "Rimu ward"),
        ("In Zorbley it rained.", "Zorbley"),
        ("He comes from Wales.", "Wales"),
        ("We met in Paris.", "Paris"),
    ],
)
def test_a_place_is_found(turn: str, found: str) -> None:
    """Listed or not, where it stands like one; words that are places too need a capital or a cue."""
    assert ("LOCATION", found) in seen(PLACES, turn)


@pytest.mark.parametrize(
    "turn",
    [
        "Reading is a nice hobby.",
        "He had a bath.",
        "the ward was full",
        "They ate turkey.",
        "Doctor London said so.",
        "Sister Boston said no.",
        "she read in bed",
        "I met Paris and Nicole.",
        "Nice to meet you.",
    ],
)
def test_what_is_only_called_like_a_place_stays(turn: str) -> None:
    """An ordinary word, or somebody behind a title."""
    assert seen(PLACES, turn) == []


def test_two_places_in_a_sentence_are_two() -> None:
    """Each with its own words."""
    assert seen(PLACES, "We flew from Turkey to France.") == [("LOCATION", "Turkey"), ("LOCATION", "France")]


@pytest.mark.parametrize(
    ("turn", "found"),
    [
        ("kilo tango four seven two", ["kilo tango four seven two"]),
        ("my code is x x seven seven nine", ["x x seven seven nine"]),
        ("fir number twelve of nineteen ninety", ["twelve of nineteen ninety"]),
        ("one two three four five", []),
        ("It was a B and a C.", []),
        ("section three of the act", []),
    ],
)
def test_a_code_in_pieces(turn: str, found: list[str]) -> None:
    """Letters and figures that somebody reads out; neither counting aloud nor a paragraph's number."""
    assert [words for _, words in seen(CODES, turn)] == found
