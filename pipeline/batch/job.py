"""The heavy part of one recording's way, for whoever does it: this process, another, a cluster's worker.

A job carries the sealed source (or where it lies) and this one recording's keys; what comes back is
sealed again. A worker needs neither the study's key nor its ledger: the coordinator alone keeps.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, cast

from pipeline.batch.failures import Failure, failure_of
from pipeline.errors import (
    LanguageUnsupportedError,
    ModelError,
    NotKeptError,
    SealBrokenError,
    SettingsError,
    StudyError,
)
from pipeline.flow import Progress, ProgressFor, Stages
from pipeline.readers import Source
from pipeline.records import from_json, to_json
from pipeline.study.intake.transcripts import SourceTranscript
from pipeline.study.vault.sealed_reader import SealedReader, open_bytes
from pipeline.study.vault.sealed_records import Sealed
from pipeline.study.vault.sealing import Binding, seal_bytes
from pipeline.study.vault.states import PART_OF, Artifact, Part

HeavyStage = Literal["transcribe", "align", "diarize"]
LEAVES: dict[HeavyStage, Artifact] = {
    "transcribe": Artifact.TRANSCRIPTION,
    "align": Artifact.TRANSCRIPTION,
    "diarize": Artifact.DIARIZATION,
}


@dataclass(frozen=True, slots=True)
class Job:
    """The heavy stages one recording still needs, with its sealed source and its keys."""

    study: str
    recording: str
    stages: tuple[HeavyStage, ...]
    source: Path | bytes = field(repr=False)
    source_digest: str
    keys: Mapping[Part, bytes] = field(repr=False)
    text: bytes | None = field(default=None, repr=False)  # a transcript made elsewhere, sealed

    def binding(self, kind: Artifact) -> Binding:
        """What an artifact of this recording is bound to."""
        return Binding(self.study, self.recording, kind.value)

    def open_text(self) -> Source | None:
        """The transcript the recording came with, opened and read; None where there is none."""
        if self.text is None:
            return None
        kind = Artifact.TRANSCRIPT
        plain = open_bytes(self.text, self.keys[PART_OF[kind]], self.binding(kind))
        return from_json(SourceTranscript, plain).read()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a stage of a job left (`sealed`), or why it failed (`failure`)."""

    recording: str
    stage: str
    sealed: Sealed | None = field(default=None, repr=False)
    failure: Failure | None = None


class Executor(Protocol):
    """Does jobs and yields findings as they come, those of one recording in order."""

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]: ...


class InProcess:
    """Does the jobs here, in order. `watch` is told of each stage and how far it is, `take_up` of
    each recording."""

    def __init__(
        self, stages: Stages, watch: ProgressFor | None = None, take_up: Callable[[str], None] | None = None
    ):
        self._stages = stages
        self._watch = watch
        self._take_up = take_up

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]:
        """Each job's findings."""
        for job in jobs:
            if self._take_up:
                self._take_up(job.recording)
            yield from perform(job, self._stages, self._watch)


def perform(job: Job, stages: Stages, watch: ProgressFor | None = None) -> Iterator[Finding]:
    """Decode once, do the stages, seal what each leaves. A failure is the last finding.

    Raises what is not the recording's own fault: ModelError, SettingsError, errors of the disk.
    """
    stage: str = "decode"
    try:
        with open_job_source(job) as source:
            audio = stages.decode(source, name=job.recording)
        stage, both = job.stages[0], len(job.stages) > 1
        text = job.open_text()
        with stages.hear(audio, watch or _unwatched, text=text, both_wanted=both) as (words, voices):
            for stage in job.stages:
                kind = LEAVES[stage]
                record = voices() if stage == "diarize" else words()
                data = seal_bytes(to_json(record), job.keys[PART_OF[kind]], job.binding(kind))
                yield Finding(job.recording, stage, Sealed(kind, data))
    except Exception as error:
        if stops_the_run(error):
            raise
        yield Finding(job.recording, stage, failure=failure_of(error))


def _unwatched(_: str) -> Progress:
    return lambda _: None


def open_job_source(job: Job) -> BinaryIO:
    """The job's source as a seekable reader, checked whole."""
    if isinstance(job.source, bytes):
        sealed: BinaryIO = io.BytesIO(job.source)
    else:
        try:
            sealed = job.source.open("rb")
        except FileNotFoundError:
            raise SealBrokenError(file=job.binding(Artifact.SOURCE), why="it is missing") from None
    reader = SealedReader(
        sealed, job.keys[Part.AUDIO], job.binding(Artifact.SOURCE), digest=job.source_digest
    )
    return cast(BinaryIO, io.BufferedReader(reader, buffer_size=1 << 16))


def stops_the_run(error: BaseException) -> bool:
    """True for what would hit every recording alike; a broken or missing seal or the language heard is one's own."""
    if isinstance(error, (SealBrokenError, NotKeptError, LanguageUnsupportedError)):
        return False
    return isinstance(error, (StudyError, ModelError, SettingsError))
