"""The heavy part of one recording's way, for whoever does it: this process, another, a cluster's worker.

A job carries the sealed source (or where it lies) and this one recording's keys; what comes back is
sealed again. A worker needs neither the study's key nor its ledger: the coordinator alone keeps.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, cast

from pipeline.batch.failures import Failure, failure_of
from pipeline.concurrency import both
from pipeline.errors import (
    LanguageUnsupportedError,
    ModelError,
    NotKeptError,
    SealBrokenError,
    SettingsError,
    StudyError,
)
from pipeline.flow import HEARING, TRANSCRIBING_SHARE
from pipeline.records import (
    Attribution,
    Audio,
    Diarization,
    LabelMap,
    Redaction,
    Transcription,
    from_json,
    to_json,
)
from pipeline.study.intake.transcripts import SourceTranscript
from pipeline.study.vault.sealed_records import Sealed
from pipeline.study.vault.sealing import Binding, SealedReader, open_bytes, seal_bytes
from pipeline.study.vault.states import PART_OF, Artifact, Part

HeavyStage = Literal["transcribe", "align", "diarize"]
Progress = Callable[[float], None]
Watch = Callable[[str], Progress]
LABELS: dict[HeavyStage, str] = {
    "transcribe": "transcribing",
    "align": "finding the words' times",
    "diarize": "finding speakers",
}
LEAVES: dict[HeavyStage, Artifact] = {
    "transcribe": Artifact.TRANSCRIPTION,
    "align": Artifact.TRANSCRIPTION,
    "diarize": Artifact.DIARIZATION,
}


class Stages(Protocol):
    """What a run needs of the engines; `pipeline.batch.stages` gives the real ones."""

    @property
    def side_by_side(self) -> bool:
        """True when transcribing and diarizing at the same time is faster than one after the other."""

    def decode(self, source: BinaryIO, *, name: str) -> Audio:
        """Sound in memory; raises the InputError that fits, with `name` for the file."""

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        """What was said; `progress` is told the share done."""

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        """Who spoke when; `progress` is told the share done."""

    def align(self, audio: Audio, text: SourceTranscript, progress: Progress | None = None) -> Transcription:
        """The words of a transcript made elsewhere with the times they are said at."""

    def attribute_text(
        self,
        recording: str,
        text: SourceTranscript,
        transcription: Transcription,
        diarization: Diarization,
        voices: bytes | None,
    ) -> tuple[Attribution, bytes | None]:
        """A transcript's own speakers as participants, and the study's voices with what this recording taught."""

    def attribute(
        self, recording: str, transcription: Transcription, diarization: Diarization, voices: bytes | None
    ) -> tuple[Attribution, bytes | None]:
        """Words to participants, and the study's voices with what this recording taught."""

    def relabel(self, recording: str, attribution: Attribution, voices: bytes) -> Attribution:
        """An earlier attribution with the codes its speakers have by now; the same when none changed."""

    def redact(self, attribution: Attribution, labels: LabelMap) -> Redaction:
        """De-identified utterances, with the study's labels so far."""


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

    def open_text(self) -> SourceTranscript | None:
        """The transcript the recording came with, opened; None where there is none."""
        if self.text is None:
            return None
        kind = Artifact.TRANSCRIPT
        return from_json(
            SourceTranscript, open_bytes(self.text, self.keys[PART_OF[kind]], self.binding(kind))
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a stage of a job left (`sealed`), or why it failed (`failure`)."""

    recording: str
    stage: str
    sealed: Sealed | None = field(default=None, repr=False)
    failure: Failure | None = None


class Crew(Protocol):
    """Does jobs and yields findings as they come, those of one recording in order."""

    def perform(self, jobs: Iterable[Job]) -> Generator[Finding, None, None]: ...


class InProcess:
    """The crew of one: does the jobs here, in order. `watch` is told of each stage and how far it is, `take_up` of
    each recording."""

    def __init__(
        self, stages: Stages, watch: Watch | None = None, take_up: Callable[[str], None] | None = None
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


def perform(job: Job, stages: Stages, watch: Watch | None = None) -> Iterator[Finding]:
    """Decode once, do the stages, seal what each leaves. A failure is the last finding.

    Raises what is not the recording's own fault: ModelError, SettingsError, errors of the disk.
    """
    stage: str = "decode"
    try:
        with open_job_source(job) as source:
            audio = stages.decode(source, name=job.recording)
        with _begun(job, stages, audio, watch) as works:
            for stage, result in works:
                kind = LEAVES[stage]
                data = seal_bytes(to_json(result()), job.keys[PART_OF[kind]], job.binding(kind))
                yield Finding(job.recording, stage, Sealed(kind, data))
    except Exception as error:
        if stops_the_run(error):
            raise
        yield Finding(job.recording, stage, failure=failure_of(error))


@contextmanager
def _begun(
    job: Job, stages: Stages, audio: Audio, watch: Watch | None
) -> Iterator[Iterable[tuple[HeavyStage, Callable[[], Transcription | Diarization]]]]:
    """Each stage with the function that gives its record; both are under way where there are cores for it."""
    wanted, text = job.stages, job.open_text()
    transcribe = partial(stages.transcribe, audio) if text is None else partial(stages.align, audio, text)
    diarize = partial(stages.diarize, audio)
    if len(wanted) > 1 and stages.side_by_side:
        progress = watch(HEARING) if watch else None
        with both(transcribe, diarize, progress, share=TRANSCRIBING_SHARE) as results:
            yield zip(wanted, results, strict=True)
    else:
        works: dict[HeavyStage, Callable[[Progress | None], Transcription | Diarization]]
        works = {"transcribe": transcribe, "align": transcribe, "diarize": diarize}
        yield ((stage, partial(works[stage], watch(LABELS[stage]) if watch else None)) for stage in wanted)


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
