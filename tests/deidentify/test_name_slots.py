"""Places in talk where a name is due, whatever word stands there."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.name_slots import closes, in_name_slot
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View


def slot_of(*turns: str) -> float:
    """How surely a name is due where X stands."""
    dialogue = Dialogue(turns, tuple(f"S{1 + n % 2}" for n in range(len(turns))))
    view = View(dialogue, Questions(dialogue))
    at = next(n for n, t in enumerate(dialogue.content) if t.fold == "zorb")
    return in_name_slot(view, at)


@pytest.mark.parametrize(
    "turn",
    [
        "Thanks, Zorb.",
        "Zorb, and then we left",
        "My name is Zorb.",
        "We spoke to Doctor Zorb, I think.",
        "Dr Zorb, come in.",
        "So Zorb, what did you do?",
        "Well, Zorb, what do you think?",
        "Hello. Zorb, can you hear me?",
    ],
)
def test_a_name_is_due(turn: str) -> None:
    """Behind an introduction, a title or a greeting, or set off where somebody is spoken to."""
    assert slot_of(turn) == 2.0


@pytest.mark.parametrize(
    "turn",
    [
        "My name is Zorb and I came late",
        "Then, Zorb went home",
    ],
)
def test_a_name_may_be_due(turn: str) -> None:
    """Where only one side speaks for it."""
    assert slot_of(turn) == 1.0


@pytest.mark.parametrize(
    "turn",
    [
        "We went through zorb and water",
        "There was a zorb in the garden",
        "He took zorb twice a day",
    ],
)
def test_no_name_is_due(turn: str) -> None:
    """In the middle of a sentence that leads up to nobody."""
    assert slot_of(turn) == 0.0


def test_a_turn_is_looked_at_by_itself() -> None:
    """What the other said leads up to nothing here."""
    assert slot_of("My name is", "zorb and water it was") < slot_of("My name is zorb and water it was")


def test_marks_and_the_end_of_a_turn_close_a_phrase() -> None:
    """A comma, a stop, a question mark, or somebody else who speaks."""
    dialogue = Dialogue(("I saw Zorb, then Quill. Left", "Right away"), ("S1", "S2"))
    tokens = dialogue.content
    closed = [t.fold for n, t in enumerate(tokens) if closes(tokens, n)]
    assert closed == ["zorb", "quill", "left", "away"]
