"""Labels under review, by de-identification's own labeller: which one words have in the study, which are taken.

In a state of the review a mark's replacement is what is written, [Person 2]; the study's map has the text alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.deidentify.classes import class_of
from pipeline.deidentify.forgetting import retire
from pipeline.deidentify.labels import Found, Labeller
from pipeline.errors import DecisionError
from pipeline.identifiers import tier_of
from pipeline.records import WRITTEN_LABEL, Roster, in_brackets
from pipeline.verify.state import Line, Mark, ReviewedTranscript


def label_for(state: ReviewedTranscript, kind: str, words: str, before: str = "") -> str:
    """The label these words have in the study, a participant's code, or the next free one of the class, as it
    is written. `before` is what stands before them in their line."""
    (label,) = labels_for(state, [(kind, words, before)])
    return label


def labels_for(state: ReviewedTranscript, finds: Sequence[tuple[str, str, str]]) -> list[str]:
    """The labels of several finds (class, words, what stands before them), as they are written: each as above, and no
    two new ones the same."""
    given = _labeller(state).assign([_found(*find) for find in finds])
    return [in_brackets(each.text) for each in given]


def next_label(state: ReviewedTranscript, kind: str) -> str:
    """A label of the class that nothing bears yet, or the class's word where numbers tell nothing."""
    return in_brackets(_labeller(state).next_label(class_of(kind, tier_of(kind))))


def names_of(name: str, nicknames: Sequence[str]) -> list[str]:
    """What a person may be called: the whole name, its parts, nicknames."""
    return [name, *name.split(), *nicknames]


def remember_label(state: ReviewedTranscript, line: Line, mark: Mark) -> ReviewedTranscript:
    """The state in which the study knows the label of a mark's words, unless these had one already."""
    if WRITTEN_LABEL.fullmatch(mark.replacement) is None or mark.action != "remove":
        return state  # a surrogate, a year, a band: no label of the words
    return remember_labels(state, [(line, mark)])


def remember_labels(state: ReviewedTranscript, marks: Iterable[tuple[Line, Mark]]) -> ReviewedTranscript:
    """The state in which the study knows the labels of some marks' words, unless these had one already."""
    labeller = _labeller(state)
    for line, mark in marks:
        written = WRITTEN_LABEL.fullmatch(mark.replacement)
        if written is not None and mark.action == "remove":
            labeller.learn(_found(mark.type, line.words_of(mark), line.text[: mark.start_char]), written[1])
    return replace(state, labels=labeller.grown())


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


def unite_labels(state: ReviewedTranscript, label: str, other: str) -> ReviewedTranscript:
    """The state in which all that bore one label in the study bears another; the one given up stays taken."""
    gone, kept = text_of(state, label), text_of(state, other)
    labels = state.labels
    return replace(
        state,
        labels=replace(
            labels,
            labels=tuple(
                dict.fromkeys(replace(x, text=kept) if x.text == gone else x for x in labels.labels)
            ),
            retired=retire(labels, [gone]),
        ),
    )


def check_label(label: str) -> None:
    """Raises DecisionError for what may not stand in the place of words."""
    if WRITTEN_LABEL.fullmatch(label) is None:
        raise DecisionError(why="a label is a short text in square brackets, such as [Person 2]")


def offered_labels(state: ReviewedTranscript) -> set[str]:
    """Labels that something bears in this transcript or in the study, as they are written."""
    here = {label for label in state.written_labels() if WRITTEN_LABEL.fullmatch(label)}
    return here | {label.written for label in state.labels.labels}


def text_of(state: ReviewedTranscript, written: str) -> str:
    """The label's text; of a stand-in, the label it stands for."""
    if label := WRITTEN_LABEL.fullmatch(written):
        return label[1]
    words = set(written.split())
    of = (s.original for s in state.labels.surrogates if not s.kind and words & set(s.text.split()))
    return next(of, written)


def _labeller(state: ReviewedTranscript) -> Labeller:
    taken = (m[1] for label in state.written_labels() if (m := WRITTEN_LABEL.fullmatch(label)))
    return Labeller(Roster(state.roster), state.labels, {*taken, *state.taken})


def _found(kind: str, words: str, before: str) -> Found:
    return Found(class_of(kind, tier_of(kind), words), words, before)
