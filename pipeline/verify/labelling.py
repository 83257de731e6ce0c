"""What a label may say, and what it means that two labels are one or that one is called otherwise.

A label that a person wrote stands in the open, so it may hold no name; and it means one person or thing in the whole
study, so nobody else may bear it. A participant's code is never given up for another label.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.deidentify.forgetting import is_own
from pipeline.deidentify.label_book import NAME
from pipeline.deidentify.label_texts import either, single_labels
from pipeline.deidentify.people import parse_mention
from pipeline.errors import DecisionError
from pipeline.identifiers import CLASSES, tier_of
from pipeline.language.text import fold
from pipeline.records import LabelMap, in_brackets
from pipeline.verify.decisions import (
    AddToRoster,
    ChangeLabel,
    Decision,
    Event,
    Redact,
    RenameLabel,
    SameAs,
)
from pipeline.verify.edits import put_line
from pipeline.verify.labels import (
    check_label,
    names_of,
    offered_labels,
    remember_labels,
    text_of,
    unite_labels,
)
from pipeline.verify.sightings import look_in
from pipeline.verify.state import Line, Mark, ReviewedTranscript, RosterAddition

_CODE = re.compile(r"[A-Z]{1,3}\d{1,4}")
_EITHER = " or "
_POSSESSIVE = re.compile(r"[’']s?$", re.IGNORECASE)
_CLASS_WORDS = frozenset(kind.label.casefold() for kind in CLASSES.values())


def as_asked(decision: Decision, state: ReviewedTranscript) -> Decision:
    """The decision as it is to be taken; raises DecisionError for a label that may not stand in a transcript.

    "Same as" goes to the participant's code, whichever of the two it was said of.
    """
    if isinstance(decision, SameAs):
        decision = _toward_code(decision, state)
        check_free_label(state, decision.other)
        return decision
    if isinstance(decision, RenameLabel):
        _check_renaming(decision, state)
    elif isinstance(decision, ChangeLabel | Redact | AddToRoster) and decision.label:
        check_free_label(state, decision.label)
    return decision


def check_free_label(state: ReviewedTranscript, label: str) -> None:
    """Raises DecisionError for a label that is none, holds a name that the study knows, or looks like a code nobody has."""
    check_label(label)
    if label in offered_labels(state) or label[1:-1] in state.participants():
        return
    if not label.isprintable() or not any(c.isalpha() for c in label):
        raise DecisionError(why="a label is a short text in square brackets, such as [Person 2]")
    if _CODE.fullmatch(label[1:-1]):
        raise DecisionError(why=f"{label} looks like a participant's code, and nobody has it")
    seen = look_in(state, label[1:-1])
    if any(each.why != "label" or tier_of(each.type) == "direct" for each in seen):
        raise DecisionError(why="a label stands in the open, and this one holds a name that the study knows")


def _check_renaming(decision: RenameLabel, state: ReviewedTranscript) -> None:
    old, new = decision.label[1:-1], decision.to[1:-1]
    check_label(decision.label)  # a stand-in is an invented name, and no label
    check_label(decision.to)
    if old in state.participants() or _CODE.fullmatch(old):
        raise DecisionError(why="a participant keeps their code")
    _check_one(state, decision.label)
    if new in state.participants():
        raise DecisionError(
            why=f"{decision.to} is a participant: if they are one, say that one is the same as the other"
        )
    if _EITHER in new or new.casefold() in _CLASS_WORDS:
        raise DecisionError(why=f"{decision.to} cannot mean one person or thing alone")
    check_free_label(state, decision.to)
    borne = {label.casefold() for label in state.written_labels()}
    if decision.to.casefold() in borne - {decision.label.casefold()}:
        raise DecisionError(why=two_people(decision.to))
    check_apart(state.labels, decision)


def means_one(state: ReviewedTranscript, label: str) -> bool:
    """True for a label that one person or thing bears: not for a class's word, a year, an age band, "Person 2 or 3"."""
    text = label[1:-1]
    marks = [m for line in state.lines.values() for m in line.marks if m.replacement == label]
    plain = all(m.action != "generalise" for m in marks) and len(single_labels(text)) == 1
    return plain and (is_own(text) or text in state.participants())


def _check_one(state: ReviewedTranscript, label: str) -> None:
    if label.startswith("[") and not means_one(state, label):
        raise DecisionError(why=f"{label} cannot mean one person or thing alone")


def check_apart(labels: LabelMap, decision: Decision) -> None:
    """Raises DecisionError where a label would be renamed to one that somebody else bears in the study."""
    if not isinstance(decision, RenameLabel):
        return
    alive = {label.text.casefold() for label in labels.labels}
    old, new = decision.label[1:-1].casefold(), decision.to[1:-1].casefold()
    if old != new and {old, new} <= alive:
        raise DecisionError(why=two_people(decision.to))


def labels_joined(decision: Decision) -> tuple[str, ...]:
    """The texts of the label that is given up and of the one that is taken for it; none for other decisions."""
    if isinstance(decision, RenameLabel):
        return decision.label[1:-1], decision.to[1:-1]
    if isinstance(decision, SameAs) and decision.label.startswith("["):
        return decision.label[1:-1], decision.other[1:-1]
    return ()


def two_people(label: str) -> str:
    """Why a label cannot be given to somebody else."""
    return f"{label} means somebody or something else in this study: if they are one, say that one is the same as the other"


def _toward_code(decision: SameAs, state: ReviewedTranscript) -> SameAs:
    decision = replace(decision, whole=True)
    codes = {in_brackets(code) for code in state.participants()}
    if decision.other not in state.written_labels():
        check_label(decision.other)
    if decision.label in codes and decision.other in codes:
        why = f"{decision.label} and {decision.other} are two participants: merge them, or choose another label for single mentions"
        raise DecisionError(why=why)
    if decision.label in codes:
        decision = replace(decision, label=decision.other, other=decision.label)
    if decision.label == decision.other:
        raise DecisionError(why="these are the same already")
    for label in (decision.label, decision.other):
        _check_one(state, label)
    return decision


def unite(state: ReviewedTranscript, label: str, other: str, event: Event) -> ReviewedTranscript:
    """The state in which all that bore `label`, or may have, bears `other`; that it is one answers open questions.

    Raises DecisionError where nothing bears it. A participant of the roster is known by these names from now on.
    """
    bearing = _bearing(state, label)
    names = _names_of(state, label, bearing)
    state = _put_label(state, label, other, decided_by=event.by)
    state = remember_labels(unite_labels(state, label, other), _bearing(state, other))
    return replace(state, additions=(*state.additions, *_new_names(state, other[1:-1], names)))


def rename_label(state: ReviewedTranscript, label: str, to: str) -> ReviewedTranscript:
    """The state in which what bore a label bears another; nothing is answered by it. Raises DecisionError where nothing
    bears it."""
    _bearing(state, label)
    state = _put_label(state, label, to)
    return remember_labels(unite_labels(state, label, to), _bearing(state, to))


def _bearing(state: ReviewedTranscript, label: str) -> list[tuple[Line, Mark]]:
    found = [(line, m) for line in state.in_order() for m in line.marks if m.hides and m.replacement == label]
    if not found:
        raise DecisionError(why="no mention bears that label")
    return found


def _put_label(state: ReviewedTranscript, label: str, other: str, decided_by: str = "") -> ReviewedTranscript:
    changed = []
    for line in state.in_order():
        marks = tuple(_relabelled(m, label, other, decided_by) for m in line.marks)
        if marks != line.marks:
            changed.append(replace(line, marks=marks))
    return put_line(state, *changed)


def _relabelled(mark: Mark, label: str, other: str, decided_by: str) -> Mark:
    """The mark under its other label; where it says that it may be either of two, one of the two is the other now."""
    if mark.replacement != label:
        may_be = single_labels(mark.replacement[1:-1])
        if len(may_be) < 2 or label[1:-1] not in may_be:
            return mark
        now = either(other[1:-1] if each == label[1:-1] else each for each in may_be)
        return replace(mark, replacement=in_brackets(now))
    if decided_by and mark.hides and not mark.verdict:
        return replace(mark, replacement=other, verdict="accepted", by=decided_by)
    return replace(mark, replacement=other)


def _names_of(state: ReviewedTranscript, label: str, bearing: list[tuple[Line, Mark]]) -> dict[str, str]:
    """The names that bear a label, by their folded form, as they were written where they were."""
    text = text_of(state, label)
    names = {
        each.words: each.words.title()
        for each in state.labels.labels
        if (each.kind, each.text) == (NAME, text)
    }
    for line, mark in bearing:
        if mark.type == "PERSON":
            said = parse_mention(line.words_of(mark), line.text[: mark.start_char])
            written = _POSSESSIVE.sub("", line.words_of(mark)).split()[-len(said.tokens) :]
            names[" ".join(said.tokens)] = " ".join(written)
    return {words: name for words, name in names.items() if words}


def _new_names(state: ReviewedTranscript, code: str, names: dict[str, str]) -> list[RosterAddition]:
    """What the roster does not know a participant by yet."""
    person = next((p for p in state.roster if p.code == code), None)
    if person is None:
        return []
    known = {fold(name) for name in names_of(person.name, person.nicknames)}
    return [RosterAddition(name, code) for words, name in names.items() if words not in known]
