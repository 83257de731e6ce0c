"""How far a run is and how long it will take: a bar on a terminal, a line now and then elsewhere.

Shows stages and counts alone, never names, words or paths.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TextIO

if TYPE_CHECKING:
    from pipeline.transcribe.base import Progress

LINE_EVERY_S = 30.0
SPEED_OVER_S = 6 * 3600.0  # recordings take minutes: their speed shows over hours
GUESS_AFTER_S = 2.0  # before that, the time taken says too little about the time left


class StageProgress(Protocol):
    """What a command reports to: recordings one after the other, each through its stages."""

    def stage(self, label: str) -> Progress:
        """Begin a stage of the current recording; call what it returns with the share done."""
        ...

    def done(self) -> None:
        """The current recording is finished."""
        ...


@contextmanager
def stage_progress(
    total: int, stream: TextIO | None = None, *, lines: bool = True
) -> Iterator[StageProgress]:
    """Progress over `total` recordings, on stderr: a bar when it is a terminal, else lines now and then.

    Without `lines` nothing but a terminal is told: for what a log or a mail collects.
    """
    out = stream or sys.stderr
    if not out.isatty():
        yield _Lines(total, out) if lines else _Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bars = Bars(
        *columns,
        console=Console(file=out),
        transient=True,
        speed_estimate_period=SPEED_OVER_S,
        redirect_stdout=sys.stdout.isatty(),  # else what is printed for a file would go to the terminal
    )
    with bars:
        yield _Bar(total, bars)


class _Bar:
    """One bar for the stage under way, and one for all recordings when there are several."""

    def __init__(self, total: int, bars: Any) -> None:
        self._total, self._bars = total, bars
        self._finished = 0
        self._task: Any = None
        self._all = bars.add_task("recordings", total=total) if total > 1 else None

    def stage(self, label: str) -> Progress:
        self._drop()
        count = f" ({self._finished + 1} of {self._total})" if self._total > 1 else ""
        self._task = task = self._bars.add_task(label + count, total=1.0)

        def show(share: float) -> None:
            self._bars.update(task, completed=share)

        return show

    def done(self) -> None:
        self._drop()
        self._finished += 1
        if self._all is not None:
            self._bars.update(self._all, completed=self._finished)

    def _drop(self) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None


class _Silent:
    """Nothing: who wants to know asks `status`."""

    def stage(self, label: str) -> Progress:
        return lambda _share: None

    def done(self) -> None: ...


class _Lines:
    """Lines for logs and cron mails: at most one each 30 s, none for short stages or at the end."""

    def __init__(self, total: int, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._out, self._clock = total, out, clock
        self._finished = 0
        self._begun = self._said = clock()

    def stage(self, label: str) -> Progress:
        begun = self._said = self._clock()
        count = f"recording {self._finished + 1} of {self._total}, " if self._total > 1 else ""

        def show(share: float) -> None:
            if share < 1.0:
                self._say(f"{count}{label}: {share:.0%}", begun, share)

        return show

    def done(self) -> None:
        self._finished += 1
        if self._finished < self._total:
            count = f"{self._finished} of {self._total} recordings done"
            self._say(count, self._begun, self._finished / self._total)

    def _say(self, what: str, begun: float, share: float) -> None:
        now = self._clock()
        if now - self._said >= LINE_EVERY_S:
            self._said = now
            print(f"{what}{remaining(now - begun, share)}", file=self._out, flush=True)


def remaining(seconds: float, share: float) -> str:
    """ ", about 3 min left" from the time a stage has taken so far; empty while that says nothing."""
    if share <= 0.0 or seconds < GUESS_AFTER_S:
        return ""
    return f", about {in_words(seconds * (1.0 - share) / share)} left"


def in_words(seconds: float) -> str:
    """A length of time as people say it: 40 s, 3 min, 1 h 20 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
