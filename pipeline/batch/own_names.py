"""What a worker may call what it worked with: names this program knows, or that it was another.

`Transcription.engine` and `.model` stand in the redaction report, the certificate and exports, `Diarization.model` beside
them. A worker that lies could put words of the recording there; one of another version has models that are not in ours.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from pipeline.models import manifest
from pipeline.records import Diarization, Transcription
from pipeline.speakers.diarization.choice import diarizers
from pipeline.transcribe.loading import ENGINES
from pipeline.verify.versions import MADE_ELSEWHERE

ANOTHER_ENGINE, ANOTHER_MODEL = "another engine", "another model"


@cache
def _engines() -> frozenset[str]:
    return frozenset({*ENGINES, *(f"{MADE_ELSEWHERE} + {each}" for each in ENGINES)})


@cache
def _recognisers() -> frozenset[str]:
    return frozenset(_of_task("transcription"))


@cache
def _diarizers() -> frozenset[str]:
    """As pipeline.speakers.diarization names the two it works with."""
    return frozenset(diarizers())


def _of_task(task: str) -> list[str]:
    return [model.name for model in manifest.load() if model.task == task]


def named_by_us(heard: Transcription) -> Transcription:
    """What was heard, with an engine and a model this program knows, or a word that says they are others."""
    engine = heard.engine if heard.engine in _engines() else ANOTHER_ENGINE
    model = heard.model if heard.model in _recognisers() else ANOTHER_MODEL
    return (
        heard
        if (engine, model) == (heard.engine, heard.model)
        else replace(heard, engine=engine, model=model)
    )


def voices_named_by_us(spoken: Diarization) -> Diarization:
    """The same of what told voices apart."""
    return spoken if spoken.model in _diarizers() else replace(spoken, model=ANOTHER_MODEL)
