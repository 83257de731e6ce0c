"""Finding a line or mark of a review's state, and the state with another in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.errors import DecisionError
from pipeline.verify.decisions import Event
from pipeline.verify.labels import remember_label
from pipeline.verify.state import Line, Mark, ReviewedTranscript


def get_line(state: ReviewedTranscript, name: str) -> Line:
    """The line of an id; raises DecisionError when there is none."""
    if name not in state.lines:
        raise DecisionError(why="that line is no longer there")
    return state.lines[name]


def get_mark(state: ReviewedTranscript, name: str) -> tuple[Line, Mark]:
    """The line and mark of an id; raises DecisionError when there is none."""
    found = state.find_mark(name)
    if found is None:
        raise DecisionError(why="that replacement is no longer there")
    return found


def put_line(state: ReviewedTranscript, *changed: Line) -> ReviewedTranscript:
    """The state with one line changed, or several."""
    lines: Mapping[str, Line] = {**state.lines, **{line.id: line for line in changed}}
    return replace(state, lines=lines)


def put_typed(state: ReviewedTranscript, *typed: Line) -> ReviewedTranscript:
    """The state with lines in which words were typed, which the recognizers have yet to look through."""
    return replace(put_line(state, *typed), unlooked=state.unlooked.union(line.id for line in typed))


def put_in_place(state: ReviewedTranscript, gone: Sequence[str], parts: Sequence[Line]) -> ReviewedTranscript:
    """The state with lines in the place of others that follow one another. The new ones are read if all that are
    gone were, and yet to be looked through if one of them was."""
    at = state.order.index(gone[0])
    names = frozenset(part.id for part in parts)
    lines = {name: line for name, line in state.lines.items() if name not in gone}
    read = names if state.read.issuperset(gone) else frozenset[str]()
    unlooked = names if state.unlooked.intersection(gone) else frozenset[str]()
    return replace(
        state,
        lines={**lines, **{part.id: part for part in parts}},
        order=(*state.order[:at], *(part.id for part in parts), *state.order[at + len(gone) :]),
        read=state.read.difference(gone) | read,
        unlooked=state.unlooked.difference(gone) | unlooked,
    )


def put_mark(
    state: ReviewedTranscript, line: Line, mark: Mark, verdict: str, event: Event
) -> ReviewedTranscript:
    """The state with one mark decided; a label it got stays with its words."""
    assert verdict in ("accepted", "rejected")
    decided = replace(mark, verdict="accepted" if verdict == "accepted" else "rejected", by=event.by)
    marks = tuple(decided if m.id == mark.id else m for m in line.marks)
    state = put_line(state, replace(line, marks=marks))
    return remember_label(state, line, decided) if verdict == "accepted" else state
