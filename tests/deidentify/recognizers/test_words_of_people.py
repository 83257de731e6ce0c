"""Names spelled out, nationalities, occupations, and facts that single somebody out."""

from __future__ import annotations

import pytest

from pipeline.deidentify.recognizers.nationalities import NationalityRecognizer
from pipeline.deidentify.recognizers.professions import ProfessionRecognizer
from pipeline.deidentify.recognizers.singling_out import SinglingOutRecognizer
from pipeline.deidentify.recognizers.spelled import SpelledNameRecognizer
from tests.deidentify.recognizers.seen import seen


@pytest.mark.parametrize("said", ["N G A T A", "R, O, double S", "A S H C R O F T"])
def test_a_name_spelled_out_is_found(said: str) -> None:
    """Letter by letter, doubles included."""
    assert ("PERSON", said) in seen(SpelledNameRecognizer(), f"My surname's spelt {said}.")


def test_letters_joined_as_a_recogniser_writes_them_are_a_name() -> None:
    """Three joined letters are enough; three apart need a word about names."""
    assert seen(SpelledNameRecognizer(), "Hello, I am here. B-A-O. I work here.") == [("PERSON", "B-A-O")]
    assert seen(SpelledNameRecognizer(), "Hello, I am here. b a o works here.") == []


@pytest.mark.parametrize(
    "said", ["You had an M R I and an E C G.", "It's on the N H S.", "I, I, I don't know."]
)
def test_abbreviations_are_not_spelled_names(said: str) -> None:
    """Abbreviations that are read letter by letter stay."""
    assert seen(SpelledNameRecognizer(), said) == []


@pytest.mark.parametrize(
    "said", ["He's Samoan.", "My parents are Chinese, they said.", "a Tongan family", "She's Muslim."]
)
def test_origins_are_found(said: str) -> None:
    """Said of people, nationalities, peoples and religions are found."""
    assert [kind for kind, _ in seen(NationalityRecognizer(), said)] == ["NRP"]


@pytest.mark.parametrize(
    "said", ["We had Chinese food.", "an Indian takeaway", "French toast", "the Thai restaurant"]
)
def test_nationality_before_food_stays(said: str) -> None:
    """Food has no nationality to protect."""
    assert seen(NationalityRecognizer(), said) == []


def test_occupations_are_found_when_said_of_somebody() -> None:
    """ "I'm a", and the answer to what one does."""
    assert seen(ProfessionRecognizer(), "I'm a lawyer.") == [("PROFESSION", "lawyer")]
    assert ("PROFESSION", "falconer") in seen(ProfessionRecognizer(), "A falconer? Seriously?")


@pytest.mark.parametrize(
    "said", ["I'm a student.", "She's a nurse.", "The doctor said so.", "a good model of care"]
)
def test_roles_of_care_and_training_stay(said: str) -> None:
    """They identify nobody among such people."""
    assert seen(ProfessionRecognizer(), said) == []


def test_facts_that_single_out_are_flagged_by_kind() -> None:
    """A rare condition, an event in the news, a telling relationship."""
    said = "She has Huntington's, it was all over the news, and she's the mayor's daughter."
    assert [kind for kind, _ in seen(SinglingOutRecognizer(), said)] == ["CONDITION", "EVENT", "RELATIONSHIP"]
