"""Overlapping finds become one: what it is, and how far it reaches."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.merge import NEAR_TIE, Candidate, free_parts, resolve


def test_a_faint_longer_find_lends_its_length_alone() -> None:
    """A participant's name stays a name when capitals around it look like an organisation."""
    name = Candidate(8, 13, "PERSON", 0.99, "PersonRecognizer")
    capitals = Candidate(0, 13, "ORG", 0.57, "ProperWordRecognizer")
    assert resolve([capitals, name]) == [Candidate(0, 13, "PERSON", 0.99, "PersonRecognizer")]


def test_a_sure_longer_find_says_what_it_is() -> None:
    """A bakery named after somebody is a bakery."""
    name = Candidate(0, 4, "PERSON", 0.99, "PersonRecognizer")
    bakery = Candidate(0, 13, "ORG", 0.8, "OrganisationRecognizer")
    assert resolve([bakery, name]) == [Candidate(0, 13, "ORG", 0.99, "OrganisationRecognizer")]


TEXT = "Anna Zorblatt of Rimu ward and Zorb"


def over(words: str, kind: str, score: float, by: str = "test") -> Candidate:
    """A find over words of the text."""
    at = TEXT.index(words)
    return Candidate(at, at + len(words), kind, score, by)


@pytest.mark.parametrize(
    ("org", "nrp", "wins"), [(0.54, 0.65, "NRP"), (0.65, 0.66, "ORG"), (0.6, 0.6 + 2 * NEAR_TIE, "NRP")]
)
def test_scores_are_compared_by_their_difference(org: float, nrp: float, wins: str) -> None:
    """About equal, the more specific class says what it is; wherever on the scale the two stand."""
    (left,) = resolve([over("Zorblatt", "ORG", org), over("Zorblatt", "NRP", nrp)], TEXT)
    assert left.type == wins


def test_what_sticks_out_of_a_weaker_find_stays() -> None:
    """Both names go; the little words between them do not."""
    strong, weak = over("Anna Zorblatt", "PERSON", 0.9), over("Zorblatt of Rimu", "NRP", 0.6)
    assert [(c.type, TEXT[c.start : c.end]) for c in resolve([weak, strong], TEXT)] == [
        ("PERSON", "Anna Zorblatt"),
        ("NRP", " of Rimu"),
    ]
    weak = over("Zorblatt of", "NRP", 0.6)
    assert [c.type for c in resolve([weak, strong], TEXT)] == ["PERSON"]


def test_a_doubt_changes_nothing_that_is_sure() -> None:
    """It keeps what no sure find covers, and the sure one keeps its length."""
    sure, doubt = over("Rimu", "LOCATION", 0.7), over("Rimu ward and Zorb", "LOCATION", 0.4)
    found = resolve([doubt, sure], TEXT, lambda c: c.score >= 0.55)
    assert [(TEXT[c.start : c.end], c.score) for c in found] == [("Rimu", 0.7), (" ward and Zorb", 0.4)]


def test_nothing_found_is_dropped_in_silence() -> None:
    """Whoever saw something there stands in the evidence of what is left."""
    finds = [over("Zorblatt", "ORG", 0.7, "a"), over("Zorblatt", "NRP", 0.5, "b"), over("Anna Zorblatt", "PERSON", 0.9, "c")]  # fmt: skip
    (left,) = resolve(finds, TEXT)
    assert {e.rule for e in left.evidence} == {"a", "b", "c"}
    assert left.evidence[0].rule == left.found_by == "c"


@given(
    st.lists(
        st.builds(
            lambda start, length, kind, score: Candidate(start, min(start + length, 35), kind, score, "x"),
            st.integers(0, 34),
            st.integers(1, 20),
            st.sampled_from(["PERSON", "LOCATION", "ORG", "DATE", "ID", "NRP", "ADDRESS"]),
            st.sampled_from([0.3, 0.5, 0.55, 0.6, 0.7, 0.9, 1.0]),
        ),
        max_size=8,
    )
)
def test_resolved_finds_never_overlap_and_their_order_of_arrival_does_not_matter(
    raw: list[Candidate],
) -> None:
    """Whatever was found, by whom, in whatever order."""
    found = resolve(raw, TEXT, lambda c: c.score >= 0.55)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert resolve(raw[::-1], TEXT, lambda c: c.score >= 0.55) == found


def test_free_parts_are_what_nothing_covers() -> None:
    """Before, between and behind."""
    assert free_parts(2, 20, [(0, 4), (8, 10), (15, 30)]) == [(4, 8), (10, 15)]
