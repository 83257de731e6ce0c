"""The classes a reviewer can choose, and the labels that stand in the place of words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.deidentify.classes import class_of
from pipeline.records import Tier

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
QUASI = frozenset({"age", "country", "nationality", "occupation", "condition", "event", "relationship"})
_LABEL = re.compile(r"\[[^\[\]\n]{1,40}\]")


def class_titles() -> dict[str, list[str]]:
    """Each type offered, with the word of its label and its class's name for people."""
    return {kind: [word_of(kind), class_of(kind, tier_of(kind)).title] for kind in CHOICES}


def tier_of(kind: str) -> Tier:
    """Whether a type identifies by itself or only in company."""
    return "quasi" if class_of(kind, "quasi").key in QUASI else "direct"


def word_of(kind: str) -> str:
    """The one word a type's class goes by, as in its labels."""
    return class_of(kind, tier_of(kind)).label


def is_label(text: str) -> bool:
    """True for what may stand in place of words: a short text in square brackets."""
    return _LABEL.fullmatch(text) is not None


def same_class(kind: str, other: str) -> bool:
    """True when two types (or a type and a class's key) mean one class."""
    key = class_of(kind, tier_of(kind)).key
    return other == key or class_of(other, tier_of(other)).key == key


def next_label(kind: str, taken: Iterable[str]) -> str:
    """A label of a class that nothing bears yet: [Person 3], or [Date] where numbers tell nothing."""
    found = class_of(kind, tier_of(kind))
    if not found.numbered:
        return f"[{found.label}]"
    numbered = re.compile(rf"\[?{re.escape(found.label)} (\d+)\]?")  # the study's map holds both forms
    used = [int(match[1]) for label in taken if (match := numbered.fullmatch(label))]
    return f"[{found.label} {max(used, default=0) + 1}]"
