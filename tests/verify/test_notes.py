"""Notes and questions to another reviewer: kept with the review, in no transcript, and where one left off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DecisionError
from pipeline.verify.decisions import (
    Accept,
    Answer,
    Decision,
    Event,
    Move,
    Note,
    Place,
    Read,
    Redo,
    Reject,
    Undo,
)
from pipeline.verify.final import review_digest
from pipeline.verify.history import apply
from pipeline.verify.log import audit_facts, pack_event, unpack_events
from pipeline.verify.notes import MOST_CHARACTERS, line_of
from pipeline.verify.session import ReviewSession, make_statement
from pipeline.verify.store import RecordingInfo
from tests.verify.conftest import small_material
from tests.verify.memory import MemoryStore


def test_a_question_waits_until_another_answers(review: ReviewSession) -> None:
    """It is counted and said in the statement; the transcript is the same with it and without."""
    before = review_digest(review.state)
    review.decide(Note("u1", "Is this the ward's own name?", asks=True), "Sam", "me")
    review.decide(Note("u2", "Sounds like a cough."), "Sam", "me")
    assert review.progress.waiting == 1
    assert "One question to another reviewer is not answered." in make_statement(review.progress)
    review.decide(Answer(1, "Yes, take it out."), "Pat Example", "me")
    assert review.progress.waiting == 0
    assert "not answered" not in make_statement(review.progress)
    note = review.state.notes[0]
    assert [(r.by, r.text) for r in note.replies] == [("Pat Example", "Yes, take it out.")]
    assert review_digest(review.state) == before


def test_the_audit_chain_gets_no_word_of_a_note() -> None:
    """Kind and numbers alone; nothing of it in a repr."""
    for decision in (Note("u1", "Nerida said it", asks=True), Answer(7, "Nerida did")):
        event = Event(3, "", "Sam", decision)
        assert "Nerida" not in repr(audit_facts(event)) + repr(event) + repr(decision)
        assert unpack_events(pack_event(event)) == (event,)
    assert audit_facts(Event(3, "", "Sam", Note("u1", "x", asks=True)))["asks"] == 1
    assert audit_facts(Event(4, "", "Sam", Answer(3, "x")))["note"] == 3


@pytest.mark.parametrize(
    "wrong", [Note("u9", "x"), Note("u1", "  "), Note("u1", "x" * (MOST_CHARACTERS + 1)), Answer(9, "x")]
)
def test_what_cannot_be_kept_is_refused(review: ReviewSession, wrong: Decision) -> None:
    """No such line or note, nothing written, too much."""
    with pytest.raises(DecisionError):
        review.decide(wrong, "Sam", "me")
    assert review.number == 0


def test_a_note_follows_its_line(review: ReviewSession) -> None:
    """A line that is cut has it at its first part; taken back, the line has it again."""
    review.decide(Note("u1", "here"), "Sam", "me")
    review.decide(Move("u1", "P02", Place("u1", 0, 12)), "Sam", "me")
    assert line_of(review.state, review.state.notes[0]) == "u1.0"
    review.decide(Undo(), "Sam", "me")
    assert line_of(review.state, review.state.notes[0]) == "u1"


def test_where_one_left_off(review: ReviewSession) -> None:
    """The line last read or written at; after a decision on a question the next question is the place."""
    assert review.left_off == ""
    review.decide(Read(("u0", "u1"), (9.0, 9.0), (0.0, 0.0)), "Sam", "me")
    assert review.left_off == "u1"
    review.decide(Accept(("s3",)), "Sam", "me")
    assert review.left_off == ""
    review.decide(Note("u2", "look again"), "Sam", "me")
    assert review.left_off == "u2"


STEPS = st.lists(
    st.sampled_from(["note", "ask", "answer", "accept", "reject", "undo", "redo", "move"]), max_size=14
)


@given(STEPS)
def test_no_undo_loses_a_note_and_the_log_gives_the_same(steps: list[str]) -> None:
    """Whatever is decided and taken back between: every note stays, and replaying gives the same state."""
    store = MemoryStore()
    material = small_material()
    store.put(RecordingInfo("r1", "week one", "redacted", 15.0), material)
    store.take_lease("r1", "me", "Sam")
    review = ReviewSession(store, "r1", clock=lambda: "2030-01-02T03:04:05+00:00")
    kept = 0
    for step in steps:
        first = review.state.notes[0].number if review.state.notes else 0
        decision: Decision = {
            "note": Note("u0", "n"),
            "ask": Note("u3", "q", asks=True),
            "answer": Answer(first, "a"),
            "accept": Accept(("s3",)),
            "reject": Reject(("s4",)),
            "undo": Undo(),
            "redo": Redo(),
            "move": Move("u2", "P01"),
        }[step]
        try:
            review.decide(decision, "Sam", "me")
        except DecisionError:
            continue
        kept += step in ("note", "ask")
    assert len(review.state.notes) == kept
    events = store.events("r1")
    again = apply(material.attribution, material.redaction, material.roster, 15.0, events)
    assert again.notes == review.state.notes
    assert review_digest(again) == review_digest(review.state)
