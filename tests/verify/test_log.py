"""The decision log: what is kept, what the audit chain gets, and that a replay is the same review."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DecisionError
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
    Redo,
    Reject,
    SameAs,
    Undo,
)
from pipeline.verify.final import final_redaction, review_digest
from pipeline.verify.history import apply
from pipeline.verify.log import audit_facts, count_events, pack_event, read_decision, unpack_events
from pipeline.verify.offers import offer_after
from pipeline.verify.session import ReviewSession
from pipeline.verify.state import begin_review
from pipeline.verify.store import RecordingInfo
from tests.verify.conftest import small_material
from tests.verify.memory import MemoryStore

MARKS = st.sampled_from(["s0", "s1", "s2", "s3", "s4", "m1.0", "m2.0", "gone"])
LINES = st.sampled_from(["u0", "u1", "u2", "u3", "u2.0", "u2.1"])
CODES = st.sampled_from(["F01", "P01", "P02", "S3", "P09"])
PLACES = st.builds(lambda line, a, n: Place(line, a, a + n), LINES, st.integers(0, 30), st.integers(1, 20))
DECISIONS = st.one_of(
    st.builds(Accept, st.tuples(MARKS)),
    st.builds(Reject, st.tuples(MARKS)),
    st.builds(ChangeClass, st.tuples(MARKS), st.sampled_from(["PERSON", "LOCATION", "DATE"])),
    st.builds(ChangeLabel, st.tuples(MARKS), st.sampled_from(["", "[Person 7]"])),
    st.builds(SameAs, st.just("[P01]"), st.just("[Person 1]")),
    st.builds(AddToRoster, MARKS, code=CODES),
    st.builds(Redact, st.tuples(PLACES), st.just("PERSON"), st.sampled_from(["", "[Person 1]"])),
    st.builds(Correct, PLACES, st.sampled_from(["so", "anything else"])),
    st.builds(Move, LINES, CODES, st.none() | PLACES),
    st.builds(MergeSpeakers, CODES, CODES),
    st.builds(ConfirmVoice, st.just("S1")),
    st.builds(NameVoice, st.sampled_from(["S1", "S2", "S3"]), CODES),
    st.builds(Read, st.tuples(LINES)),
    st.builds(Undo),
    st.builds(Redo),
)


def new_review() -> tuple[MemoryStore, ReviewSession]:
    """A fresh review of the small recording."""
    store = MemoryStore()
    store.put(RecordingInfo("r1", "week one", "redacted"), small_material())
    store.take_lease("r1", "me", "Sam")
    return store, ReviewSession(store, "r1")


def decide_all(review: ReviewSession, decisions: list[Decision]) -> None:
    """Take every decision that fits."""
    for decision in decisions:
        try:
            review.decide(decision, "Sam", "me")
        except DecisionError:
            continue


@given(st.lists(DECISIONS, max_size=14))
@settings(max_examples=150, deadline=None)
def test_a_replay_of_the_log_is_the_same_review(decisions: list[Decision]) -> None:
    """Closing the page, or a crash, loses nothing: the log alone gives the state."""
    store, review = new_review()
    decide_all(review, decisions)
    m = small_material()
    assert apply(m.attribution, m.redaction, m.roster, m.duration, store.events("r1")) == review.state
    assert ReviewSession(store, "r1").state == review.state


@given(st.lists(DECISIONS, max_size=8), st.integers(0, 9), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_log_is_read_on_from_any_event(decisions: list[Decision], after: int, cut: int) -> None:
    """Also one whose end a crash cut short: counted and read alike."""
    store, review = new_review()
    decide_all(review, decisions)
    log = b"".join(pack_event(event) for event in store.events("r1"))
    log = log[: len(log) - cut]
    events = unpack_events(log)
    assert count_events(log) == len(events)
    assert unpack_events(log, after) == events[after:]


@given(st.lists(DECISIONS, max_size=14))
@settings(max_examples=100, deadline=None)
def test_everything_can_be_undone(decisions: list[Decision]) -> None:
    """Undo after undo leads back to what the pipeline left."""
    _, review = new_review()
    decide_all(review, decisions)
    while review.can_undo:
        review.decide(Undo(), "Sam", "me")
    m = small_material()
    first = begin_review(m.attribution, m.redaction, m.roster, m.duration)
    assert review_digest(review.state) == review_digest(first)


@given(st.lists(DECISIONS, max_size=14))
@settings(max_examples=150, deadline=None)
def test_marks_never_overlap_and_hidden_words_never_show(decisions: list[Decision]) -> None:
    """Whatever was decided, the approved record is whole: spans in order, words inside their lines."""
    _, review = new_review()
    decide_all(review, decisions)
    for line in review.state.in_order():
        ends = 0
        for mark in line.marks:
            assert ends <= mark.start_char < mark.end_char <= len(line.text)
            ends = mark.end_char
    final = final_redaction(review.state)
    for index, utterance in enumerate(final.utterances):
        heard = " ".join(word.text for word in utterance.words)
        for found in (s for s in final.spans if s.utterance == index and s.replacement):
            assert found.replacement in utterance.text
            others = [s.text for s in final.spans if s.utterance == index and not s.replacement]
            if utterance.text.count(found.text) == 0 and found.text not in others:
                assert found.text not in heard


@given(DECISIONS)
def test_an_event_survives_being_kept(decision: Decision) -> None:
    """Packed and unpacked it is equal, also as plain JSON from a page."""
    event = Event(7, "2030-01-02T03:04:05+00:00", "Sam", decision)
    assert unpack_events(pack_event(event)) == (event,)
    assert read_decision(json.loads(pack_event(event))["decision"]) == decision


def test_a_log_cut_short_loses_only_its_last_line() -> None:
    """A crash in the middle of writing costs the one decision that was being written."""
    events = [Event(n, "", "Sam", Read((f"u{n}",))) for n in (1, 2, 3)]
    data = b"".join(pack_event(e) for e in events)
    assert unpack_events(data[:-5]) == tuple(events[:2])


@given(DECISIONS, st.text(min_size=3, max_size=12))
def test_the_audit_chain_gets_no_words(decision: Decision, words: str) -> None:
    """Corrections and roster names stay in the sealed log; the chain has kinds and counts."""
    if isinstance(decision, Correct):
        decision = Correct(decision.place, words)
    facts = audit_facts(Event(3, "2030-01-02", "Sam", decision))
    assert set(facts) <= {"event", "decision", "by", "marks", "places", "lines", "type"}
    assert all(isinstance(v, int) for k, v in facts.items() if k in ("event", "marks", "places", "lines"))
    assert facts["decision"] == decision.kind


def test_no_words_in_a_repr() -> None:
    """An assertion or a traceback that prints records prints no transcript."""
    _, review = new_review()
    review.decide(Correct(Place("u0", 0, 6), "Bedankt"), "Sam", "me")
    shown = repr(review.state) + repr(list(review.state.in_order())) + repr(small_material())
    shown += repr(Event(1, "", "Sam", Correct(Place("u0", 0, 6), "Bedankt")))
    assert [
        w for w in ("Nerida", "Vale", "Tess", "Quorn", "falconer", "Thanks", "Bedankt") if w in shown
    ] == []


@given(st.lists(DECISIONS, max_size=8), DECISIONS)
@settings(max_examples=150, deadline=None)
def test_what_is_offered_can_be_redacted(decisions: list[Decision], last: Decision) -> None:
    """An offer names words of a line, in the open or with others like them, and its label is one."""
    _, review = new_review()
    decide_all(review, decisions)
    try:
        review.decide(last, "Sam", "me")
    except DecisionError:
        return
    offer = offer_after(last, review.state)
    if offer is None:
        return
    assert review.state.lines[offer.place.line].text[offer.place.start_char : offer.place.end_char].strip()
    review.decide(Redact((offer.place,), offer.type, offer.label), "Sam", "me")
