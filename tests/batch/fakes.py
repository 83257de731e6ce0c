"""The run's stages with quick work in place of the engines: what they leave depends on the sound's bytes alone."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from pipeline.batch.job import Executor, InProcess
from pipeline.deidentify.label_book import NAME
from pipeline.deidentify.labels import Found, Labeller
from pipeline.errors import NotAudioError
from pipeline.flow import Choices, Engines, Progress, Stages
from pipeline.identifiers import CLASSES
from pipeline.readers import Source
from pipeline.records import (
    Attribution,
    Audio,
    Diarization,
    LabelMap,
    Redaction,
    Span,
    Transcription,
    Turn,
    Utterance,
    Voiceprint,
    Word,
    in_brackets,
)
from pipeline.speakers.codes import KnownVoices, learn

SPOKEN_NAME = "Quillfeather"  # an invented identifier that must never lie anywhere in plain
# One goes before it, by the sound, so that two recordings speak of two people.
GIVEN = ("Brigitta", "Oluwaseun", "Takeshi", "Wilhelmina", "Rangimarie", "Xochitl", "Dmitri", "Fergus")
BROKEN = b"BROKEN"


@dataclass
class FakeStages(Stages):
    """Reads the source to its end; content that begins with BROKEN is no sound."""

    engines: Engines = field(default_factory=lambda: Engines(Choices()))
    calls: list[str] = field(default_factory=list)
    side_by_side: bool = False

    def decode(self, source: Path | BinaryIO | bytes, *, name: str) -> Audio:
        data = cast(BinaryIO, source).read()
        self.calls.append(f"decode {name}")
        if data.startswith(BROKEN):
            raise NotAudioError(file=name)
        digest = hashlib.sha256(data).digest()
        return Audio(np.frombuffer(digest * 500, dtype=np.uint8).astype(np.float32) / 255)

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        if progress:
            progress(0.5)
        self.calls.append("transcribe")
        total = int.from_bytes(hashlib.sha256(audio.samples.tobytes()).digest()[:8], "big")
        said = f"m{total % 1_000_000} with {GIVEN[total % len(GIVEN)]} {SPOKEN_NAME}".split()
        words = tuple(Word(n * 0.2, n * 0.2 + 0.2, text) for n, text in enumerate(said))
        return Transcription(audio.duration, "en", "faster-whisper", "whisper-base", words)

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        self.calls.append("diarize")
        prints = (Voiceprint("S1", (0.25, 0.5, 0.125), 0.9),)
        return Diarization(audio.duration, (Turn(0.0, 0.9, "S1"),), prints, "segmentation-3.0+campplus-zh-en")

    def attribute(
        self,
        recording: str,
        transcription: Transcription,
        diarization: Diarization,
        known: KnownVoices,
        *,
        text: Source | None = None,
    ) -> tuple[Attribution, KnownVoices]:
        self.calls.append("attribute")
        text = " ".join(word.text for word in transcription.words)
        said = Utterance("P01", 0.0, 0.9, text, transcription.words)
        attribution = Attribution((said,), (("S1", "P01"),), spoken_by=("S1",))
        return attribution, learn(known, attribution, diarization, verified=False, recording=recording)

    def redact(
        self,
        attribution: Attribution,
        labels: LabelMap | None = None,
        progress: Progress | None = None,
        *,
        language: str = "",
    ) -> Redaction:
        """The name that was said, taken out under the label the real labeller gives."""
        self.calls.append("redact")
        said = attribution.utterances[0]
        name = " ".join(said.text.split()[-2:])
        labeller = Labeller(None, labels)
        (given,) = labeller.assign([Found(CLASSES[NAME], name)])
        at, label = said.text.index(name), in_brackets(given.text)
        span = Span(0, at, at + len(name), "PERSON", "direct", 0.9, "fake", name, "remove", label)
        clean = Utterance("P01", 0.0, 0.9, said.text[:at] + label)
        return Redaction((clean,), (span,), labeller.grown(), "fake")


class Slow(FakeStages):
    """Takes long enough (SLOW_SECONDS) to be looked at, or to be interrupted."""

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        time.sleep(float(os.environ.get("SLOW_SECONDS", "0")))
        return super().diarize(audio, progress)


@dataclass(frozen=True)
class FakeRecipe:
    """Makes them, here or in a worker, whatever the settings ask for."""

    make: Callable[[], Stages] = FakeStages

    def __call__(self) -> Stages:
        return self.make()

    def with_threads(self, threads: int) -> FakeRecipe:
        return self

    def within_hours(self, most: float) -> FakeRecipe:
        return self

    def with_device(self, device: str) -> FakeRecipe:
        return self

    def for_hearing(self) -> FakeRecipe:
        return self


def with_stages(make_stages: Callable[[], Stages]) -> Callable[[], tuple[Executor, Stages]]:
    """A run's work done by this process alone, with these stages."""

    def make() -> tuple[Executor, Stages]:
        stages = make_stages()
        return InProcess(stages), stages

    return make
