"""Phone numbers, e-mail, handles and identity numbers, said aloud."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.recognizers.emails import SpokenContactRecognizer
from pipeline.deidentify.recognizers.identity_numbers import IdentityNumberRecognizer, is_nhi
from pipeline.deidentify.recognizers.phones import SpokenPhoneRecognizer
from tests.deidentify.recognizers.seen import covered, seen

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def test_a_number_with_doubles_and_fillers_is_a_phone_number() -> None:
    """Doubles, commas and fillers belong to it."""
    said = "Oh two one, double five four, um, oh nine three"
    assert seen(SpokenPhoneRecognizer(), f"I know it. {said}.") == [("PHONE", said)]


def test_counting_is_no_phone_number() -> None:
    """Counting up or down identifies nobody."""
    assert seen(SpokenPhoneRecognizer(), "One, two, three, four, five, six, seven, eight.") == []
    assert seen(SpokenPhoneRecognizer(), "Ten, nine, eight, seven, six, five, four.") == []


@given(st.lists(st.sampled_from(DIGITS), min_size=5, max_size=8))
def test_any_number_read_out_with_a_leading_oh_is_covered(digits: list[str]) -> None:
    """No digit of a phone number said after "my number is" is left."""
    left = covered(SpokenPhoneRecognizer(), "My number is oh two " + " ".join(digits) + ".")
    assert not set(left.removeprefix("My number is").split()) & set(DIGITS)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("aroha dot ngata at gmail dot com", "EMAIL"),
        ("sam underscore lee ninety at outlook dot co dot nz", "EMAIL"),
        ("someone@example.org", "EMAIL"),
        ("at tess underscore flies", "ID"),
        ("www dot example dot co dot nz", "URL"),
    ],
)
def test_contacts_said_aloud_are_found(said: str, kind: str) -> None:
    """E-mail addresses, handles and web addresses."""
    assert (kind, said) in seen(SpokenContactRecognizer(), f"It's {said}.")


@pytest.mark.parametrize(
    "said",
    ["He looks at me. Not at her, at me.", "At this point in time I'm fine.", "Meet me at home, love."],
)
def test_at_and_point_alone_are_no_contacts(said: str) -> None:
    """The words addresses are made of are ordinary words too."""
    assert seen(SpokenContactRecognizer(), said) == []


@pytest.mark.parametrize(
    "turns",
    [
        ("And then the N H I, Z J B four one two nine, and that's it.",),
        ("Plate was K L Q eight one six.",),
        ("What's your NHS number?", "It's nine four three, four seven six, five nine one nine."),
        ("My passport number is L M four seven one two two nine.",),
    ],
)
def test_codes_are_covered(turns: tuple[str, ...]) -> None:
    """No figure of an identity number is left."""
    left = covered(IdentityNumberRecognizer(), *turns)
    assert not set(left.lower().replace(",", " ").replace(".", " ").split()) & set(DIGITS)


@pytest.mark.parametrize(
    "said",
    [
        "section nine, section ten, whatever",
        "vitamin B twelve",
        "type two diabetes",
        "I had ten nine eight seven.",
    ],
)
def test_sections_vitamins_and_counts_are_no_codes(said: str) -> None:
    """Letters and numbers of law and medicine stay."""
    assert seen(IdentityNumberRecognizer(), said) == []


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("ZAC5361", True),
        ("zbn77vl", True),
        ("ALU18KZ", True),
        ("ZAC5362", False),
        ("OAC5361", False),
        ("ZAC", False),
    ],
)
def test_the_check_character_of_an_nhi_is_checked(code: str, right: bool) -> None:
    """Old and new form, upper and lower case."""
    assert is_nhi(code) is right
