"""The classes a reviewer can choose."""

from __future__ import annotations

from pipeline.identifiers import IdentifierClass, class_of, tier_of

# The types offered, one for each class a person would tell apart; a finder may know more.
CHOICES: tuple[str, ...] = (
    "PERSON",
    "LOCATION",
    "ADDRESS",
    "COUNTRY",
    "ORG",
    "DATE",
    "AGE",
    "PHONE",
    "EMAIL",
    "URL",
    "ID",
    "NRP",
    "PROFESSION",
    "CONDITION",
    "EVENT",
    "RELATIONSHIP",
    "OTHER",
)


def class_titles() -> dict[str, list[str]]:
    """Each type offered, with the word of its label and its class's name for people."""
    return {kind: [word_of(kind), _class_of(kind).title] for kind in CHOICES}


def word_of(kind: str) -> str:
    """The one word a type's class goes by, as in its labels."""
    return _class_of(kind).label


def _class_of(kind: str) -> IdentifierClass:
    return class_of(kind, tier_of(kind))
