"""Read means read: the time at each line is kept and said, and marking faster than a person reads is skimming."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DecisionError
from pipeline.verify.decisions import (
    Event,
    Move,
    Place,
    Read,
    Undo,
)
from pipeline.verify.log import pack_event, unpack_events
from pipeline.verify.progress import measure_progress
from pipeline.verify.reading import (
    AHEAD_SECONDS,
    FASTEST_WORDS_A_MINUTE,
    HowRead,
    how_read,
    note_times,
    say_reading,
    say_share,
    skimmed_lines,
)
from pipeline.verify.session import ReviewSession, make_statement
from pipeline.verify.state import ReviewedTranscript, begin_review
from tests.verify.conftest import small_material, step
from tests.verify.sample import sample_material


def begin(name: str = "session-s1") -> ReviewedTranscript:
    """A sample recording's review."""
    m = sample_material(name)
    return begin_review(m.attribution, m.redaction, m.roster, m.duration)


def test_marking_every_line_in_six_seconds_is_skimming() -> None:
    """Words a minute stand in the statement, nothing counts as read, and nobody signs that all was."""
    state = begin()
    lines = state.order
    state = step(state, Read(lines, (6.0 / len(lines),) * len(lines), (0.0,) * len(lines)))
    progress = measure_progress(state)
    assert state.read == set(lines)
    # What six seconds allow, and no more: a few lines at the most.
    assert progress.how.by_eye <= 6 * FASTEST_WORDS_A_MINUTE / 60
    statement = make_statement(progress)
    assert "All of its words" not in statement
    assert "only skimmed: marked as read in" in statement
    assert "words a minute" in statement


def test_reading_ahead_counts_when_lines_are_marked_afterwards() -> None:
    """Who reads a stretch and then marks its lines one after another has read them."""
    state = begin()
    first = state.order[:4]
    words = sum(len(state.lines[name].tokens) for name in first)
    time = words * 60 / FASTEST_WORDS_A_MINUTE + 1
    assert time < AHEAD_SECONDS + 4
    state = step(state, Read(first, (time, 0.0, 0.0, 0.0), (0.0,) * 4))
    assert skimmed_lines(state) == ()
    assert how_read(state).by_eye == words


def test_heard_lines_need_no_time() -> None:
    """A line whose sound was played was heard, whatever the time at it."""
    state = begin()
    name = state.order[0]
    line = state.lines[name]
    state = step(state, Read((name,), (0.0,), (line.end - line.start,)))
    how = how_read(state)
    assert (how.by_ear, how.by_eye, how.skimmed) == (len(line.tokens), 0, 0)
    assert f"{how.heard_seconds:.0f} s of sound" in say_reading(how)


def test_a_skimmed_line_can_be_read_again() -> None:
    """The time adds up, and then it was read."""
    state = begin()
    name = state.order[0]
    state = step(state, Read((name,), (0.1,), (0.0,)))
    assert skimmed_lines(state) == (name,)
    state = step(state, Read((name,), (60.0,), (0.0,)), 2)
    assert skimmed_lines(state) == ()
    assert how_read(state).seconds == pytest.approx(60.1)


def test_old_logs_stay_readable_and_say_so() -> None:
    """Events without times are taken as they are: read, time not kept."""
    line = json.dumps(
        {"number": 1, "at": "", "by": "Sam", "decision": {"kind": "read", "lines": ["u0", "u1"]}}
    )
    (event,) = unpack_events(line.encode() + b"\n")
    material = small_material()
    state = begin_review(material.attribution, material.redaction, material.roster, material.duration)
    state = step(state, event.decision)
    how = how_read(state)
    assert (how.untimed, how.by_eye, how.skimmed) == (15, 0, 0)
    assert "15 words marked as read, time not kept" in make_statement(measure_progress(state))
    assert say_share(1.0, None).endswith("time not kept")


def test_lines_told_without_a_time_now_were_read_in_none(review: ReviewSession) -> None:
    """Only a log of an earlier version may leave the times out; what is told today without one is skimmed."""
    review.decide(Read(("u1",)), "Sam", "me")
    assert skimmed_lines(review.state) == ("u1",)
    assert review.progress.coverage == 0
    assert "less than 1 s, more than 600 words a minute" in make_statement(review.progress)


@pytest.mark.parametrize(
    "wrong",
    [
        Read(("u0", "u1"), (1.0,), (0.0,)),
        Read(("u0",), (1.0,), ()),
        Read(("u0",), (-1.0,), (0.0,)),
        Read(("u0",), (float("nan"),), (0.0,)),
        Read(("u0",), (1e9,), (0.0,)),
    ],
)
def test_times_that_cannot_be_are_refused(review: ReviewSession, wrong: Read) -> None:
    """One time for each line, in seconds of a day; nothing else is kept."""
    with pytest.raises(DecisionError):
        review.decide(wrong, "Sam", "me")
    assert review.number == 0


def test_a_line_cut_in_two_was_read_as_its_whole_was(review: ReviewSession) -> None:
    """Neither time nor words double, and skimming is not washed off by a cut or an undo."""
    review.decide(Read(("u1", "u2"), (0.1, 30.0), (0.0, 0.0)), "Sam", "me")
    whole = how_read(review.state)
    review.decide(Move("u1", "P02", Place("u1", 0, 12)), "Sam", "me")
    assert how_read(review.state).skimmed == whole.skimmed == 10
    assert how_read(review.state).skimmed_seconds == pytest.approx(whole.skimmed_seconds)
    review.decide(Undo(), "Sam", "me")
    assert how_read(review.state) == whole


def test_the_approval_keeps_how_it_was_read(review: ReviewSession) -> None:
    """Numbers, not a sentence alone; they come back from what is stored."""
    review.decide(Read(("u0",), (3.0,), (0.0,)), "Sam", "me")
    assert replace(review.progress.how, words=0) == HowRead(0, by_eye=5, seconds=3.0)
    event = Event(1, "", "Sam", Read(("u0",), (3.0,), (0.5,)))
    assert unpack_events(pack_event(event)) == (event,)


TIMES = st.lists(st.tuples(st.integers(0, 200), st.floats(0, 40), st.floats(0, 40)), max_size=60)


@given(TIMES)
def test_never_more_is_read_than_the_time_allows(told: list[tuple[int, float, float]]) -> None:
    """Whatever is marked in whatever order: words read by eye fit the time at all lines; nothing counts twice."""
    state = SAMPLE
    for at, seconds, heard in told:
        name = state.order[at % len(state.order)]
        decision = Read((name,), (seconds,), (heard,))
        state = replace(state, read=state.read | {name}, reading=note_times(state, decision))
    how = how_read(state)
    spent = sum(seconds for _, seconds, _ in told)
    assert how.by_eye <= spent * FASTEST_WORDS_A_MINUTE / 60 + 1e-6
    assert how.by_eye + how.by_ear + how.skimmed == sum(len(state.lines[n].tokens) for n in state.read)
    assert how.seconds + how.skimmed_seconds <= spent + 0.2
    assert 0 <= how.share <= 1


SAMPLE = begin()
