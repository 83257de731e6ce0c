"""A name ends with its turn, unless the next turn begins with more of it."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.turn_ends import cut_at_turns


@pytest.mark.parametrize(
    ("kind", "first", "second", "words", "left"),
    [
        ("PERSON", "It was Zorblatt", "Yes it was", "Zorblatt\nYes", ["Zorblatt"]),
        ("PERSON", "It was Tess", "Zorblatt, was it", "Tess\nZorblatt", ["Tess", "Zorblatt"]),
        ("LOCATION", "In the end", "Zorbley it was", "end\nZorbley", ["Zorbley"]),
        ("PERSON", "It was Zorblatt", "Yes it was", "Zorblatt", ["Zorblatt"]),
        ("PHONE", "oh two one", "five five", "oh two one\nfive five", ["oh two one\nfive five"]),
    ],
)
def test_what_is_left_of_a_candidate(kind: str, first: str, second: str, words: str, left: list[str]) -> None:
    """Of a number all; of a name the turns that hold something of a name."""
    dialogue = Dialogue((first, second), ("S1", "S2"))
    start = dialogue.text.index(words)
    found = cut_at_turns(Candidate(start, start + len(words), kind, 0.8, "test"), dialogue)
    assert [dialogue.text[c.start : c.end] for c in found] == left
