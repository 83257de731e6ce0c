"""What a run tells of one recording, and why a stage failed on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.batch.failures import failure_of
from pipeline.errors import SessionDeidError
from pipeline.study.intake.gathering import Taken


@dataclass(frozen=True, slots=True)
class RunLine:
    """What a run did with one recording; `seconds` is how long it took, `duration` its sound's length.

    `heard`: its sound was worked on in this run; else only what follows was done, as when a voice got a name.
    """

    recording: str
    name: str = field(repr=False)
    state: str
    seconds: float
    duration: float | None = None
    failed_stage: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    heard: bool = False


Tell = Callable[[RunLine | Taken], None]


def reason_of(error: Exception, recording: str) -> str:
    """Why a stage failed here: an error of ours in its own words, of another its kind and place."""
    return (
        str(error.for_study())
        if isinstance(error, SessionDeidError)
        else failure_of(error).in_words(recording)
    )
