"""Two works at the same time: both results, either one's error, one progress, and an end when nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from pipeline.concurrency import both

PATIENCE_S = 20.0  # a test that would hang fails instead


def test_both_are_under_way_at_the_same_time() -> None:
    """Each waits for the other to have begun: one after the other, neither would end."""
    meeting = threading.Barrier(2, timeout=PATIENCE_S)

    def work(result: str) -> Callable[[Callable[[float], None]], str]:
        def meet(_: Callable[[float], None]) -> str:
            meeting.wait()
            return result

        return meet

    with both(work("words"), work("turns"), None, share=0.5) as (first, second):
        assert (first(), second()) == ("words", "turns")


def test_the_progress_of_both_is_one_that_rises_to_the_end() -> None:
    """Each counts by its share, whichever is ahead."""
    shown: list[float] = []

    def halves(report: Callable[[float], None]) -> None:
        report(0.5)
        report(1.0)

    with both(halves, halves, shown.append, share=0.75) as (first, second):
        first()
        second()
    assert shown == sorted(shown)
    assert shown[0] in (0.375, 0.125)
    assert shown[-1] == 1.0


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_comes_out_where_its_result_is_asked_for(failing: int) -> None:
    """The other's result is there all the same."""

    def fail(_: Callable[[float], None]) -> str:
        raise ValueError("broken")

    def succeed(_: Callable[[float], None]) -> str:
        return "whole"

    works = [succeed, succeed]
    works[failing] = fail
    with both(works[0], works[1], None, share=0.5) as results:
        assert results[1 - failing]() == "whole"
        with pytest.raises(ValueError, match="broken"):
            results[failing]()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_leaving_early_ends_what_goes_on(error: type[BaseException]) -> None:
    """A work that would report for ever ends at its next report, and nothing of it is shown any more."""
    begun = threading.Event()
    left = threading.Event()
    shown: list[float] = []

    def endless(report: Callable[[float], None]) -> None:
        while True:
            report(0.1)
            begun.set()

    def show(share: float) -> None:
        assert not left.is_set()
        shown.append(share)

    def leave() -> None:
        with both(endless, endless, show, share=0.5):
            assert begun.wait(PATIENCE_S)
            raise error

    with pytest.raises(error):
        leave()
    left.set()
    assert shown
    assert not any("ThreadPool" in thread.name for thread in threading.enumerate())
