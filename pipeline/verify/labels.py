"""Labels under review: which one words have in the study, which bear one, which are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.errors import DecisionError
from pipeline.verify.classes import is_label, next_label, same_class
from pipeline.verify.state import ReviewedTranscript


def label_for(state: ReviewedTranscript, kind: str, words: str) -> str:
    """The label these words have in the study, a participant's code, or the next free one of the class."""
    wanted = words.casefold().strip()
    bearers = [
        p.code for p in state.roster if wanted in {n.casefold() for n in names_of(p.name, p.nicknames)}
    ]
    if len(bearers) == 1 and same_class(
        kind, "name"
    ):  # two people of one name are for the reviewer to tell apart
        return f"[{bearers[0]}]"
    for a_class, text, label in state.labels:
        if text.casefold() == wanted and same_class(kind, a_class):
            return label
    return next_label(kind, state.taken_labels())


def names_of(name: str, nicknames: Sequence[str]) -> list[str]:
    """What a person may be called: the whole name, its parts, nicknames."""
    return [name, *name.split(), *nicknames]


def remember_label(state: ReviewedTranscript, kind: str, words: str, label: str) -> ReviewedTranscript:
    """The state in which these words have a label, unless they had one already."""
    entry = (kind, words.strip(), label)
    known = any(t.casefold() == words.strip().casefold() and same_class(kind, c) for c, t, _ in state.labels)
    return state if known or not label else replace(state, labels=(*state.labels, entry))


def relabel(state: ReviewedTranscript, label: str, other: str) -> ReviewedTranscript:
    """The state in which every mark with a label bears another."""
    lines = {
        name: replace(
            line,
            marks=tuple(replace(m, replacement=other) if m.replacement == label else m for m in line.marks),
        )
        if any(m.replacement == label for m in line.marks)
        else line
        for name, line in state.lines.items()
    }
    return replace(state, lines=lines)


def check_label(label: str) -> None:
    """Raises DecisionError for what may not stand in the place of words."""
    if not is_label(label):
        raise DecisionError(why="a label is a short text in square brackets, such as [Person 2]")
