"""Decisions on words and lines, each as a step from one state of the review to the next: typed anew, replaced, cut, joined."""

from __future__ import annotations

from dataclasses import replace

from pipeline.errors import DecisionError
from pipeline.verify.decisions import Correct, Event, Join, Look, ReplaceAll, Retype, Split
from pipeline.verify.edits import get_line, put_in_place, put_line, put_typed
from pipeline.verify.lines import join_lines, split_line
from pipeline.verify.reading import join_times
from pipeline.verify.replacing import replace_words
from pipeline.verify.retyping import correct_line, retype_line
from pipeline.verify.state import ReviewedTranscript
from pipeline.verify.typed import hide_found


def correct(decision: Correct, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state with a misheard word put right."""
    line = correct_line(get_line(state, decision.place.line), decision.place, decision.text)
    return put_typed(state, hide_found(line, decision.found, event))


def retype(decision: Retype, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state with a line's words typed anew."""
    line = get_line(state, decision.line)
    typed = retype_line(line, decision.texts)
    if typed is None:
        return put_in_place(state, [line.id], [])
    return put_typed(state, hide_found(typed, decision.found, event))


def replace_all(decision: ReplaceAll, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state with words replaced in all their places."""
    state, names = replace_words(state, decision)
    return put_typed(state, *(hide_found(state.lines[name], decision.found, event) for name in names))


def split(decision: Split, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state with a line cut in two."""
    line = get_line(state, decision.line)
    parts = split_line(line, decision.at, f"{line.id}.e{event.number}")
    state = put_in_place(state, [line.id], [hide_found(part, decision.found, event) for part in parts])
    cut = any(t.start_char < decision.at < t.end_char for t in line.tokens)
    return replace(state, unlooked=state.unlooked | {part.id for part in parts}) if cut else state


def join(decision: Join, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state with a line joined to the one before it."""
    second = get_line(state, decision.line)
    at = state.order.index(second.id)
    if at == 0:
        raise DecisionError(why="there is no line before it")
    first = state.lines[state.order[at - 1]]
    joined = hide_found(join_lines(first, second), decision.found, event)
    state = replace(state, reading=join_times(state.reading, first.id, second.id))
    return put_in_place(state, [first.id, second.id], [joined])


def look(decision: Look, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state with what the recognizers found in typed words hidden."""
    for name in decision.lines:
        state = put_line(state, hide_found(get_line(state, name), decision.found, event))
    return replace(state, unlooked=state.unlooked.difference(decision.lines))
