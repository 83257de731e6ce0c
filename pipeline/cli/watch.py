"""`session-deid status --watch`: the study at this moment, for a person who waits.

On a terminal one picture that changes; elsewhere a line whenever something changed. Reads only.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Group

    from pipeline.batch.under_way import UnderWay
    from pipeline.study.study import Study

LOOK_EVERY_S = 2.0
FAILURES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """A study at a moment: recordings by state, what the run under way has left, failures with reasons."""

    states: tuple[tuple[str, int], ...]
    failures: tuple[str, ...]
    run: UnderWay | None
    left: int = 0

    @property
    def done(self) -> int:
        """Recordings the run under way is through with."""
        return max(0, self.run.recordings - self.left) if self.run else 0


def take_picture(study: Study) -> Picture:
    """Where everything stands now."""
    from pipeline.batch.run import WORKABLE
    from pipeline.batch.under_way import under_way
    from pipeline.study.vault.states import State

    counts: Counter[State] = Counter()
    failures: list[str] = []
    left = 0
    for row in study.recordings():
        counts[row.state] += 1
        if row.failed_stage is not None:
            failures.append(f"{row.id}  {row.name}: failed ({row.failed_stage}). {row.reason}")
        elif row.state in WORKABLE:
            left += 1
    states = tuple((state.value, counts[state]) for state in State if counts[state])
    return Picture(states, tuple(failures), under_way(study), left)


def pictures(study: Study, sleep: Callable[[float], None]) -> Iterator[Picture]:
    """A picture every two seconds; the ledger is read again only when another process changed it."""
    from dataclasses import replace

    from pipeline.batch.under_way import under_way

    version, picture = study.ledger.data_version(), take_picture(study)
    while True:
        yield picture
        sleep(LOOK_EVERY_S)
        if (latest := study.ledger.data_version()) != version:
            version, picture = latest, take_picture(study)
        else:  # it goes on, or was killed
            picture = replace(picture, run=under_way(study))


def watch_study(study: Study, out: TextIO | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
    """Show the study until Ctrl-C."""
    stream = out or sys.stdout
    show = _show_on_terminal if stream.isatty() else _show_as_lines
    with suppress(KeyboardInterrupt):
        show(study, stream, sleep)


def _show_as_lines(study: Study, out: TextIO, sleep: Callable[[float], None]) -> None:
    said = ""
    for picture in pictures(study, sleep):
        if (line := in_a_line(picture)) != said:
            said = line
            print(line, file=out, flush=True)


def _show_on_terminal(study: Study, out: TextIO, sleep: Callable[[float], None]) -> None:
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(file=out), auto_refresh=False, redirect_stdout=False) as live:
        for picture in pictures(study, sleep):
            live.update(draw(study.settings.name, picture), refresh=True)


def in_a_line(picture: Picture) -> str:
    """The picture for a log."""
    counts = ", ".join(f"{count} {state}" for state, count in picture.states) or "no recordings yet"
    failed = f"; {len(picture.failures)} failed" if picture.failures else ""
    run = f"; a run is at {picture.done} of {picture.run.recordings}" if picture.run else ""
    return counts + failed + run


def stage_in_words(run: UnderWay) -> str:
    """What the run is at: a recording, its stage, how far that is and how long it will take."""
    from pipeline.cli.progress import in_words as time_in_words

    if not run.stage:
        return run.recording
    left = f", about {time_in_words(run.seconds_left)} left" if run.seconds_left else ""
    share = f" {run.share:.0%}" if run.share else ""
    return f"{run.recording} {run.stage}{share}{left}"


def draw(name: str, picture: Picture) -> Group:
    """The picture for a terminal. Names and reasons are text, never markup."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    counts = Table(box=None, show_header=False, pad_edge=False)
    counts.add_column(justify="right", style="bold")
    counts.add_column()
    for state, count in picture.states:
        counts.add_row(f"{count:,}", state)
    failures = [Text(line, style="red") for line in picture.failures[:FAILURES_SHOWN]]
    if len(picture.failures) > FAILURES_SHOWN:
        failures.append(Text(f"and {len(picture.failures) - FAILURES_SHOWN} more: session-deid status"))
    if picture.states:
        body: list[Table | Text] = [counts]
    else:
        body = [Text("No recordings yet.")]
    return Group(Text(name, style="bold"), *body, Text(run_in_words(picture)), *failures)


def run_in_words(picture: Picture) -> str:
    """How far the run under way is, and how long it will take."""
    from pipeline.cli.progress import remaining

    if picture.run is None:
        return "No run is going on (on this computer)."
    share = picture.done / picture.run.recordings if picture.run.recordings else 0.0
    taken = time.time() - picture.run.began
    now = "; ".join(stage_in_words(each) for each in picture.run.at)
    at = f" Now: {now}." if now else ""
    return f"A run is going on: {picture.done} of {picture.run.recordings} done{remaining(taken, share)}.{at}"
