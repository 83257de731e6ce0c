"""Each decision as a step from one state of the review to the next. Pure: nothing is stored here."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from pipeline.errors import DecisionError
from pipeline.verify.classes import next_label, tier_of
from pipeline.verify.decisions import (
    Accept,
    AddToRoster,
    ChangeClass,
    ChangeLabel,
    ConfirmVoice,
    Correct,
    Decision,
    Event,
    MergeSpeakers,
    Move,
    NameVoice,
    Place,
    Read,
    Redact,
    Reject,
    SameAs,
)
from pipeline.verify.edits import get_line, get_mark, put_line, put_mark
from pipeline.verify.labels import check_label, label_for, relabel, remember_label
from pipeline.verify.lines import correct_line, is_voice, move_border
from pipeline.verify.state import Mark, ReviewedTranscript, RosterAddition


def take_step(state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state after one decision; raises DecisionError for one that does not fit the state."""
    return _step(event.decision, state, event)


@singledispatch
def _step(decision: Decision, _state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    raise DecisionError(why=f"{decision.kind} is not a step")


@_step.register
def _(decision: Accept, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    for mark in decision.marks:
        line, found = get_mark(state, mark)
        label = found.replacement or label_for(state, found.type, line.words_of(found))
        action = found.action if found.action == "generalise" and found.replacement else "remove"
        state = put_mark(state, line, replace(found, replacement=label, action=action), "accepted", event)
    return state


@_step.register
def _(decision: Reject, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    for mark in decision.marks:
        line, found = get_mark(state, mark)
        state = put_mark(state, line, found, "rejected", event)
    return state


@_step.register
def _(decision: ChangeClass, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    for mark in decision.marks:
        line, found = get_mark(state, mark)
        label = label_for(state, decision.type, line.words_of(found))
        changed = replace(
            found, type=decision.type, tier=tier_of(decision.type), action="remove", replacement=label
        )
        state = put_mark(state, line, changed, "accepted", event)
    return state


@_step.register
def _(decision: ChangeLabel, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    for mark in decision.marks:
        line, found = get_mark(state, mark)
        label = decision.label or next_label(found.type, state.taken_labels())
        check_label(label)
        state = put_mark(state, line, replace(found, action="remove", replacement=label), "accepted", event)
        decision = replace(decision, label=label)
    return state


@_step.register
def _(decision: SameAs, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    check_label(decision.other)
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
    labels = tuple((c, t, decision.other if at == decision.label else at) for c, t, at in state.labels)
    return replace(state, labels=labels)


@_step.register
def _(decision: AddToRoster, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    if bool(decision.code) == bool(decision.group):
        raise DecisionError(why="choose a participant or a group of words")
    if decision.code and decision.code not in state.participants():
        raise DecisionError(why="there is no such participant")
    line, found = get_mark(state, decision.mark)
    name = line.words_of(found)
    label = f"[{decision.code}]" if decision.code else label_for(state, found.type, name)
    changed = replace(found, action="remove", replacement=label)
    state = put_mark(state, line, changed, "accepted", event)
    return replace(state, additions=(*state.additions, RosterAddition(name, decision.code, decision.group)))


@_step.register
def _(decision: Redact, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    if not decision.places:
        raise DecisionError(why="nothing is marked")
    first = decision.places[0]
    words = get_line(state, first.line).text[first.start_char : first.end_char]
    label = decision.label or label_for(state, decision.type, words)
    check_label(label)
    for number, place in enumerate(decision.places):
        state = _mark_place(state, place, f"m{event.number}.{number}", decision.type, label, event)
    return remember_label(state, decision.type, words, label)


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


@_step.register
def _(decision: Correct, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    line = get_line(state, decision.place.line)
    return put_line(state, correct_line(line, decision.place, decision.text))


@_step.register
def _(decision: Move, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    line = get_line(state, decision.line)
    if not decision.participant.strip():
        raise DecisionError(why="choose a participant")
    if decision.place is None:
        return put_line(state, replace(line, participant=decision.participant, voice=""))
    parts = move_border(line, decision.place, decision.participant)
    lines = {name: kept for name, kept in state.lines.items() if name != line.id}
    lines.update({part.id: part for part in parts})
    at = state.order.index(line.id)
    order = (*state.order[:at], *(p.id for p in parts), *state.order[at + 1 :])
    read = state.read | {p.id for p in parts} if line.id in state.read else state.read
    return replace(state, lines=lines, order=order, read=read)


@_step.register
def _(decision: MergeSpeakers, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    if decision.participant == decision.into:
        raise DecisionError(why="these are the same already")
    if decision.participant not in {line.participant for line in state.lines.values()}:
        raise DecisionError(why="nobody speaks under that code")
    lines = {
        name: replace(line, participant=decision.into) if line.participant == decision.participant else line
        for name, line in state.lines.items()
    }
    voices = tuple(
        replace(v, code=decision.into, confirmed=True) if v.code == decision.participant else v
        for v in state.voices
    )
    return _rename(replace(state, lines=lines, voices=voices), decision.participant, decision.into)


def _rename(state: ReviewedTranscript, code: str, into: str) -> ReviewedTranscript:
    """A voice without a name (S1) may stand as a label; a code's label says who is named, not who speaks."""
    return relabel(state, f"[{code}]", f"[{into}]") if is_voice(code) else state


@_step.register
def _(decision: ConfirmVoice, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    if decision.speaker not in {v.speaker for v in state.voices}:
        raise DecisionError(why="there is no such voice")
    voices = tuple(replace(v, confirmed=True) if v.speaker == decision.speaker else v for v in state.voices)
    return replace(state, voices=voices)


@_step.register
def _(decision: NameVoice, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    voice = next((v for v in state.voices if v.speaker == decision.speaker), None)
    if voice is None:
        raise DecisionError(why="there is no such voice")
    if not decision.participant.strip():
        raise DecisionError(why="choose a participant")
    lines = {
        name: replace(line, participant=decision.participant) if line.voice == voice.speaker else line
        for name, line in state.lines.items()
    }
    voices = tuple(
        replace(v, code=decision.participant, confirmed=True) if v is voice else v for v in state.voices
    )
    return _rename(replace(state, lines=lines, voices=voices), voice.code, decision.participant)


@_step.register
def _(decision: Read, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    return replace(state, read=state.read | (set(decision.lines) & set(state.lines)))
