"""A review's decisions folded into what the pipeline left, so that the log that led there can go.

The folded records begin a review where this one stands: words put right, lines given to somebody else, replacements
decided. What is lost is the way there (undo).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.records import Attribution, Redaction, Utterance, Word
from pipeline.verify.decisions import Answer, Event, Note, Read
from pipeline.verify.final import final_redaction
from pipeline.verify.notes import LineNote, line_of
from pipeline.verify.state import Line, ReviewedTranscript


def fold_review(state: ReviewedTranscript, attribution: Attribution) -> tuple[Attribution, Redaction]:
    """Attribution and redaction as a review has them; `attribution` lends what a review does not change."""
    lines = tuple(state.in_order())
    folded = replace(
        attribution,
        utterances=tuple(_utterance(line) for line in lines),
        codes=tuple((voice.speaker, voice.code) for voice in state.voices),
        evidence=tuple((voice.speaker, voice.evidence) for voice in state.voices if voice.evidence),
        unsure=tuple(voice.speaker for voice in state.voices if voice.open),
        spoken_by=tuple(line.voice for line in lines),
    )
    return folded, final_redaction(state)


def fold_reading(state: ReviewedTranscript) -> tuple[Read, ...]:
    """What was read, as the folded records number the lines: those whose time was kept, and those of older logs."""
    numbers = {f"u{number}": line.id for number, line in enumerate(state.in_order()) if line.id in state.read}
    times = {name: state.reading.of(line) for name, line in numbers.items()}
    timed = {name: time for name, time in times.items() if time is not None}
    untimed = tuple(name for name, time in times.items() if time is None)
    told = Read(
        tuple(timed),
        tuple(time.seconds for time in timed.values()),
        tuple(time.heard for time in timed.values()),
    )
    return (*((told,) if timed else ()), *((Read(untimed),) if untimed else ()))


def fold_log(
    state: ReviewedTranscript, last: Event, keep: Callable[[Line, LineNote], bool]
) -> tuple[Event, ...]:
    """The log that goes on from the folded records: what was read, and the notes that `keep` is true for, with their
    line and answers. `last` is the newest event of the log before."""
    log = [Event(number, last.at, last.by, read) for number, read in enumerate(fold_reading(state), 1)]
    places = {line.id: f"u{number}" for number, line in enumerate(state.in_order())}
    for note in state.notes:
        line = line_of(state, note)
        if not line or not keep(state.lines[line], note):
            continue
        asked = len(log) + 1
        log.append(Event(asked, note.at, note.by, Note(places[line], note.text, note.asks)))
        for reply in note.replies:
            log.append(Event(len(log) + 1, reply.at, reply.by, Answer(asked, reply.text)))
    return tuple(log)


def _utterance(line: Line) -> Utterance:
    words = (
        Word(
            token.start,
            max(token.start, token.end),
            line.text[token.start_char : token.end_char],
            token.probability,
        )
        for token in line.tokens
    )
    return Utterance(line.participant, line.start, line.end, line.text, tuple(words), line.overlap)
