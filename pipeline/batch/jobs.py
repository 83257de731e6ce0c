"""What the recordings of a run still need, and the jobs that do it."""

from __future__ import annotations

from pipeline.batch.hearing_again import waits_to_be_heard
from pipeline.batch.job import HeavyStage, Job
from pipeline.batch.texts import sealed_text, stages_of_text
from pipeline.records import Transcription, from_json
from pipeline.study.intake.transcripts import transcript_of
from pipeline.study.study import Study
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import Artifact, Part, State

VOICES_MARK = "voices gone through"


def outdated(study: Study) -> list[RecordingRow]:
    """Recordings nobody reviews yet, when the study's voices changed since they were last gone through."""
    if study.voices.version == study.ledger.read_mark(VOICES_MARK):
        return []
    return [row for row in study.recordings(State.REDACTED) if row.failed_stage is None]


def heavy_stages(study: Study, row: RecordingRow) -> tuple[HeavyStage, ...]:
    """The heavy stages a recording still needs."""
    if (text := transcript_of(study, row.id)) is not None:
        return stages_of_text(study, row, text)
    stages: list[HeavyStage] = []
    if row.state is State.SEALED or heard_otherwise(study, row):
        stages.append("transcribe")
    if row.state in (State.SEALED, State.TRANSCRIBED) and not study.has(row.id, Artifact.DIARIZATION):
        stages.append("diarize")
    return tuple(stages)


def heard_otherwise(study: Study, row: RecordingRow) -> bool:
    """Whether a person wants it heard again, or its words, never de-identified, were heard as another language than the
    one chosen since."""
    if row.state not in (State.TRANSCRIBED, State.ATTRIBUTED):
        return False
    if waits_to_be_heard(study, row.id):
        return True
    chosen = study.settings.language
    if chosen is None or study.has(row.id, Artifact.REDACTION):
        return False
    heard = from_json(Transcription, study.artifact(row.id, Artifact.TRANSCRIPTION))
    return heard.language != chosen


def job_of(study: Study, row: RecordingRow, *, carry: bool = False) -> Job:
    """A recording's job; with `carry` it holds the sealed bytes, for a worker on another machine."""
    source = study.rows.artifact(row.id, Artifact.SOURCE.value)
    file, digest = (source.file, source.digest) if source else ("", "")
    path = study.vault.path(row.id, file)
    return Job(
        study=study.id,
        recording=row.id,
        stages=heavy_stages(study, row),
        source=study.vault.sealed_bytes(row.id, Artifact.SOURCE.value, file) if carry else path,
        source_digest=digest,
        text=sealed_text(study, row),
        keys={part: study.recording_key(row.id, part) for part in (Part.AUDIO, Part.WORDS)},
    )
