"""What is made of the talk classifier's readings, word by word."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import build
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import Hit, View
from pipeline.deidentify.recognizers.talk_finds import TalkRecognizer
from pipeline.deidentify.talk import Reading
from pipeline.records import Utterance

FROM_HERE_IT_COUNTS = 0.7  # such a find protects all mentions


def found(text: str, kind: str, *marked: str, sure: float = 0.95, abroad: float = 0.0) -> list[Hit]:
    """Finds of one turn a line, whose marked words the classifier reads as one type."""
    turns = [Utterance(f"P0{n}", n, n + 1, line, ()) for n, line in enumerate(text.split("\n"), 1)]
    dialogue = build(turns, None)
    readings = [
        Reading({kind: sure}, abroad) if t.text.strip(".,?").lower() in marked else Reading({kind: 0.01})
        for t in dialogue.tokens
    ]
    return list(TalkRecognizer().find(View(dialogue, Questions(dialogue), readings=readings)))


def texts(text: str, hits: list[Hit]) -> list[str]:
    """What the finds cover."""
    return [text[h.start : h.end] for h in hits]


@pytest.mark.parametrize(
    ("text", "kind", "marked", "expected"),
    [
        ("so it is um oriana the", "PERSON", ("um", "oriana", "the"), ["oriana"]),
        ("I am at the Haven now", "ORG", ("at", "the", "haven"), ["Haven"]),
        ("That is Oriana said so", "PERSON", ("is", "oriana", "said"), ["Oriana"]),
        ("She was Tamsin's aunt", "PERSON", ("tamsin's",), ["Tamsin"]),
        ("on the fourth, um, of March", "DATE", ("fourth", "um", "of", "march"), ["fourth, um, of March"]),
        ("it was ages ago", "DATE", ("ages", "ago"), []),
        ("ok and the", "PERSON", ("ok", "and", "the"), []),
    ],
)
def test_a_find_is_the_words_that_identify(
    text: str, kind: str, marked: tuple[str, ...], expected: list[str]
) -> None:
    """No fillers, small words or possessive at its ends; a number or month in what counts; an organisation's "the"."""
    assert texts(text, found(text, kind, *marked)) == expected


def test_a_find_ends_with_its_turn() -> None:
    """The next speaker's name is another find."""
    text = "I am Oriana\nTamsin is here"
    assert texts(text, found(text, "PERSON", "oriana", "tamsin")) == ["Oriana", "Tamsin"]


@pytest.mark.parametrize("word", ["away", "shaky", "elbow"])
def test_ordinary_words_are_doubtful_however_sure_the_classifier_is(word: str) -> None:
    """They are found, once, as a question; a name nobody lists is found surely."""
    [ordinary] = found(f"thank you {word} again", "PERSON", word, sure=0.99)
    [name] = found("thank you orielle again", "PERSON", "orielle", sure=0.99)
    assert ordinary.score < FROM_HERE_IT_COUNTS < name.score


def test_a_country_is_no_place_of_ones_own() -> None:
    """Countries are quasi-identifiers."""
    [country] = found("I came from Samoa then", "LOCATION", "samoa", abroad=0.9)
    [town] = found("I came from Otara then", "LOCATION", "otara")
    assert (country.tier, town.tier) == ("quasi", "")


def test_what_is_unlikely_is_not_found() -> None:
    """Below three in ten a reading is no find."""
    assert found("I am Oriana", "PERSON", "oriana", sure=0.2) == []
