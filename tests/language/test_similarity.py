"""Words that sound like names."""

from __future__ import annotations

import pytest

from pipeline.language.similarity import word_similarity


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("way", "wei"),
        ("row", "ro"),
        ("shawn", "shaun"),
        ("aroah", "aroha"),
        ("sionie", "sione"),
        ("caitlyn", "caitlin"),
    ],
)
def test_a_misheard_name_is_alike(heard: str, name: str) -> None:
    """Sound-alikes and slips of spelling reach the least likeness the roster asks for."""
    assert word_similarity(heard, name) >= 0.75


@pytest.mark.parametrize(
    ("heard", "name"),
    [("pain", "priya"), ("doctor", "tom"), ("why", "wei"), ("time", "tom"), ("tablet", "helen")],
)
def test_other_words_are_not(heard: str, name: str) -> None:
    """Ordinary words are far from names."""
    assert word_similarity(heard, name) < 0.75
