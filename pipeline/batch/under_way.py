"""Which run is going on: noted in the ledger when it begins, for whoever looks at the study meanwhile.

Only to be looked at: that one run goes on at a time is the lock's work. A run that was killed leaves its
note; it is known by its process, which is gone.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.study.study import Study

BEGAN, PROCESS, RECORDINGS = "run began", "run process", "run recordings"
CLOCK_SLACK_S = 2.0


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A run that goes on: when it began (seconds since 1970) and how many recordings it set out to do."""

    began: float
    recordings: int


def begin(study: Study, recordings: int) -> None:
    """Note that this process begins a run."""
    with study.ledger.transaction():
        study.ledger.write_mark(BEGAN, int(time.time()))
        study.ledger.write_mark(PROCESS, os.getpid())
        study.ledger.write_mark(RECORDINGS, recordings)


def end(study: Study) -> None:
    """Note that it ended."""
    study.ledger.write_mark(PROCESS, 0)


def under_way(study: Study) -> UnderWay | None:
    """The run that goes on, on this computer; None when there is none."""
    began, process, recordings = map(study.ledger.read_mark, (BEGAN, PROCESS, RECORDINGS))
    return UnderWay(began, recordings) if process and _lives(process, began) else None


def _lives(process: int, began: float) -> bool:
    """Whether this process was there when the run began; a number is given to others in time."""
    import psutil

    try:
        started: float = psutil.Process(process).create_time()
    except psutil.Error:
        return False
    return started <= began + CLOCK_SLACK_S
