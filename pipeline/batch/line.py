"""The recordings of a run in their order: keeps what the executor finds, attributes, redacts, tells.

Attribution and redaction share the study's voices and labels, so a recording's turn comes when all
before it are through, in whatever order the executor brings its findings.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from pipeline.batch.aside import set_aside
from pipeline.batch.begun import Begun
from pipeline.batch.checking import StrangeRecordError, check_record
from pipeline.batch.failures import BEGUN, STRANGE, Failure, failure_of
from pipeline.batch.hearing_again import was_heard
from pipeline.batch.job import LEAVES, Finding, HeavyStage, Job, stops_the_run
from pipeline.batch.jobs import VOICES_MARK, heavy_stages, job_of, outdated
from pipeline.batch.own_words import in_our_words
from pipeline.batch.run_line import RunLine, Tell, reason_of
from pipeline.batch.texts import attribute_text
from pipeline.batch.under_way import Note
from pipeline.errors import ModelMissingError, SealBrokenError
from pipeline.flow import Stages
from pipeline.records import Attribution, Diarization, Transcription, from_json, to_json
from pipeline.study.left import say_left, who_left
from pipeline.study.study import Study
from pipeline.study.vault import faults
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import Artifact, State

USUAL_LANGUAGE = "en"  # without its models nothing at all goes on


class Line:
    """The recordings of a run, in order; keeps what is found and ends each when its turn comes."""

    def __init__(self, study: Study, rows: list[RecordingRow], stages: Stages, tell: Tell, note: Note):
        self._study = study
        self._note = note
        self._stages = stages
        self._tell = tell
        self._waiting = {row.id: heavy_stages(study, row) for row in rows}
        self._began: dict[str, float] = {}
        self._notes: dict[str, tuple[str, ...]] = {}
        self._heard: set[str] = set()
        self._latest = time.monotonic()
        self.ended: list[RunLine] = []
        self.begun = Begun(study)

    def jobs(self, rows: Iterable[RecordingRow], *, carry: bool) -> Iterator[Job]:
        """A job for each recording that needs one; a source that cannot be read costs its recording alone."""
        for row in rows:
            if not (stages := heavy_stages(self._study, row)):
                continue
            if not (carry or self.begun.may_begin(row.id)):  # elsewhere it is the cluster's memory
                self.take(Finding(row.id, stages[0], failure=Failure(BEGUN)))
                continue
            try:
                job = job_of(self._study, row, carry=carry)
            except Exception as error:
                if stops_the_run(error):
                    raise
                self.take(Finding(row.id, "decode", failure=failure_of(error)))
            else:
                yield job

    def take(self, finding: Finding) -> None:
        """Keep what a stage left, or set the recording aside.

        Taken is what was asked for alone: a stage this recording waits for, the kind of record it leaves, content that
        reads as one. Of a recording that waits for nothing, and of what its keys do not open, nothing is taken.
        """
        recording = finding.recording
        stage = next((s for s in self._waiting.get(recording, ()) if s == finding.stage), None)
        if not self._waiting.get(recording):
            return
        self._began.setdefault(recording, self._latest)
        try:
            self._keep(recording, stage, finding)
        except Exception as error:
            if stops_the_run(error):
                raise
            self._set_aside(recording, stage or finding.stage, reason_of(error, recording))

    def _keep(self, recording: str, stage: HeavyStage | None, finding: Finding) -> None:
        if finding.sealed is None or stage is None or finding.sealed.kind is not LEAVES[stage]:
            self._refuse(finding)
            return
        try:
            plain = self._study.unseal(recording, finding.sealed)
            known, chosen = self._study.recording(recording).duration, self._study.settings.language
            duration = check_record(stage, plain, known, chosen)
        except SealBrokenError:  # whoever made it has not this recording's keys
            return
        except StrangeRecordError:
            self._refuse(Finding(recording, stage, failure=Failure(STRANGE)))
            return
        sealed = in_our_words(self._study, recording, finding.sealed, plain)
        state = State.TRANSCRIBED if stage == "transcribe" else None
        detail = {"stage": stage}
        with self._study.ledger.transaction():
            self._study.keep_sealed(recording, [sealed], state=state, audit=detail, duration=duration)
            if stage == "transcribe":
                was_heard(self._study, recording)
        faults.moment(f"run.{stage}")
        self._heard.add(recording)
        self._waiting[recording] = tuple(s for s in self._waiting[recording] if s != stage)

    def _refuse(self, finding: Finding) -> None:
        """Set a recording aside, with a stage and a reason of our own."""
        first, *_ = waiting = self._waiting[finding.recording]
        told = (
            finding.sealed is None and finding.failure is not None and finding.stage in ("decode", *waiting)
        )
        failure = finding.failure if told and finding.failure else Failure(STRANGE)
        stage = finding.stage if finding.stage in ("decode", *waiting) else first
        self._set_aside(finding.recording, stage, failure.in_words(finding.recording))

    def refuse_unanswered(self) -> None:
        """Set aside what nobody answered for, when all jobs are over: it must not wait in silence."""
        for recording in [recording for recording, stages in self._waiting.items() if stages]:
            self._began.setdefault(recording, self._latest)
            self._refuse(Finding(recording, "", failure=Failure(STRANGE)))

    def settle(self) -> None:
        """Attribute and redact the recordings whose turn it is: all before them are through."""
        for recording in list(self._waiting):
            if self._waiting[recording]:
                return
            self._began.setdefault(recording, time.monotonic())
            self._finish(recording)

    def bring_up_to_date(self) -> None:
        """Give earlier recordings the codes their speakers have by now, and redact those that changed again."""
        study, version = self._study, self._study.voices.version
        for row in outdated(study) if study.voices.read() is not None else []:
            self._began[row.id] = time.monotonic()
            try:
                changed = self._relabel(row.id)
            except Exception as error:
                if stops_the_run(error):
                    raise
                self._waiting[row.id] = ()
                self._set_aside(row.id, "attribute", reason_of(error, row.id))
            else:
                if changed:
                    self._waiting[row.id] = ()
                    self._finish(row.id)
        # Of one that was set aside a retry must find the voices not gone through.
        whole = all(row.failed_stage is None for row in study.recordings(State.REDACTED))
        if whole and version != study.ledger.read_mark(VOICES_MARK):
            study.ledger.write_mark(VOICES_MARK, version)

    def _relabel(self, recording: str) -> bool:
        """Give a recording the codes its speakers have by now; whether any changed."""
        before = from_json(Attribution, self._study.artifact(recording, Artifact.ATTRIBUTION))
        after = self._stages.relabel(recording, before, self._study.voices.load())
        if after != before:
            self._study.keep(recording, Artifact.ATTRIBUTION, to_json(after), state=State.ATTRIBUTED)
        return after != before

    def _finish(self, recording: str) -> None:
        state = self._study.recording(recording).state
        stage = "attribute" if state in (State.SEALED, State.TRANSCRIBED) else "redact"
        if not self.begun.may_begin(recording):
            self._set_aside(recording, stage, Failure(BEGUN).in_words(recording))
            return
        self._note.recording(recording)
        try:
            if state in (State.SEALED, State.TRANSCRIBED):
                self._note.stage("attributing")
            if state is State.SEALED:
                self._notes[recording] = attribute_text(self._study, self._stages, recording)
            elif state is State.TRANSCRIBED:
                self._attribute(recording)
            stage = "redact"
            self._note.stage("redacting")
            row = self._redact(recording)
        except Exception as error:
            if stops_the_run(error) and not (
                stage == "redact" and self._lacks_its_language(recording, error)
            ):
                raise
            self._set_aside(recording, stage, reason_of(error, recording))
        else:
            self._end(row)

    def _lacks_its_language(self, recording: str, error: Exception) -> bool:
        """Whether a model is missing for the language that was heard in this recording alone: others go on."""
        if self._study.settings.language is not None or not isinstance(error, ModelMissingError):
            return False
        heard = from_json(Transcription, self._study.artifact(recording, Artifact.TRANSCRIPTION))
        return heard.language != USUAL_LANGUAGE

    def _attribute(self, recording: str) -> None:
        study = self._study
        transcription = from_json(Transcription, study.artifact(recording, Artifact.TRANSCRIPTION))
        diarization = from_json(Diarization, study.artifact(recording, Artifact.DIARIZATION))
        self._notes[recording] = transcription.notes
        known = study.voices.load()
        attribution, known = self._stages.attribute(recording, transcription, diarization, known)
        study.keep(
            recording,
            Artifact.ATTRIBUTION,
            to_json(attribution),
            state=State.ATTRIBUTED,
            audit={"participants": len(attribution.codes), "unsure": len(attribution.unsure)},
            shared={"voices": to_json(known)},
        )
        faults.moment("run.attribute")

    def _redact(self, recording: str) -> RecordingRow:
        study = self._study
        attribution = from_json(Attribution, study.artifact(recording, Artifact.ATTRIBUTION))
        labels = study.labels.load()
        heard = from_json(Transcription, study.artifact(recording, Artifact.TRANSCRIPTION))
        redaction = self._stages.redact(attribution, labels, language=heard.language)
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

    def _set_aside(self, recording: str, stage: str, reason: str) -> None:
        self._end(set_aside(self._study, recording, stage, reason))

    def _end(self, row: RecordingRow) -> None:
        del self._waiting[row.id]
        self.begun.ended(row.id)
        self._latest = time.monotonic()
        seconds = self._latest - self._began[row.id]
        line = RunLine(
            recording=row.id,
            name=row.name,
            state=row.state.value,
            seconds=seconds,
            duration=row.duration,
            failed_stage=row.failed_stage or "",
            reason=row.reason or "",
            notes=(*self._notes.get(row.id, ()), *say_left(who_left(self._study), row.id)),
            heard=row.id in self._heard,
        )
        self.ended.append(line)
        self._heard.discard(row.id)
        self._note.done()
        self._tell(line)
