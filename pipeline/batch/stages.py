"""The engines of pipeline.flow as a study's run needs them: the study's roster, choices and voices."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

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
    from pipeline.flow import Stages as FlowStages
    from pipeline.study.study import Study


class StudyStages:
    """pipeline.flow's stages, with the study's voices as sealed bytes."""

    def __init__(self, stages: FlowStages):
        self._stages = stages

    def decode(self, source: BinaryIO, *, name: str) -> Audio:
        """Sound in memory, checked and at a usable level."""
        return self._stages.decode(source, name=name)

    def transcribe(self, audio: Audio) -> Transcription:
        """What was said."""
        return self._stages.transcribe(audio)

    def diarize(self, audio: Audio) -> Diarization:
        """Who spoke when."""
        return self._stages.diarize(audio)

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


def stages_of(study: Study) -> StudyStages:
    """The real engines with the study's settings and roster; models load when first used."""
    from pipeline.flow import Choices, Engines, Stages

    chosen = study.settings
    choices = Choices(
        engine=chosen.engine,
        model=chosen.model,
        language=chosen.language,
        speakers=chosen.speakers,
        policy=chosen.policy,
        sensitivity=chosen.sensitivity,
        style=chosen.style,
    )
    roster = study.roster.load()
    return StudyStages(Stages(Engines(choices), roster if roster != Roster() else None))
