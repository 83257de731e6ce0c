"""The way of a recording, stage by stage: what each needs and what it leaves. The map of the house.

    source --transcribe--> transcription
    source --diarize-----> diarization
    transcription + diarization --attribute--> attribution   (utterances with participant codes)
    attribution --redact--> redaction                        (de-identified utterances, spans, labels)

A stage takes records and returns a record. It knows neither the vault nor the ledger: whoever calls
`run_stage` (a one-shot command, a study's run, a cluster worker) fetches what the stage needs and
keeps what it leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.records import (
    Audio,
    Diarization,
    Transcription,
)

Progress = Callable[[float], None]


class Transcriber(Protocol):
    """An engine that hears words. See pipeline.transcribe for the engines and their contract test."""

    name: str
    model: str

    def transcribe(
        self,
        audio: Audio,
        *,
        language: str | None = None,
        hints: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Transcription: ...


class Diarizer(Protocol):
    """An engine that hears who speaks. See pipeline.speakers."""

    name: str

    def diarize(
        self, audio: Audio, *, speakers: int | None = None, progress: Progress | None = None
    ) -> Diarization: ...
