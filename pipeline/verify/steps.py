"""Each decision as a step from one state of the review to the next. Pure: nothing is stored here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatch

from pipeline.errors import DecisionError
from pipeline.verify import marking, speaking, wording
from pipeline.verify.decisions import Answer, Decision, Event, Note, Read
from pipeline.verify.notes import add_note, answer_note
from pipeline.verify.reading import check_times, note_times
from pipeline.verify.state import ReviewedTranscript


def take_step(state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state after one decision; raises DecisionError for one that does not fit the state."""
    return _step(event.decision, state, event)


@singledispatch
def _step(decision: Decision, _state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    raise DecisionError(why=f"{decision.kind} is not a step")


@_step.register
def _(decision: Note, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    return add_note(state, decision, event)


@_step.register
def _(decision: Answer, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    return answer_note(state, decision, event)


@_step.register
def _(decision: Read, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    check_times(decision)
    known = set(decision.lines) & set(state.lines)
    return replace(state, read=state.read | known, reading=note_times(state, decision))


_STEPS: tuple[Callable[..., ReviewedTranscript], ...] = (
    marking.accept,
    marking.reject,
    marking.change_class,
    marking.change_label,
    marking.take_for_same,
    marking.rename,
    marking.add_to_roster,
    marking.redact,
    wording.correct,
    wording.retype,
    wording.replace_all,
    wording.split,
    wording.join,
    wording.look,
    speaking.move,
    speaking.merge_speakers,
    speaking.confirm_voice,
    speaking.name_voice,
)
for _each in _STEPS:  # each by the class of its first parameter
    _step.register(_each)
