"""Notes on lines, and questions to another reviewer or whoever answers for the study, with their answers.

They are no part of the transcript: they change no word, are in no export, report or audit entry, and go with the sealed log
of decisions. They may name people, as the sound does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.errors import DecisionError

if TYPE_CHECKING:
    from pipeline.verify.decisions import Answer, Event, Note
    from pipeline.verify.state import ReviewedTranscript

MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: what was said, by whom, when (ISO 8601)."""

    text: str = field(repr=False)
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class LineNote:
    """A note on a line by the number of its event; `asks` for an answer, and waits until there is one."""

    number: int
    line: str
    text: str = field(repr=False)
    by: str = ""
    at: str = ""
    asks: bool = False
    replies: tuple[Reply, ...] = ()

    @property
    def waits(self) -> bool:
        return self.asks and not self.replies


def add_note(state: ReviewedTranscript, note: Note, event: Event) -> ReviewedTranscript:
    """The state with a note; raises DecisionError for an empty or endless one, or a line there is not."""
    if note.line not in state.lines:
        raise DecisionError(why="that line is no longer there")
    text = _check(note.text)
    made = LineNote(event.number, note.line, text, event.by, event.at, note.asks)
    return replace(state, notes=(*state.notes, made))


def answer_note(state: ReviewedTranscript, answer: Answer, event: Event) -> ReviewedTranscript:
    """The state with a note answered; raises DecisionError when there is no such note."""
    if answer.note not in {each.number for each in state.notes}:
        raise DecisionError(why="that note is no longer there")
    reply = Reply(_check(answer.text), event.by, event.at)
    return replace(
        state,
        notes=tuple(
            replace(each, replies=(*each.replies, reply)) if each.number == answer.note else each
            for each in state.notes
        ),
    )


def _check(text: str) -> str:
    if not text.strip():
        raise DecisionError(why="nothing was written")
    if len(text) > MOST_CHARACTERS:
        raise DecisionError(why="the note is too long")
    return text.strip()


def count_waiting(notes: Iterable[LineNote]) -> int:
    """How many questions nobody has answered."""
    return sum(note.waits for note in notes)


def line_of(state: ReviewedTranscript, note: LineNote) -> str:
    """The line a note stands at now: its own, the one it was joined to, or the first part of it; empty when none is left."""
    line = note.line
    while line:
        if line in state.lines:
            return line
        if parts := [name for name in state.order if name.startswith(f"{line}.")]:
            return parts[0]
        line = line.rpartition(".")[0]
    return ""


def left_off(state: ReviewedTranscript, last: Event | None) -> str:
    """The line at which a reviewer left off, where the last thing done was to read, write or note; empty where it was to
    decide on questions (the next question is where it goes on), or nothing was done."""
    if last is None:
        return ""
    decision = last.decision
    place = getattr(decision, "place", None)
    lines = getattr(decision, "lines", ())
    line = lines[-1] if lines else getattr(place, "line", "") or getattr(decision, "line", "")
    return line if isinstance(line, str) and line in state.lines else ""
