"""A find grows to the whole name, and no further."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.whole_names import grow

REST = "Right, so that was what Tess Odell said, and then Ana Brack came."


def grown(said: str, part: str, kind: str) -> str:
    """What a find of a part of a sentence becomes."""
    dialogue = Dialogue((said, REST), ("S1", "S2"))
    start = dialogue.text.index(part)
    (c,) = grow([Candidate(start, start + len(part), kind, 0.8, "test")], dialogue)
    return dialogue.text[c.start : c.end]


@pytest.mark.parametrize(
    ("said", "part", "kind", "whole"),
    [
        ("Good afternoon, Brackdale Medical Group, hello.", "Brackdale", "ORG", "Brackdale Medical Group"),
        ("I went to University Hospital Brackdale.", "Brackdale", "ORG", "University Hospital Brackdale"),
        ("He was at Valley Baptist again.", "Valley", "ORG", "Valley Baptist"),
        ("I work in central London, mostly.", "London", "LOCATION", "central London"),
        ("It's forty Tan-y-Bryn, at the end.", "Tan", "ADDRESS", "Tan-y-Bryn"),
        ("It was the third of May, I think.", "third of May", "DATE", "third of May"),
        ("And my name is J P Odell.", "Odell", "PERSON", "J P Odell"),
    ],
)
def test_a_part_becomes_the_whole(said: str, part: str, kind: str, whole: str) -> None:
    """All words of a proper name, the part of a town, the article of a date."""
    assert grown(said, part, kind) == whole


@pytest.mark.parametrize(
    ("said", "part", "kind"),
    [
        ("Thanks Odell, see you.", "Odell", "PERSON"),
        ("I saw Doctor Odell on Monday.", "Odell", "PERSON"),
        ("In India it was hot.", "India", "LOCATION"),
        ("She saw Tess, Ana and me.", "Tess", "PERSON"),
        ("It was Tess's Ramipril.", "Tess", "PERSON"),
        ("north of London it rains.", "London", "LOCATION"),
    ],
)
def test_what_is_no_part_of_a_name_stays_outside(said: str, part: str, kind: str) -> None:
    """Greetings, titles, prepositions, another name behind a comma, a possessive's thing."""
    assert grown(said, part, kind) == part
