"""Each decision as a step from one state of the review to the next. Pure: nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import singledispatch
from itertools import zip_longest

from pipeline.errors import DecisionError
from pipeline.identifiers import tier_of
from pipeline.records import in_brackets
from pipeline.verify.decisions import (
    Accept,
    AddToRoster,
    Answer,
    ChangeClass,
    ChangeLabel,
    ConfirmVoice,
    Correct,
    Decision,
    Event,
    Join,
    Look,
    MergeSpeakers,
    Move,
    NameVoice,
    Note,
    Place,
    Read,
    Redact,
    Reject,
    RenameLabel,
    ReplaceAll,
    Retype,
    SameAs,
    Split,
)
from pipeline.verify.edits import get_line, get_mark, put_in_place, put_line, put_mark, put_typed
from pipeline.verify.labelling import rename_label, unite
from pipeline.verify.labels import check_label, label_for, next_label, relabel, remember_label, unite_labels
from pipeline.verify.lines import is_voice, join_lines, move_border, split_line
from pipeline.verify.notes import add_note, answer_note
from pipeline.verify.reading import check_times, join_times, note_times
from pipeline.verify.replacing import replace_words
from pipeline.verify.retyping import correct_line, retype_line
from pipeline.verify.state import Line, Mark, ReviewedTranscript, RosterAddition
from pipeline.verify.typed import hide_found
from pipeline.verify.unlearning import unlearn


def take_step(state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    """The state after one decision; raises DecisionError for one that does not fit the state."""
    return _step(event.decision, state, event)


@singledispatch
def _step(decision: Decision, _state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    raise DecisionError(why=f"{decision.kind} is not a step")


@_step.register
def _(decision: Accept, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    for mark, given in _with_labels(decision):
        line, found = get_mark(state, mark)
        label = given or found.replacement or _label_of(state, line, found)
        action = found.action if found.action == "generalise" and found.replacement else "remove"
        state = put_mark(state, line, replace(found, replacement=label, action=action), "accepted", event)
    return state


@_step.register
def _(decision: Reject, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    before = state
    for mark in decision.marks:
        line, found = get_mark(state, mark)
        state = put_mark(state, line, found, "rejected", event)
    return unlearn(before, state, decision.marks, rejected=True)


@_step.register
def _(decision: ChangeClass, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    before = state
    for mark, given in _with_labels(decision):
        line, found = get_mark(state, mark)
        changed = replace(found, type=decision.type, tier=tier_of(decision.type), action="remove")
        changed = replace(changed, replacement=given or _label_of(state, line, changed))
        state = put_mark(state, line, changed, "accepted", event)
    return unlearn(before, state, decision.marks, rejected=False)


@_step.register
def _(decision: ChangeLabel, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    for mark in decision.marks:
        line, found = get_mark(state, mark)
        label = decision.label or next_label(state, found.type)
        check_label(label)
        state = put_mark(state, line, replace(found, action="remove", replacement=label), "accepted", event)
        decision = replace(decision, label=label)
    return state


@_step.register
def _(decision: SameAs, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
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


@_step.register
def _(decision: RenameLabel, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    return rename_label(state, decision.label, decision.to)


@_step.register
def _(decision: AddToRoster, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
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


def _with_labels(decision: Accept | ChangeClass) -> Iterator[tuple[str, str]]:
    """Each mark with the label it was given; "" where that is still to be found."""
    return zip_longest(decision.marks, decision.labels[: len(decision.marks)], fillvalue="")


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


def _name_of(event: int, place: int) -> str:
    """The id of a mark that a person made."""
    return f"m{event}.{place}"


def _label_of(state: ReviewedTranscript, line: Line, mark: Mark) -> str:
    """The label a mark's words get, as it is written."""
    return label_for(state, mark.type, line.words_of(mark), line.text[: mark.start_char])


@_step.register
def _(decision: Redact, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
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


@_step.register
def _(decision: Correct, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    line = correct_line(get_line(state, decision.place.line), decision.place, decision.text)
    return put_typed(state, hide_found(line, decision.found, event))


@_step.register
def _(decision: Retype, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    line = get_line(state, decision.line)
    typed = retype_line(line, decision.texts)
    if typed is None:
        return put_in_place(state, [line.id], [])
    return put_typed(state, hide_found(typed, decision.found, event))


@_step.register
def _(decision: Split, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    line = get_line(state, decision.line)
    parts = split_line(line, decision.at, f"{line.id}.e{event.number}")
    state = put_in_place(state, [line.id], [hide_found(part, decision.found, event) for part in parts])
    cut = any(t.start_char < decision.at < t.end_char for t in line.tokens)
    return replace(state, unlooked=state.unlooked | {part.id for part in parts}) if cut else state


@_step.register
def _(decision: Join, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    second = get_line(state, decision.line)
    at = state.order.index(second.id)
    if at == 0:
        raise DecisionError(why="there is no line before it")
    first = state.lines[state.order[at - 1]]
    joined = hide_found(join_lines(first, second), decision.found, event)
    state = replace(state, reading=join_times(state.reading, first.id, second.id))
    return put_in_place(state, [first.id, second.id], [joined])


@_step.register
def _(decision: Look, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    for name in decision.lines:
        state = put_line(state, hide_found(get_line(state, name), decision.found, event))
    return replace(state, unlooked=state.unlooked.difference(decision.lines))


@_step.register
def _(decision: ReplaceAll, state: ReviewedTranscript, event: Event) -> ReviewedTranscript:
    state, names = replace_words(state, decision)
    return put_typed(state, *(hide_found(state.lines[name], decision.found, event) for name in names))


@_step.register
def _(decision: Move, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    line = get_line(state, decision.line)
    if not decision.participant.strip():
        raise DecisionError(why="choose a participant")
    if decision.place is None:
        return put_line(state, replace(line, participant=decision.participant, voice=""))
    return put_in_place(state, [line.id], move_border(line, decision.place, decision.participant))


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
    return relabel(state, in_brackets(code), in_brackets(into)) if is_voice(code) else state


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
