"""What every recogniser promises, and the one way to get one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.records import Audio, Transcription

Progress = Callable[[float], None]
"""Called with the share done, in [0, 1], never falling."""

INAUDIBLE = "[inaudible]"


class Transcriber(Protocol):
    """An engine that hears words.

    Every engine keeps the contract that tests/transcribe/contract.py checks: words ordered by time
    within the recording; every stretch where speech was detected is covered by words, or by one
    `[inaudible]` word of probability 0; nothing is written where nobody speaks; `hints` (names,
    sites, a study's words) make a likely word likelier and never invent one; a word that a name explains
    about as well stays as it was heard and carries the name as its `alternative`; `progress` rises to 1.
    """

    name: str
    model: str
    device: str

    def transcribe(
        self,
        audio: Audio,
        *,
        language: str | None = None,
        hints: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Transcription: ...
