"""Streets and postcodes, said aloud."""

from __future__ import annotations

import pytest

from pipeline.deidentify.recognizers.address_answers import AddressAnswerRecognizer
from pipeline.deidentify.recognizers.addresses import SpokenAddressRecognizer
from pipeline.deidentify.recognizers.postcodes import PostcodeRecognizer
from tests.deidentify.recognizers.seen import covered_by_all, seen

ALL = (SpokenAddressRecognizer(), AddressAnswerRecognizer(), PostcodeRecognizer())


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("And your address?", "sixty two Larkspur Road Streatham SW sixteen six JT"),
        ("Can I take the first line of your address?", "Flat three, twelve, um, Acacia Road"),
        ("What's your address?", "Fifteen, The Avenue"),
        ("And the postcode?", "N four, one double A"),
        ("What's your postcode?", "W six five"),
        ("And your postcode?", "S E fifteen, two, R for Romeo, N"),
        ("Have you an Eircode?", "H nine one, T six W K"),
        ("What's your postal code?", "V five K, one B two"),
        ("What's the zip?", "Nine four one one oh"),
        ("Where are you at?", "four seventeen Mesquite Bend"),
        ("What's the address?", "three eighteen West Larkin Street, apartment four C"),
    ],
)
def test_an_address_asked_for_is_covered(question: str, answer: str) -> None:
    """Nothing but fillers of the answer is left."""
    left = covered_by_all(ALL, question, f"Uh, {answer}.").split("\n")[1]
    assert not set(left.lower().replace("uh", "")) & set("abcdefghijklmnopqrstvwxyz0123456789")


@pytest.mark.parametrize(
    "said", ["eighteen Tirangi Crescent", "one thirty seven Elm Tree Lane", "22 Baker Street"]
)
def test_a_street_with_a_number_needs_no_question(said: str) -> None:
    """A number, a name and a word for a street are an address anywhere."""
    assert ("ADDRESS", said) in seen(SpokenAddressRecognizer(), f"We drove up to {said}, and rang.")


@pytest.mark.parametrize(
    "said",
    [
        "Are your stools more loose?",
        "It goes on one way or another in this place.",
        "I walked two miles down the road.",
        "There's no one at home with the same symptoms.",
        "It's the L four L five disc.",
        "One five six. OK. Drive carefully.",
        "I want to address the pain. Two of the nights were bad.",
    ],
)
def test_ordinary_talk_is_no_address(said: str) -> None:
    """Roads, ways and places of ordinary talk stay."""
    assert [find for recognizer in ALL for find in seen(recognizer, said)] == []
