"""Overlapping finds become one: what it is, and how far it reaches."""

from __future__ import annotations

from pipeline.deidentify.merge import Candidate, resolve


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
