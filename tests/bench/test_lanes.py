"""The simulation of lanes, where its answer is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.transcribe.lanes import Costs, makespan, simulate

COSTS = Costs({1: 2.0, 3: 1.5, 6: 1.2}, outside=0.01, windows_a_second=0.05, shared=0.5, lost=1.25)


def test_one_lane_does_all_and_two_share() -> None:
    """As many windows as there are, in batches of six by one lane, of three by two, which get in each other's way."""
    assert simulate(COSTS, 1, 1, 1200.0) == (1, 1, pytest.approx(60 * 1.2 / 1200 + 0.01))
    assert simulate(COSTS, 2, 1, 1200.0) == (2, 1, pytest.approx(30 * 1.5 * 1.25 / 1200 + 0.01))


def test_workers_share_the_sound_and_threads_follow_amdahl() -> None:
    """Two workers of a thread are twice one, less what they lose; a lane of four threads is no four times as fast."""
    assert simulate(COSTS, 1, 2, 1200.0) == (1, 1, pytest.approx((60 * 1.2 * 1.25 / 1200 + 0.01) / 2))
    lanes, threads, share = simulate(COSTS, 16, 1, 1200.0)
    assert (lanes, threads) == (8, 2)
    assert share == pytest.approx(8 * 2.0 * 0.75 * 1.25 / 1200 + 0.01)


@given(st.lists(st.floats(0.0, 100.0), max_size=40), st.integers(1, 16))
def test_no_schedule_beats_the_mean_or_the_longest(batches: list[float], lanes: int) -> None:
    """And none is as bad as one lane after all others."""
    took = makespan(batches, lanes)
    least = max(sum(batches) / lanes, max(batches, default=0.0))
    assert least - 1e-6 <= took <= sum(batches) + 1e-6
