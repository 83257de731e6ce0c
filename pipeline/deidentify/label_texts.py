"""What a mention gets: one label, one of two, or a class, with the question that goes with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.deidentify import entities, people
from pipeline.deidentify.people import Known, Mention
from pipeline.language.name_match import SOUNDS_SAME

NUMBER = re.compile(r"(\d+)$")
EITHER = " or "


@dataclass(frozen=True, slots=True)
class Given:
    """The text of the label a mention gets, and a question to a person where it is not sure."""

    text: str
    uncertain: bool = False
    reason: str = ""


@dataclass(slots=True)
class Entry:
    """A thing that is no person: its label and the forms it was spoken of by."""

    label: str
    forms: list[entities.Entity] = field(default_factory=list, repr=False)

    def fit(self, entity: entities.Entity) -> int:
        """The best fit among the forms; 0 when one of them is of another kind (Rimu House, Rimu ward)."""
        if any(entity.heads and f.heads and entity.heads != f.heads for f in self.forms):
            return 0
        return max(entities.fit(entity, f) for f in self.forms)


def doubt_of_participant(mention: Mention, own: int, sure: float, rivals: bool) -> str:
    """What a person is asked where a name is taken for a participant's; "" where it is plain."""
    if own > 1:
        return "two participants go by this name"
    if rivals:
        return "a participant's name that another person may bear as well"
    known = sure <= SOUNDS_SAME and people.is_known_name(mention)
    return "sounds like a participant's name" if known else ""


def label_people(who: Sequence[Known], doubt: str) -> Given:
    """The label of whoever may be meant, with the question where it is not plain."""
    return Given(either([p.label for p in who]), bool(doubt), doubt)


def single_labels(text: str) -> list[str]:
    """The labels that one stands for: "Person 2 or 3" is Person 2 or Person 3."""
    first, *rest = text.split(EITHER)
    word = NUMBER.sub("", first) if " " in first else ""
    return [first, *(f"{word}{r}" if r.isdecimal() else r for r in rest)]


def either(labels: Iterable[str]) -> str:
    """One label for a mention that may be any of several: "Person 2 or 3", "P02 or P05"."""
    first, *rest = dict.fromkeys(labels)
    word = NUMBER.sub("", first) if " " in first else ""
    return EITHER.join([first, *(r.removeprefix(word) for r in rest)])
