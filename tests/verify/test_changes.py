"""What was done, told: steps without words, passages before and after, words put right and lines given away counted."""

from __future__ import annotations

import pytest

from pipeline.verify.changes import PutRight, count_put_right, passages, show_difference, text_of
from pipeline.verify.decisions import (
    Accept,
    ChangeLabel,
    Correct,
    Move,
    NameVoice,
    Read,
    Reject,
    RenameLabel,
    ReplaceAll,
    SameAs,
    Undo,
)
from pipeline.verify.session import ReviewSession
from pipeline.verify.state import ReviewedTranscript
from tests.verify.conftest import step
from tests.verify.test_steps import place


def test_steps_are_told_with_who_when_and_where_but_no_words(review: ReviewSession) -> None:
    """Labels and codes stand in the transcript; whatever was said does not stand in the list."""
    state = review.state
    for decision in (
        Accept(("s3",)),
        Read(("u0",)),
        Correct(place("u3", "again", state), "a grain"),
        RenameLabel("[Person 1]", "[Registrar]"),
        SameAs("[Person 2]", "[P01]"),
        Move("u3", "P02"),
        NameVoice("S1", "P01"),
    ):
        review.decide(decision, "Sam", "me")
    told = review.tell_steps()
    assert [(s.number, s.what, s.about, s.line, s.lines) for s in told] == [
        (1, "redacted", "[Occupation 1]", "u1", 1),
        (3, "words put right", "", "u3", 1),
        (
            4,
            "label renamed",
            "[Person 1] → [Registrar]",
            "u1",
            2,
        ),  # and of u3, looked through when it was typed
        (5, "one label for two", "[Person 2] → [P01]", "u2", 1),
        (6, "given to somebody else", "P02", "u3", 1),
        (7, "voice named", "P01", "u0", 1),
    ]
    assert {(s.by, s.at) for s in told} == {("Sam", "2030-01-02T03:04:05+00:00")}
    assert (told[1].seconds, told[1].participant) == (12.0, "S3")
    assert not any(s.was or s.now for s in told)
    assert "grain" not in repr(review.tell_steps(words=True))


def test_the_words_that_differ_are_told_when_they_are_asked_for(review: ReviewSession) -> None:
    """As a reader saw them: what a replacement hid is not among them."""
    state = review.state
    review.decide(ReplaceAll((place("u3", "yes", state), place("u2", "go on", state)), "so"), "Sam", "me")
    review.decide(Correct(place("u1", "Quorn", state), "Quornington"), "Sam", "me")
    review.decide(ChangeLabel(("s2",), "[Person 7]"), "Sam", "me")
    assert [(s.was, s.now) for s in review.tell_steps(words=True)] == [
        ("go on.", "so."),
        ("", ""),
        ("[Person 1]", "[Person 7]"),
    ]


def test_what_was_taken_back_is_no_step_any_more(review: ReviewSession) -> None:
    review.decide(Reject(("s4",)), "Sam", "me")
    review.decide(Accept(("s3",)), "Sam", "me")
    review.decide(Undo(), "Sam", "me")
    assert [s.number for s in review.tell_steps()] == [1]


def test_only_what_differs_of_two_texts_is_shown() -> None:
    assert show_difference("so the arm hurts", "so um hurts") == ("the arm", "um")
    assert show_difference("a b", "a b c") == ("", "c")
    assert show_difference("same", "same") == ("", "")
    assert show_difference("x x x", "x x") == ("x", "")


def test_a_line_that_was_cut_is_one_passage(state: ReviewedTranscript) -> None:
    after = step(state, Move("u2", "P01", place("u2", "Nerrida, go on.", state)))
    found = passages(state, after)
    assert [len(each.after) for each in found] == [1, 1, 2, 1]
    assert [each.changed for each in found] == [False, False, True, False]
    assert text_of(found[2].before) == text_of(found[2].after)
    assert count_put_right(state, after) == PutRight(0, 1)


@pytest.mark.parametrize(("typed", "words"), [("over here", 1), ("there", 1), ("here", 0), ("a b c", 3)])
def test_words_put_right_are_counted(state: ReviewedTranscript, typed: str, words: int) -> None:
    """One changed and one added; taken out again, none."""
    after = step(state, Correct(place("u1", "here", state), typed))
    assert count_put_right(state, after) == PutRight(words, 0)


def test_words_taken_out_and_those_under_a_replacement_count_too(state: ReviewedTranscript) -> None:
    after = step(state, ReplaceAll((place("u3", "yes", state),), ""))
    after = step(after, Correct(place("u1", "Quorn", state), "Quornington"), 2)
    assert count_put_right(state, after) == PutRight(2, 0)


def test_a_voice_given_to_another_is_no_line_given_away(state: ReviewedTranscript) -> None:
    after = step(step(state, NameVoice("S1", "P01")), Move("u3", "P02"), 2)
    assert count_put_right(state, after) == PutRight(0, 1)
