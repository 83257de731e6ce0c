"""Which mentions of a place, an organisation or another numbered thing are one entity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.entities import EXACT, HEADS, PART, SPELLING, fit, parse_entity

SAME, PARTLY, MISSPELT, TWO = EXACT, PART, SPELLING, 0


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Rimu ward", "the Rimu ward", SAME),
        ("rimu ward's", "Rimu Ward", SAME),
        ("Rimu", "Rimu ward", PARTLY),
        ("the ward of Rimu", "our Rimu, um, ward", PARTLY),
        ("Rimu ward", "Rimu House", TWO),
        ("Saint Hilda's", "St Hildas", MISSPELT),
        ("Saint Hilda's College", "St Hilda College", SAME),
        ("Mount Zorb", "Mt Zorb", SAME),
        ("Zorbley Centre", "Zorbley Center", SAME),
        ("ward five", "ward 5", SAME),
        ("ward five", "ward six", TWO),
        ("ward fifteen", "ward fifty", TWO),
        ("First Zorbley", "Third Zorbley", TWO),
        ("Palmerston", "Palmerston North", TWO),
        ("Wharfendale", "Wharfdendale", MISSPELT),
        ("Wharfendale Hospital", "Wharfendake Hospital", MISSPELT),
        ("Wharfendale Hospital", "Wharfendake School", TWO),
        ("Zorbl", "Zorbk", MISSPELT),  # five letters, one slip
        ("Zorb", "Zorn", TWO),  # four are too few
        ("Zorbelyk", "Zrobelky", MISSPELT),  # eight, two slips
        ("Zorbely", "Zrobeyl", TWO),  # seven, two slips
        ("Boston", "Bostan", MISSPELT),
        ("Boston", "Paston", TWO),
        ("Zorbley, Quillfeather", "Zorbley Quillfaether", MISSPELT),
        ("Zorbley", "Zorbley Quillfeather", TWO),
        ("the hospital", "the hospital", SAME),
        ("the hospital", "the school", TWO),
    ],
)
def test_mentions_of_one_entity(one: str, other: str, how: int) -> None:
    """Without article, possessive and kind; as figures, in one spelling; a slip in a long word alone."""
    a, b = parse_entity(one), parse_entity(other)
    assert (fit(a, b), fit(b, a)) == (how, how)


def test_two_known_words_are_never_one_misspelt() -> None:
    """Of two places that are both known, neither is a slip for the other."""
    assert fit(parse_entity("Preston"), parse_entity("Prestan")) == SPELLING
    assert fit(parse_entity("Bolton"), parse_entity("Boston")) == 0
    assert fit(parse_entity("market"), parse_entity("marker")) == 0


def test_the_kind_is_told_from_the_name() -> None:
    """What people drop when they speak of it shortly."""
    parsed = parse_entity("the Rimu ward of Zorbley Hospital")
    assert parsed.heads == {"ward", "hospital"}
    assert parsed.core == ("rimu", "zorbley")
    assert parse_entity("the ward").core == ("ward",)
    assert {"ward", "school", "street"} <= HEADS


def test_a_name_of_small_words_alone_is_itself() -> None:
    """Nothing is left without them."""
    assert parse_entity("At the").tokens == ("at", "the")


@given(st.text(max_size=30), st.text(max_size=30))
def test_fitting_does_not_depend_on_who_comes_first(one: str, other: str) -> None:
    """And everything fits itself."""
    a, b = parse_entity(one), parse_entity(other)
    assert fit(a, b) == fit(b, a)
    assert fit(a, a) == EXACT
