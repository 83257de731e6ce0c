"""The gate before `verified`, by itself: what it refuses, and whose approvals stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import (
    SecondReviewerError,
    StatementError,
    StillOpenError,
    TranscriptChangedError,
    UndecidedError,
)
from pipeline.verify.gate import check_gate, name_with_account, same_person, shared_account
from pipeline.verify.store import Approval

MINE = Approval("Ann Smith", "I read it.", "d")


def test_a_good_approval_stands() -> None:
    assert check_gate("R", MINE, open_questions=0, digest_now="d") == (MINE,)


def test_an_open_question_refuses_it() -> None:
    with pytest.raises(UndecidedError, match="R: 2 open questions"):
        check_gate("R", MINE, open_questions=2, digest_now="d")


def test_another_transcript_refuses_it() -> None:
    with pytest.raises(TranscriptChangedError, match=r"^R:"):
        check_gate("R", MINE, open_questions=0, digest_now="e")


@pytest.mark.parametrize(("said", "found"), [(0, 2), (2, 3), (1, 0)])
def test_what_still_stands_in_the_open_needs_a_yes_to_just_so_many_places(said: int, found: int) -> None:
    """A yes to two places is none to three."""
    with pytest.raises(StillOpenError, match=rf"^R: {found} places"):
        check_gate("R", replace(MINE, over=said), open_questions=0, digest_now="d", still_open=found)
    yes = replace(MINE, over=found)
    assert check_gate("R", yes, open_questions=0, digest_now="d", still_open=found) == (yes,)


@pytest.mark.parametrize("changed", [{"statement": " "}, {"reviewer": "\t"}])
def test_without_a_statement_or_without_a_name_it_is_refused(changed: dict[str, str]) -> None:
    """Each by itself."""
    with pytest.raises(StatementError, match=r"^R:"):
        check_gate("R", replace(MINE, **changed), open_questions=0, digest_now="d")


@pytest.mark.parametrize(
    "typed", ["Ann Smith.", "ann smith", " Ann  Smith ", "Smith-", "ÁNN SMITH", "Ann, Smith"]
)
def test_one_person_is_one_person_however_they_type_it(typed: str) -> None:
    """A full stop made two people of one."""
    if typed == "Smith-":
        assert not same_person("Ann Smith", typed)
        return
    with pytest.raises(SecondReviewerError, match=r"R: the same person .* asks for 2 reviewers"):
        check_gate(
            "R", replace(MINE, reviewer=typed), open_questions=0, digest_now="d", earlier=[MINE], reviewers=2
        )


def test_an_earlier_approval_of_another_transcript_does_not_stand() -> None:
    """Nor does it keep the same person from approving the one there is now."""
    old = replace(MINE, digest="before")
    assert check_gate("R", MINE, open_questions=0, digest_now="d", earlier=[old]) == (MINE,)
    other = replace(MINE, reviewer="Bea Jones")
    assert check_gate("R", MINE, open_questions=0, digest_now="d", earlier=[old, other]) == (other, MINE)


@given(st.text(min_size=1), st.text(min_size=1))
def test_sameness_holds_both_ways(one: str, other: str) -> None:
    assert same_person(one, one)
    assert same_person(one, other) == same_person(other, one)


def test_names_without_letters_are_compared_as_they_are() -> None:
    """Else all of them would be one person."""
    assert not same_person("!", "?")
    assert same_person("!", "!")


def test_two_names_of_one_account_are_told() -> None:
    """An account of an earlier version is not known, and says nothing."""
    assert shared_account([("Ann Smith", "lab"), ("Bea Jones", "lab")]) == "lab"
    assert shared_account([("Ann Smith", "ann"), ("Bea Jones", "bea")]) == ""
    assert shared_account([("Ann Smith", "lab"), ("ann smith", "lab")]) == ""
    assert shared_account([("Ann Smith", ""), ("Bea Jones", "")]) == ""
    assert name_with_account("Ann Smith", "lab") == "Ann Smith (account lab)"
    assert name_with_account("Ann Smith", "") == "Ann Smith"
