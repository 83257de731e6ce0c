"""The engines of pipeline.flow as a study's run needs them: the study's roster, choices and voices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO

from pipeline.flow import Choices
from pipeline.records import (
    Attribution,
    Audio,
    Diarization,
    LabelMap,
    Redaction,
    Roster,
    Transcription,
    from_json,
    to_json,
)

if TYPE_CHECKING:
    from pipeline.batch.job import Progress
    from pipeline.flow import Stages as FlowStages
    from pipeline.study.intake.transcripts import SourceTranscript
    from pipeline.study.study import Study


class StudyStages:
    """pipeline.flow's stages, with the study's voices as sealed bytes."""

    def __init__(self, stages: FlowStages):
        self._stages = stages

    @property
    def side_by_side(self) -> bool:
        """True when there are cores to transcribe and diarize at the same time."""
        return self._stages.side_by_side

    def decode(self, source: BinaryIO, *, name: str) -> Audio:
        """Sound in memory, checked and at a usable level."""
        return self._stages.decode(source, name=name)

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        """What was said."""
        return self._stages.transcribe(audio, progress)

    def align(self, audio: Audio, text: SourceTranscript, progress: Progress | None = None) -> Transcription:
        """The words of a transcript made elsewhere with the times they are said at."""
        return self._stages.align(audio, text.read(), progress)

    def attribute_text(
        self,
        recording: str,
        text: SourceTranscript,
        transcription: Transcription,
        diarization: Diarization,
        voices: bytes | None,
    ) -> tuple[Attribution, bytes | None]:
        """A transcript's own speakers as participants; their voices, where there is sound, are remembered."""
        from pipeline.speakers.codes import KnownVoices, learn

        known = from_json(KnownVoices, voices) if voices else KnownVoices()
        attribution = self._stages.attribute_text(text.read(), transcription, diarization, known)
        known = learn(known, attribution, diarization, verified=False, recording=recording)
        return attribution, to_json(known)

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        """Who spoke when."""
        return self._stages.diarize(audio, progress)

    def attribute(
        self, recording: str, transcription: Transcription, diarization: Diarization, voices: bytes | None
    ) -> tuple[Attribution, bytes | None]:
        """Words to participants; an unverified recording teaches the study's voices little."""
        from pipeline.speakers.codes import KnownVoices, learn

        known = from_json(KnownVoices, voices) if voices else KnownVoices()
        attribution = self._stages.attribute(transcription, diarization, known)
        known = learn(known, attribution, diarization, verified=False, recording=recording)
        return attribution, to_json(known)

    def relabel(self, recording: str, attribution: Attribution, voices: bytes) -> Attribution:
        """A speaker linked to a name since, or repaired by a person, has that code in earlier recordings too."""
        from pipeline.speakers.codes import KnownVoices, relabel

        return relabel(attribution, from_json(KnownVoices, voices), recording)

    def redact(self, attribution: Attribution, labels: LabelMap) -> Redaction:
        """De-identified utterances, with the study's labels so far."""
        return self._stages.redact(attribution, labels)


@dataclass(frozen=True, slots=True)
class StudyRecipe:
    """Makes a study's stages, here or in a worker: the choices of study.toml and the roster's names."""

    choices: Choices
    roster: Roster | None = field(repr=False)

    def __call__(self) -> StudyStages:
        """The stages; models load when first used."""
        from pipeline.flow import Engines
        from pipeline.flow import Stages as FlowStages

        return StudyStages(FlowStages(Engines(self.choices), self.roster))

    def with_threads(self, threads: int) -> StudyRecipe:
        """The same with a number of threads for each engine."""
        return replace(self, choices=replace(self.choices, threads=threads))

    def within_hours(self, most: float) -> StudyRecipe:
        """The same where the words of an hour must be heard in so many hours at most."""
        hours = min(most, self.choices.hours_for_an_hour)
        return replace(self, choices=replace(self.choices, hours_for_an_hour=hours))

    def with_device(self, device: str) -> StudyRecipe:
        """The same on another device than study.toml says."""
        return replace(self, choices=replace(self.choices, device=device))


def recipe_of(study: Study) -> StudyRecipe:
    """What a study's settings and roster ask for."""
    chosen = study.settings
    choices = Choices(
        engine=chosen.engine,
        model=chosen.model,
        device=chosen.device,
        hours_for_an_hour=chosen.hours_for_an_hour,
        language=chosen.language,
        speakers=chosen.speakers,
        policy=chosen.policy,
        sensitivity=chosen.sensitivity,
        style=chosen.style,
    )
    roster = study.roster.load()
    return StudyRecipe(choices, roster if roster != Roster() else None)


def stages_of(study: Study) -> StudyStages:
    """The stages in this process."""
    return recipe_of(study)()
