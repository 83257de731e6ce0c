"""A study's transcripts as exports show them: what was approved, or a draft of what was redacted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.errors import NotVerifiedError, StateError
from pipeline.export.document import Attachment, ExportDocument, Participant
from pipeline.records import Redaction, Transcription, Utterance, from_json
from pipeline.study.approved import Approved, read_approved
from pipeline.study.rows import RecordingRow
from pipeline.study.states import Artifact, State
from pipeline.study.study import Study

DONE = (State.VERIFIED, State.DESTROYING, State.DESTROYED)
DRAFTABLE = (State.REDACTED, State.IN_REVIEW)


def exportable(study: Study, names: Iterable[str] = ()) -> list[RecordingRow]:
    """The recordings named, or all that have a transcript; raises RecordingUnknownError, StateError."""
    wanted = [study.find(name) for name in names]
    for row in wanted:
        if row.state not in (*DONE, *DRAFTABLE):
            raise StateError(recording=row.id, state=row.state.value, wanted="exported")
    return wanted or list(study.recordings(*DRAFTABLE, *DONE))


def documents(study: Study, rows: Iterable[RecordingRow]) -> Iterator[ExportDocument]:
    """A document a recording; those not verified are drafts (no `verified_by`)."""
    roles = {person.code: person.role for person in study.roster.load().people}
    for row in rows:
        approved = read_approved(study, row.id) if row.state in DONE else None
        yield _final(study, row, approved, roles) if approved else _draft(study, row, roles)


def _final(study: Study, row: RecordingRow, approved: Approved, roles: dict[str, str]) -> ExportDocument:
    report = study.artifact(row.id, Artifact.REPORT) if study.has(row.id, Artifact.REPORT) else None
    return ExportDocument(
        recording=row.name,
        duration=approved.duration,
        utterances=approved.utterances,
        participants=_participants(approved.utterances, roles),
        study=study.settings.name,
        verified_by=", ".join(each.reviewer for each in approved.approvals),
        verified_at=approved.approvals[-1].at,
        models=(("transcriber", f"{approved.engine} {approved.model}"),),
        reports=(Attachment(f"{row.id}.report.json", report),) if report else (),
    )


def _draft(study: Study, row: RecordingRow, roles: dict[str, str]) -> ExportDocument:
    if row.state in DONE:
        raise NotVerifiedError(recording=row.id)
    redaction = from_json(Redaction, study.artifact(row.id, Artifact.REDACTION))
    heard = from_json(Transcription, study.artifact(row.id, Artifact.TRANSCRIPTION))
    return ExportDocument(
        recording=row.name,
        duration=heard.duration,
        utterances=redaction.utterances,
        participants=_participants(redaction.utterances, roles),
        study=study.settings.name,
        models=(("transcriber", f"{heard.engine} {heard.model}"),),
    )


def _participants(utterances: Iterable[Utterance], roles: dict[str, str]) -> tuple[Participant, ...]:
    codes = sorted({said.participant for said in utterances})
    return tuple(Participant(code, roles.get(code, "")) for code in codes)
