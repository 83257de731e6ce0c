"""Where a recording may go from each state: nothing is destroyed unverified, nothing comes back from its end."""

from __future__ import annotations

import pytest

from pipeline.errors import StateError
from pipeline.study.vault.states import State, check_arrow


def may(now: State, wanted: State) -> bool:
    """Whether a recording may go from one state to another."""
    try:
        check_arrow("R0001", now, wanted)
    except StateError:
        return False
    return True


def before(wanted: State) -> set[State]:
    """The other states a recording may come from."""
    return {now for now in State if now is not wanted and may(now, wanted)}


def after(now: State) -> set[State]:
    """The other states a recording may go to."""
    return {wanted for wanted in State if wanted is not now and may(now, wanted)}


def reached_from(start: State, *, without: State) -> set[State]:
    """All that can be reached, by any way that does not pass one state."""
    reached, waiting = {start}, [start]
    while waiting:
        fresh = after(waiting.pop()) - reached - {without}
        reached |= fresh
        waiting += fresh
    return reached


def test_only_what_was_verified_is_destroyed() -> None:
    """By no way around it; what is destroyed may only have more of it destroyed."""
    assert before(State.DESTROYING) == {State.VERIFIED, State.DESTROYED}
    assert before(State.DESTROYED) == {State.DESTROYING}
    assert not {State.DESTROYING, State.DESTROYED} & reached_from(State.RECEIVED, without=State.VERIFIED)


def test_only_what_a_person_saw_is_verified() -> None:
    """After de-identification, and from nowhere else."""
    assert before(State.VERIFIED) == {State.REDACTED, State.IN_REVIEW}
    assert State.VERIFIED not in reached_from(State.RECEIVED, without=State.REDACTED)


def test_nothing_turns_back_from_its_end() -> None:
    """What is begun is only finished, what is withdrawn stays so, what was sealed is never taken for new."""
    assert after(State.DESTROYING) == {State.DESTROYED}
    assert after(State.WITHDRAWING) == {State.WITHDRAWN}
    assert after(State.WITHDRAWN) == set()
    assert after(State.DESTROYED) == {State.DESTROYING, State.WITHDRAWING}
    assert before(State.SEALED) == {State.RECEIVED}
    assert before(State.RECEIVED) == set()


def test_whatever_is_sealed_may_be_withdrawn() -> None:
    """Until its destruction has begun; a first half of a file never came, and has nothing to withdraw."""
    ends = {State.RECEIVED, State.DESTROYING, State.WITHDRAWING, State.WITHDRAWN}
    assert before(State.WITHDRAWING) == set(State) - ends
    assert before(State.WITHDRAWN) == {State.WITHDRAWING}


@pytest.mark.parametrize("state", list(State))
def test_staying_is_allowed(state: State) -> None:
    """The same step taken again is no error."""
    assert may(state, state)
