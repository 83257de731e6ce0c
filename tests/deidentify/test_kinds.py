"""Which kind of number an ID is, by its cue."""

from __future__ import annotations

import pytest

from pipeline.deidentify.classes import class_of_span
from pipeline.deidentify.kinds import tell_kinds
from pipeline.records import Span, Utterance


def kind(before: str, said: str = "X J 7 7", type_: str = "ID", asked: str = "") -> str:
    """The class key of a number said after some words."""
    utterances = [Utterance("P01", 0, 1, asked), Utterance("P02", 1, 2, f"{before} {said} okay")]
    at = len(before) + 1
    span = Span(1, at, at + len(said), type_, "direct", 0.9, "test", said)
    return class_of_span(tell_kinds([span], utterances)[0]).key


@pytest.mark.parametrize(
    ("before", "key"),
    [
        ("and then the N H I,", "health_record"), ("her NHS number is", "health_record"), ("my Medicare is", "health_plan"),
        ("the social security's", "social_security"), ("an IRD number,", "social_security"), ("the rego's", "vehicle"),
        ("the licence plate was", "vehicle"), ("my driver's licence is", "licence"), ("passport,", "licence"),
        ("into account", "account"), ("hospital number", "health_record"), ("serial number", "device"),
        ("and it's", "other_id"), ("my passport, no, the account number is", "account"),
    ],
)  # fmt: skip
def test_the_cue_tells_the_kind(before: str, key: str) -> None:
    """The last cue before a number decides; without one it stays an ID."""
    assert kind(before) == key


def test_the_question_tells_the_kind() -> None:
    """The cue may be in the utterance before."""
    assert kind("It's", asked="And your passport number?") == "licence"
    assert kind("It's the", "fourth of May", "DATE", "Date of birth?") == "birth_date"
    assert kind("our fax is", "555 0100", "PHONE") == "fax"


def test_a_handle_tells_itself() -> None:
    """A name with an underscore is a handle; names of people are left alone."""
    assert kind("it's", "at tam underscore flies") == "handle"
    assert kind("the N H I of", "Brogan", "PERSON") == "name"
