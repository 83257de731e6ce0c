"""Two works that need nothing of each other, at the same time: each uses the cores the other leaves idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

Progress = Callable[[float], None]
First = TypeVar("First")
Second = TypeVar("Second")


class StoppedError(Exception):
    """Ends a work whose result nobody waits for any more; never reaches a person."""


@contextmanager
def both(
    first: Callable[[Progress], First],
    second: Callable[[Progress], Second],
    progress: Progress | None,
    *,
    share: float,
) -> Iterator[tuple[Callable[[], First], Callable[[], Second]]]:
    """Do two works, each in a thread of its own; `share` is the first one's part of the progress shown.

    The block gets for each the function that waits for its result, or raises what it raised. When the
    block is left early (an error, Ctrl-C), a work that goes on ends at its next report of progress.
    """
    reports = _Reports(progress)
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(first, reports.of_part(0, share))
        two = threads.submit(second, reports.of_part(1, 1.0 - share))
        try:
            yield one.result, two.result
        finally:
            reports.stop()


class _Reports:
    """The progress of both works as one."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = [0.0, 0.0]
        self._stopped = False
        self._lock = Lock()

    def of_part(self, number: int, weight: float) -> Progress:
        """What the work of this number reports to."""

        def report(share: float) -> None:
            with self._lock:
                if self._stopped:
                    raise StoppedError
                self._done[number] = share * weight
                if self._progress is not None:
                    self._progress(sum(self._done))

        return report

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
