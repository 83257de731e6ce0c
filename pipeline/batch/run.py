"""A study's run: take in what is new, bring every recording as far as it goes without a person.

    inbox -> received -> sealed -> transcribed -> attributed -> redacted   (then people take over)

Idempotent and resumable: each arrow is one transaction, and a run begins by looking where each
recording stands. The heavy stages may be done by others, in any order (`Crew`); attribution and
redaction, which share the study's voices and labels, are done here in the order the recordings came,
so that the same recordings give the same transcripts however often a run was interrupted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.batch.job import Crew, Finding, HeavyStage, InProcess, Job, Stages, reason_of, stops_the_run
from pipeline.records import Attribution, Diarization, Transcription, from_json, to_json
from pipeline.study import faults
from pipeline.study.audit import now
from pipeline.study.creating import INBOX
from pipeline.study.files import need_space
from pipeline.study.intake import Taken, import_files
from pipeline.study.rows import RecordingRow
from pipeline.study.states import Artifact, Part, State
from pipeline.study.study import Study

VOICES_MARK = "voices gone through"
WORKABLE = (State.SEALED, State.TRANSCRIBED, State.ATTRIBUTED)
WORK_SPACE_BYTES = 16 << 20  # for the sealed records of a run


@dataclass(frozen=True, slots=True)
class RunLine:
    """What a run did with one recording; `seconds` is how long it took, `duration` its sound's length."""

    recording: str
    name: str = field(repr=False)
    state: str
    seconds: float
    duration: float | None = None
    failed_stage: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A whole run: recordings taken in, brought to `redacted`, set aside; files waiting."""

    imported: int = 0
    done: int = 0
    failed: int = 0
    waiting: int = 0
    seconds: float = 0.0
    sound_seconds: float = 0.0


Tell = Callable[[RunLine | Taken], None]


def run_study(
    study: Study,
    make_crew: Callable[[], tuple[Crew, Stages]],
    tell: Tell,
    *,
    keep: bool = False,
    carry: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> RunSummary:
    """Do all there is to do, telling of each file and recording as it ends.

    `make_crew` is called only when there is work, since it loads models; with `carry` its jobs hold the
    sealed recordings, for workers that cannot see the study's folder. Raises LockedError when
    another run is going on, and what stops a run (disk, models, settings); a recording that fails is
    set aside and told of.
    """
    started, began = time.monotonic(), now()
    with study.lock("run"):
        study.ledger.check()
        study.sweep()
        taken = list(_take_in(study, tell, keep, sleep))
        rows = [row for row in study.recordings(*WORKABLE) if row.failed_stage is None]
        lines = _work(study, rows, make_crew, tell, carry=carry) if rows or outdated(study) else []
        if lines:
            _note_run(study, lines, began)
    done = [line for line in lines if not line.reason]
    return RunSummary(
        imported=sum(each.outcome == "sealed" for each in taken),
        done=len(done),
        failed=len(lines) - len(done) + sum(each.outcome == "failed" for each in taken),
        waiting=sum(each.outcome == "waits" for each in taken),
        seconds=time.monotonic() - started,
        sound_seconds=sum(line.duration or 0.0 for line in done),
    )


def with_stages(make_stages: Callable[[], Stages]) -> Callable[[], tuple[Crew, Stages]]:
    """A crew of this process alone."""

    def make() -> tuple[Crew, Stages]:
        stages = make_stages()
        return InProcess(stages), stages

    return make


def _note_run(study: Study, lines: list[RunLine], began: str) -> None:
    """The run itself in the audit chain: when it began, how many went well, which failed."""
    failed = [line.recording for line in lines if line.reason]
    with study.ledger.transaction():
        study.audit.append("run", detail={"began": began, "done": len(lines) - len(failed), "failed": failed})


def _take_in(study: Study, tell: Tell, keep: bool, sleep: Callable[[float], None]) -> Iterator[Taken]:
    inbox: Path = study.folder / INBOX
    if not inbox.is_dir():
        return
    for taken in import_files(study, [inbox], keep=keep, sleep=sleep):
        tell(taken)
        yield taken


def _work(
    study: Study,
    rows: list[RecordingRow],
    make_crew: Callable[[], tuple[Crew, Stages]],
    tell: Tell,
    *,
    carry: bool,
) -> list[RunLine]:
    need_space(study.folder, WORK_SPACE_BYTES)
    crew, stages = make_crew()
    line = _Line(study, rows, stages, tell)
    line.settle()
    line.bring_up_to_date()
    jobs = (job_of(study, row, carry=carry) for row in rows if heavy_stages(study, row))
    with closing(crew.perform(jobs)) as findings:  # whatever happens, the crew's processes end
        for finding in findings:
            line.take(finding)
            line.settle()
    line.bring_up_to_date()
    return line.ended


def outdated(study: Study) -> list[RecordingRow]:
    """Recordings nobody reviews yet, when the study's voices changed since they were last gone through."""
    if study.voices.version == study.ledger.read_mark(VOICES_MARK):
        return []
    return [row for row in study.recordings(State.REDACTED) if row.failed_stage is None]


def heavy_stages(study: Study, row: RecordingRow) -> tuple[HeavyStage, ...]:
    """The heavy stages a recording still needs."""
    stages: list[HeavyStage] = []
    if row.state is State.SEALED:
        stages.append("transcribe")
    if row.state in (State.SEALED, State.TRANSCRIBED) and not study.has(row.id, Artifact.DIARIZATION):
        stages.append("diarize")
    return tuple(stages)


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
        keys={part: study.recording_key(row.id, part) for part in (Part.AUDIO, Part.WORDS)},
    )


class _Line:
    """The recordings of a run, in order; keeps what is found and ends each when its turn comes."""

    def __init__(self, study: Study, rows: list[RecordingRow], stages: Stages, tell: Tell):
        self._study = study
        self._stages = stages
        self._tell = tell
        self._waiting = {row.id: heavy_stages(study, row) for row in rows}
        self._began: dict[str, float] = {}
        self._latest = time.monotonic()
        self.ended: list[RunLine] = []

    def take(self, finding: Finding) -> None:
        """Keep what a stage left, or set the recording aside."""
        recording = finding.recording
        self._began.setdefault(recording, self._latest)
        if finding.sealed is None:
            self._end(self._study.set_aside(recording, finding.stage, finding.reason))
            return
        state = State.TRANSCRIBED if finding.stage == "transcribe" else None
        detail = {"stage": finding.stage}
        self._study.keep_sealed(
            recording, [finding.sealed], state=state, audit=detail, duration=finding.duration
        )
        faults.moment(f"run.{finding.stage}")
        self._waiting[recording] = tuple(s for s in self._waiting[recording] if s != finding.stage)

    def settle(self) -> None:
        """Attribute and redact the recordings whose turn it is: all before them are through."""
        for recording in list(self._waiting):
            if self._waiting[recording]:
                return
            self._began.setdefault(recording, time.monotonic())
            self._finish(recording)

    def bring_up_to_date(self) -> None:
        """Give earlier recordings the codes their speakers have by now, and redact those that changed again."""
        study, voices, version = self._study, self._study.voices.read(), self._study.voices.version
        for row in outdated(study) if voices is not None else []:
            before = from_json(Attribution, study.artifact(row.id, Artifact.ATTRIBUTION))
            after = self._stages.relabel(row.id, before, voices or b"")
            if after != before:
                study.keep(row.id, Artifact.ATTRIBUTION, to_json(after), state=State.ATTRIBUTED)
                self._waiting[row.id] = ()
                self._began[row.id] = time.monotonic()
                self._finish(row.id)
        if version != study.ledger.read_mark(VOICES_MARK):
            study.ledger.write_mark(VOICES_MARK, version)

    def _finish(self, recording: str) -> None:
        stage = "attribute"
        try:
            if self._study.recording(recording).state is State.TRANSCRIBED:
                self._attribute(recording)
            stage = "redact"
            row = self._redact(recording)
        except Exception as error:
            if stops_the_run(error):
                raise
            row = self._study.set_aside(recording, stage, reason_of(error))
        self._end(row)

    def _attribute(self, recording: str) -> None:
        study = self._study
        transcription = from_json(Transcription, study.artifact(recording, Artifact.TRANSCRIPTION))
        diarization = from_json(Diarization, study.artifact(recording, Artifact.DIARIZATION))
        attribution, voices = self._stages.attribute(
            recording, transcription, diarization, study.voices.read()
        )
        study.keep(
            recording,
            Artifact.ATTRIBUTION,
            to_json(attribution),
            state=State.ATTRIBUTED,
            audit={"participants": len(attribution.codes), "unsure": len(attribution.unsure)},
            shared={"voices": voices} if voices is not None else None,
        )
        faults.moment("run.attribute")

    def _redact(self, recording: str) -> RecordingRow:
        study = self._study
        attribution = from_json(Attribution, study.artifact(recording, Artifact.ATTRIBUTION))
        labels = study.labels.load()
        redaction = self._stages.redact(attribution, labels)
        counts = {
            "replacements": sum(1 for span in redaction.spans if span.replacement),
            "questions": sum(1 for span in redaction.spans if span.uncertain),
        }
        row = study.keep(
            recording,
            Artifact.REDACTION,
            to_json(redaction),
            state=State.REDACTED,
            audit={**counts, "policy": redaction.policy, "sensitivity": redaction.sensitivity},
            shared={"labels": to_json(redaction.labels)} if redaction.labels != labels else None,
        )
        faults.moment("run.redact")
        return row

    def _end(self, row: RecordingRow) -> None:
        del self._waiting[row.id]
        self._latest = time.monotonic()
        seconds = self._latest - self._began[row.id]
        line = RunLine(
            row.id, row.name, row.state.value, seconds, row.duration, row.failed_stage or "", row.reason or ""
        )
        self.ended.append(line)
        self._tell(line)
