"""Classes of identifiers as the review page names them, and the labels that stand in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Type of a span -> the word in its label. The number follows where two things must be told apart.
LABEL_WORDS: dict[str, str] = {
    "PERSON": "Person",
    "LOCATION": "Place",
    "ADDRESS": "Address",
    "ORG": "Organisation",
    "DATE": "Date",
    "AGE": "Age",
    "PHONE": "Phone",
    "EMAIL": "Email",
    "URL": "Link",
    "ID": "ID",
    "NRP": "Group",
    "PROFESSION": "Occupation",
    "OTHER": "Removed",
}
NUMBERED = frozenset({"PERSON", "LOCATION", "ORG"})
DIRECT = frozenset({"PERSON", "LOCATION", "ADDRESS", "DATE", "PHONE", "EMAIL", "URL", "ID"})
_LABEL = re.compile(r"\[[^\[\]\n]{1,40}\]")


def label_word(kind: str) -> str:
    """The word a class goes by in labels; an unknown class goes by its own name."""
    return LABEL_WORDS.get(kind, kind.replace("_", " ").capitalize())


def is_label(text: str) -> bool:
    """True for what may stand in place of words: a short text in square brackets."""
    return _LABEL.fullmatch(text) is not None


def next_label(kind: str, taken: Iterable[str]) -> str:
    """A label of a class that nothing bears yet: [Person 3], or [Date] where numbers tell nothing."""
    word = label_word(kind)
    if kind not in NUMBERED:
        return f"[{word}]"
    numbered = re.compile(rf"\[{re.escape(word)} (\d+)\]")
    used = [int(found[1]) for label in taken if (found := numbered.fullmatch(label))]
    return f"[{word} {max(used, default=0) + 1}]"
