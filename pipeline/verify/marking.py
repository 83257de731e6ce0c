"""Decisions on marks, each as a step from one state of the review to the next: what they hide, as what, under which label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from pipeline.errors import DecisionError
from pipeline.identifiers import tier_of
from pipeline.records import in_brackets
from pipeline.verify.decisions import (
    Accept,
    AddToRoster,
    ChangeClass,
    ChangeLabel,
    Decision,
    Event,
    Place,
    Redact,
    Reject,
    RenameLabel,
    SameAs,
)
from pipeline.verify.edits import get_line, get_mark, put_line, put_mark
from pipeline.verify.labelling import rename_label, unite
from pipeline.verify.labels import check_label, label_for, next_label, remember_label, unite_labels
from pipeline.verify.state import Line, Mark, ReviewedTranscript, RosterAddition
from pipeline.verify.unlearning import unlearn


def accept(decision: Accept, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state in which marks are accepted: each hides its words."""
    for mark, given in _with_labels(decision):
        line, found = get_mark(state, mark)
        label = given or found.replacement or _label_of(state, line, found)
        action = found.action if found.action == "generalise" and found.replacement else "remove"
        state = put_mark(state, line, replace(found, replacement=label, action=action), "accepted", event)
    return state


def reject(decision: Reject, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state in which marks are rejected: their words stay, and what was learnt from them goes."""
    before = state
    for mark in decision.marks:
        line, found = get_mark(state, mark)
        state = put_mark(state, line, found, "rejected", event)
    return unlearn(before, state, decision.marks, rejected=True)


def change_class(decision: ChangeClass, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state in which marks are of another class, with a label of it."""
    before = state
    for mark, given in _with_labels(decision):
        line, found = get_mark(state, mark)
        changed = replace(found, type=decision.type, tier=tier_of(decision.type), action="remove")
        changed = replace(changed, replacement=given or _label_of(state, line, changed))
        state = put_mark(state, line, changed, "accepted", event)
    return unlearn(before, state, decision.marks, rejected=False)


def change_label(decision: ChangeLabel, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state in which marks bear another label."""
    for mark in decision.marks:
        line, found = get_mark(state, mark)
        label = decision.label or next_label(state, found.type)
        check_label(label)
        state = put_mark(state, line, replace(found, action="remove", replacement=label), "accepted", event)
        decision = replace(decision, label=label)
    return state


def take_for_same(decision: SameAs, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state in which who bears a label is who bears another."""
    check_label(decision.other)
    if decision.whole:
        return unite(state, decision.label, decision.other, event)
    bearing = [
        m.id for line in state.in_order() for m in line.marks if m.replacement == decision.label and m.hides
    ]
    if not bearing:
        raise DecisionError(why="no mention bears that label")
    for mark in bearing:
        line, found = get_mark(state, mark)
        state = put_mark(
            state, line, replace(found, replacement=decision.other), found.verdict or "accepted", event
        )
    return unite_labels(state, decision.label, decision.other)


def rename(decision: RenameLabel, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    """The state in which a label is called otherwise wherever it stands."""
    return rename_label(state, decision.label, decision.to)


def add_to_roster(decision: AddToRoster, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state in which a mark's words are a name to be added to the roster."""
    if bool(decision.code) == bool(decision.group):
        raise DecisionError(why="choose a participant or a group of words")
    if decision.code and decision.code not in state.participants():
        raise DecisionError(why="there is no such participant")
    line, found = get_mark(state, decision.mark)
    name = line.words_of(found)
    label = in_brackets(decision.code) if decision.code else decision.label or _label_of(state, line, found)
    changed = replace(found, action="remove", replacement=label)
    state = put_mark(state, line, changed, "accepted", event)
    return replace(state, additions=(*state.additions, RosterAddition(name, decision.code, decision.group)))


def redact(decision: Redact, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state in which marked places are hidden."""
    if not decision.places:
        raise DecisionError(why="nothing is marked")
    first = decision.places[0]
    text = get_line(state, first.line).text
    words = text[first.start_char : first.end_char]
    label = decision.label or label_for(state, decision.type, words, text[: first.start_char])
    check_label(label)
    names = [_name_of(event.number, place) for place in range(len(decision.places))]
    for name, place in zip(names, decision.places, strict=True):
        state = _mark_place(state, place, name, decision.type, label, event)
    return remember_label(state, *get_mark(state, names[0]))


def _mark_place(
    state: ReviewedTranscript, place: Place, name: str, kind: str, label: str, event: Event
) -> ReviewedTranscript:
    """A new mark; marks it touches become part of it, so that nothing they hid comes to light."""
    line = get_line(state, place.line)
    if not 0 <= place.start_char < place.end_char <= len(line.text):
        raise DecisionError(why="the marked text is not in the line")
    touched = [m for m in line.marks if m.start_char < place.end_char and place.start_char < m.end_char]
    start = min([place.start_char, *(m.start_char for m in touched if m.hides)])
    end = max([place.end_char, *(m.end_char for m in touched if m.hides)])
    mark = Mark(
        name,
        start,
        end,
        kind,
        tier_of(kind),
        1.0,
        "reviewer",
        "remove",
        label,
        False,
        "",
        "accepted",
        event.by,
    )
    marks = [m for m in line.marks if m.end_char <= start or end <= m.start_char]
    return put_line(state, replace(line, marks=tuple(sorted([*marks, mark], key=lambda m: m.start_char))))


def keep_labels(decision: Decision, number: int, after: ReviewedTranscript) -> Decision:
    """The decision (the event's number) with the labels it gave in the state it led to."""

    def label_of(mark: str) -> str:
        found = after.find_mark(mark)
        return found[1].replacement if found else ""

    if isinstance(decision, Accept | ChangeClass):
        return replace(decision, labels=tuple(label_of(mark) for mark in decision.marks))
    if isinstance(decision, ChangeLabel) and decision.marks:
        return replace(decision, label=label_of(decision.marks[0]))
    if isinstance(decision, Redact):
        return replace(decision, label=label_of(_name_of(number, 0)))
    if isinstance(decision, AddToRoster) and decision.group:
        return replace(decision, label=label_of(decision.mark))
    return decision


def _with_labels(decision: Accept | ChangeClass) -> Iterator[tuple[str, str]]:
    """Each mark with the label it was given; "" where that is still to be found."""
    return zip_longest(decision.marks, decision.labels[: len(decision.marks)], fillvalue="")


def _name_of(event: int, place: int) -> str:
    """The id of a mark that a person made."""
    return f"m{event}.{place}"


def _label_of(state: ReviewedTranscript, line: Line, mark: Mark) -> str:
    """The label a mark's words get, as it is written."""
    return label_for(state, mark.type, line.words_of(mark), line.text[: mark.start_char])
