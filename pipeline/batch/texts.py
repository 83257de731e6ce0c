"""Recordings that came with a transcript made elsewhere: which stages they need, and their attribution."""

from __future__ import annotations

from pathlib import PurePath

from pipeline.batch.job import HeavyStage
from pipeline.flow import Stages
from pipeline.records import Diarization, Transcription, from_json, to_json
from pipeline.study.intake.transcripts import SourceTranscript, transcript_of
from pipeline.study.study import Study
from pipeline.study.vault import faults
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.sealed_records import Sealed
from pipeline.study.vault.states import Artifact, State
from pipeline.transcripts import as_transcription

NO_VOICES = "none: a transcript without its sound"


def stages_of_text(study: Study, row: RecordingRow, text: SourceTranscript) -> tuple[HeavyStage, ...]:
    """Words' times and voices, where the transcript came with its sound; nothing heavy where it did not."""
    if not text.has_sound or row.state is not State.SEALED:
        return ()
    wanted: list[HeavyStage] = []
    if not study.has(row.id, Artifact.TRANSCRIPTION):
        wanted.append("align")
    if not study.has(row.id, Artifact.DIARIZATION):
        wanted.append("diarize")
    return tuple(wanted)


def sealed_text(study: Study, row: RecordingRow) -> bytes | None:
    """The sealed transcript, for a worker; None where there is none."""
    kept = study.rows.artifact(row.id, Artifact.TRANSCRIPT.value)
    return study.vault.sealed_bytes(row.id, kept.kind, kept.file) if kept else None


def attribute_text(study: Study, stages: Stages, recording: str) -> tuple[str, ...]:
    """A transcript's speakers by name, its words at the times its sound gave, if there is one: `sealed` to
    `attributed` in one step. What a person should know of the reading comes back."""
    text = transcript_of(study, recording)
    assert text is not None
    source = text.read()
    sealed: list[Sealed] = []
    if text.has_sound:
        heard = from_json(Transcription, study.artifact(recording, Artifact.TRANSCRIPTION))
        voices = from_json(Diarization, study.artifact(recording, Artifact.DIARIZATION))
    else:
        suffix = PurePath(text.name).suffix.lstrip(".")
        heard = as_transcription(source, suffix, study.settings.language or "en")
        voices = Diarization(heard.duration, (), model=NO_VOICES)
        sealed = [
            study.seal(recording, Artifact.TRANSCRIPTION, to_json(heard)),
            study.seal(recording, Artifact.DIARIZATION, to_json(voices)),
        ]
    attribution, known = stages.attribute(recording, heard, voices, study.voices.load(), text=source)
    study.keep_sealed(
        recording,
        [*sealed, study.seal(recording, Artifact.ATTRIBUTION, to_json(attribution))],
        state=State.ATTRIBUTED,
        audit={"participants": len(attribution.codes), "unsure": len(attribution.unsure)},
        duration=heard.duration,
        shared={"voices": to_json(known)},
    )
    faults.moment("run.attribute")
    return heard.notes
