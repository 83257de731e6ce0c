"""Putting an approved transcript right when its recording is gone: take out, generalise, relabel, merge labels.

There is no way to put anything back: what an edit brings in is a short text in square brackets, and no word of what it
takes out stands in it. Pure functions over the approved utterances.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Annotated, Any, Literal

from pipeline.deidentify.leaving import cut_out, is_left
from pipeline.errors import DecisionError
from pipeline.language.text import fold, pattern_of
from pipeline.records import WRITTEN_LABEL, Utterance

REMOVED = "[removed]"
MOST_EDITS = 1000
LEAST_WORD = 3  # letters; shorter ones ("in", "a") may stand in what generalises
_CODE = re.compile(r"[A-Z]{1,3}\d{1,4}")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class TakeOut:
    """Characters of a line (numbered from 1) go, or are generalised: `label` stands there."""

    line: int
    start: int
    end: int
    label: str = REMOVED
    kind: Literal["take-out"] = "take-out"


@dataclass(frozen=True, slots=True)
class MergeLabels:
    """Whatever bears one label bears another: two were one, or the label was wrong everywhere."""

    label: str
    other: str
    kind: Literal["merge-labels"] = "merge-labels"


@dataclass(frozen=True, slots=True)
class Reassign:
    """A line was said by another participant."""

    line: int
    participant: str
    kind: Literal["reassign"] = "reassign"


Edit = TakeOut | MergeLabels | Reassign
TaggedEdit = Annotated[Edit, "tagged by kind"]


@dataclass(frozen=True, slots=True)
class Amended:
    """The transcript after some edits, and the numbers of the lines that changed."""

    utterances: tuple[Utterance, ...] = field(repr=False)
    lines: tuple[int, ...] = ()


def read_edits(data: object) -> tuple[Edit, ...]:
    """Edits from plain data; raises pydantic's ValidationError."""
    found: tuple[Edit, ...] = _adapter().validate_python(data)
    return found


@cache
def _adapter() -> Any:
    from pydantic import Field, TypeAdapter

    return TypeAdapter(tuple[Annotated[Edit, Field(discriminator="kind")], ...])


def amend_utterances(before: Sequence[Utterance], edits: Sequence[Edit]) -> Amended:
    """The utterances with the edits made, all of which are of the transcript as it stands.

    Raises DecisionError for an edit that does not fit: no such line, places that overlap, a label that is none or
    would bring back what is taken out, a label nobody bears, or edits that change nothing.
    """
    if not 0 < len(edits) <= MOST_EDITS:
        raise DecisionError(why="there is nothing to put right")
    after = list(before)
    for line in sorted({edit.line for edit in edits if isinstance(edit, TakeOut)}):
        mine = [edit for edit in edits if isinstance(edit, TakeOut) and edit.line == line]
        after[_place(before, line)] = _take_out(before[_place(before, line)], mine)
    for edit in edits:
        if isinstance(edit, MergeLabels):
            after = _merge(after, edit)
        elif isinstance(edit, Reassign):
            after[_place(before, edit.line)] = _reassign(after[_place(before, edit.line)], edit)
    lines = tuple(n for n, (one, other) in enumerate(zip(before, after, strict=True), 1) if one != other)
    if not lines:
        raise DecisionError(why="these edits change nothing")
    return Amended(tuple(after), lines)


def _place(utterances: Sequence[Utterance], line: int) -> int:
    if not 1 <= line <= len(utterances):
        raise DecisionError(why=f"there is no line {line}")
    return line - 1


def _take_out(said: Utterance, edits: Sequence[TakeOut]) -> Utterance:
    if is_left(said.text):
        raise DecisionError(why="this turn was withdrawn already")
    in_order = sorted(edits, key=lambda edit: edit.start)
    at = 0
    for edit in in_order:
        if not at <= edit.start < edit.end <= len(said.text):
            raise DecisionError(why="two places overlap, or lie outside the line")
        at = edit.end
        if not _WORD.search(said.text[edit.start : edit.end]):
            raise DecisionError(why="no word is marked")
        check_label(edit.label, said.text[edit.start : edit.end])
        _check_brackets(said.text, edit)
    for edit in reversed(in_order):
        said, _ = cut_out(said, ((edit.start, edit.end),), edit.label)
    return said


def check_label(label: str, gone: str = "") -> None:
    """Raise DecisionError for what may not stand in the place of words: no label, or one that holds a word that goes."""
    if WRITTEN_LABEL.fullmatch(label) is None or not label.isprintable():
        raise DecisionError(
            why="what stands there instead is a short text in square brackets, such as [Place 2]"
        )
    if WRITTEN_LABEL.fullmatch(gone.strip()):
        return
    words = {w for w in _WORD.findall(fold(gone)) if len(w) >= LEAST_WORD}
    if words & set(_WORD.findall(fold(label))):
        raise DecisionError(why="the label would bring back a word that is to go")


def _check_brackets(text: str, edit: TakeOut) -> None:
    """A label goes as a whole or stays."""
    for found in WRITTEN_LABEL.finditer(text):
        cuts = found.start() < edit.start < found.end() or found.start() < edit.end < found.end()
        if cuts:
            raise DecisionError(why="a label goes as a whole, with its brackets")


def _merge(utterances: Sequence[Utterance], edit: MergeLabels) -> list[Utterance]:
    check_label(edit.label)
    check_label(edit.other)
    if not any(edit.label in said.text for said in utterances):
        raise DecisionError(why=f"nothing bears {edit.label} here")
    return [_relabel(said, edit) for said in utterances]


def _relabel(said: Utterance, edit: MergeLabels) -> Utterance:
    """Words go along, also where a transcript made elsewhere has a label in several ("[Person", "2]")."""
    places = [found.span() for found in re.finditer(re.escape(edit.label), said.text)]
    return cut_out(said, places, edit.other)[0] if places else said


def _reassign(said: Utterance, edit: Reassign) -> Utterance:
    if _CODE.fullmatch(edit.participant) is None:
        raise DecisionError(why="a participant's code looks like P01")
    if is_left(said.text):
        raise DecisionError(why="this turn was withdrawn already")
    return replace(said, participant=edit.participant)


def find_places(utterances: Sequence[Utterance], words: str) -> Iterator[tuple[int, int, int]]:
    """Every place (line, start, end) where these very words stand outside of labels, whatever the case."""
    wanted = pattern_of(words)
    for number, said in enumerate(utterances, 1):
        labels = [found.span() for found in WRITTEN_LABEL.finditer(said.text)]
        for found in wanted.finditer(said.text) if words.strip() else ():
            if not any(start < found.end() and found.start() < end for start, end in labels):
                yield number, found.start(), found.end()
