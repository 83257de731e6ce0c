"""Any talk without sound: what a decoder gives goes through the recogniser's own way of making words, and invented
turns through the diarizer's own naming, into the real stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.flow import Choices, Engines, Progress, Stages
from pipeline.records import Audio, Diarization, Roster, Transcription, Turn, Voiceprint, Word
from pipeline.speakers.diarization.choice import DIARIZER
from pipeline.speakers.diarization.reconstruction import name_by_appearance
from pipeline.transcribe.decoding import Speech, decode_all
from pipeline.transcribe.names_heard import Question, mark_names
from pipeline.transcribe.vad import FRAME_S
from pipeline.transcribe.windows import Window
from pipeline.transcribe.words import glue

WORD_S = 0.4


@dataclass(frozen=True)
class Talk:
    """What is said, a piece of text after another, and by whom (numbers, in turn, some pieces each)."""

    pieces: tuple[str, ...] = field(repr=False)
    speakers: tuple[int, ...] = (1,)
    sure: float = 0.5
    language: str = "en"

    @property
    def seconds(self) -> float:
        return max(1.0, len(self.pieces) * WORD_S + 0.5)


class PretendDecoder:
    """Hears a talk's pieces at their times; finds whatever name it is asked about as likely as what was said."""

    parallel, batch = 1, 4
    hinted: frozenset[str] = frozenset()

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    def decode(self, windows: Sequence[Window], *, hinted: bool = True) -> list[list[Word]]:
        """Each window's pieces, glued to words as an engine's are."""
        timed = [
            (f" {p}", n * WORD_S, (n + 0.9) * WORD_S, self.talk.sure) for n, p in enumerate(self.talk.pieces)
        ]
        return [glue([p for p in timed if w.start <= p[1] < w.end], self.talk.language) for w in windows]

    def rescore(self, window: Window | None, questions: Sequence[Question]) -> list[list[float]]:
        """All texts are as likely."""
        return [[-20.0] * len(q.texts) for q in questions]


def transcription_of(talk: Talk, hints: Sequence[str] = ()) -> Transcription:
    """The words as the recogniser's room gives them."""
    frames = round(talk.seconds / FRAME_S)
    audio = Audio(np.zeros(round(talk.seconds * 16_000), dtype=np.float32))
    probabilities = np.full(frames, 1.0 if talk.pieces else 0.0, dtype=np.float32)
    speech, decoder = Speech(audio, probabilities, None), PretendDecoder(talk)
    words = mark_names(decoder, speech.windows, decode_all(speech, decoder), hints, talk.language)
    return Transcription(audio.duration, talk.language, "pretended", "none", tuple(words))


def diarization_of(talk: Talk) -> Diarization:
    """Equal turns of the talk's speakers, named as the diarizer names them; none where nothing is said."""
    if not talk.pieces or not talk.speakers:
        return Diarization(talk.seconds, (), (), DIARIZER)
    length = talk.seconds / len(talk.speakers)
    turns = tuple(Turn(n * length, (n + 1) * length, f"voice {s}") for n, s in enumerate(talk.speakers))
    names = name_by_appearance(turns)
    named = tuple(Turn(t.start, t.end, names[t.speaker]) for t in turns)
    axes = np.eye(len(names))
    prints = tuple(Voiceprint(name, tuple(axes[n].tolist()), length) for n, name in enumerate(names.values()))
    return Diarization(talk.seconds, named, prints, DIARIZER)


@dataclass
class PretendStages(Stages):
    """The real stages, but what is heard comes from talks by the recording's name."""

    talks: dict[str, Talk] = field(default_factory=dict, repr=False)
    heard: list[str] = field(default_factory=list)

    def decode(self, source: Any, *, name: str) -> Audio:
        """A moment of silence; notes whose turn it is."""
        self.heard.append(name)
        return Audio(np.zeros(16_000, dtype=np.float32))

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        """What the talk of the latest recording says."""
        return transcription_of(self._talk)

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        """Whose turns they are."""
        return diarization_of(self._talk)

    @property
    def _talk(self) -> Talk:
        return self.talks[Path(self.heard[-1]).stem]


def stages_for(
    talks: dict[str, Talk], engines: Engines | None = None, roster: Roster | None = None
) -> PretendStages:
    """The stages for some talks by name."""
    return PretendStages(engines or Engines(Choices()), roster, talks)
