"""Decisions on who speaks, each as a step from one state of the review to the next."""

from __future__ import annotations

from dataclasses import replace

from pipeline.errors import DecisionError
from pipeline.records import in_brackets
from pipeline.verify.decisions import ConfirmVoice, Event, MergeSpeakers, Move, NameVoice
from pipeline.verify.edits import get_line, put_in_place, put_line
from pipeline.verify.labels import relabel
from pipeline.verify.lines import is_voice, move_border
from pipeline.verify.state import ReviewedTranscript


def move(decision: Move, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    """The state with a line, or words of it, given to somebody else."""
    line = get_line(state, decision.line)
    if not decision.participant.strip():
        raise DecisionError(why="choose a participant")
    if decision.place is None:
        return put_line(state, replace(line, participant=decision.participant, voice=""))
    return put_in_place(state, [line.id], move_border(line, decision.place, decision.participant))


def merge_speakers(decision: MergeSpeakers, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    """The state in which two participants are one."""
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


def confirm_voice(decision: ConfirmVoice, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    """The state in which a voice is its participant's for certain."""
    if decision.speaker not in {v.speaker for v in state.voices}:
        raise DecisionError(why="there is no such voice")
    voices = tuple(replace(v, confirmed=True) if v.speaker == decision.speaker else v for v in state.voices)
    return replace(state, voices=voices)


def name_voice(decision: NameVoice, state: ReviewedTranscript, _event: Event) -> ReviewedTranscript:
    """The state in which a voice is another participant's."""
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


def _rename(state: ReviewedTranscript, code: str, into: str) -> ReviewedTranscript:
    """A voice without a name (S1) may stand as a label; a code's label says who is named, not who speaks."""
    return relabel(state, in_brackets(code), in_brackets(into)) if is_voice(code) else state
