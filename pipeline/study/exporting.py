"""What a study lends to exports: verified transcripts as approved, others as drafts, and the evidence.

Only de-identified records are read for the transcripts; raw words are opened for the redaction
report alone, which carries none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pipeline.errors import StateError
from pipeline.export.document import Attachment, ExportDocument, Participant
from pipeline.records import Transcription, Utterance, from_json
from pipeline.study.approved import Approved, diarizer_of, read_approved
from pipeline.study.codes import CodeBook, Coded, load_codes
from pipeline.study.evidence import DESTROYED_EVENTS, certificate_files, check_told
from pipeline.study.requests import DONE
from pipeline.study.review_material import read_heard, replay, reviewed_redaction
from pipeline.study.vault.states import VERIFIED_STATES, WITHDRAWN_STATES, Artifact, Part, State

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow
    from pipeline.verify.changes import PutRight
    from pipeline.verify.report import Report
    from pipeline.verify.state import ReviewedTranscript


@dataclass(frozen=True, slots=True)
class _Shown:
    """De-identified utterances with who approved them, if anybody has, and how far they were read (in short, and with
    the time that took)."""

    utterances: tuple[Utterance, ...]
    models: tuple[tuple[str, str], ...]
    approved: Approved | None = None
    read: tuple[str, str] = ("", "")


def documents(
    study: Study, names: Iterable[str] = (), *, evidence: bool = False, drafts: bool = True
) -> Iterator[ExportDocument]:
    """The recordings named (by id or name), or all that have a transcript, as documents to export.

    A recording is verified when the ledger says so; its document is then what was approved, whether
    its sound still exists or not. Others are drafts with the decisions made so far. `evidence` adds
    redaction reports; without `drafts` all means all verified. Raises RecordingUnknownError, and StateError for a recording named that has no
    transcript yet.
    """
    wanted = [study.find(name) for name in names]
    codes = load_codes(study)
    for row in wanted or study.recordings(*(() if drafts else sorted(VERIFIED_STATES))):
        shown = _shown(study, row)
        if shown is not None:
            document = _document(study, row, shown, codes)
            yield _with_evidence(document, study, row) if evidence else document
        elif wanted:
            raise StateError(recording=row.id, state=row.state.value, wanted="exported")


def not_verified(study: Study) -> tuple[str, ...]:
    """The recordings that have a transcript nobody has verified, by name (no transcript is opened)."""
    return tuple(row.name for row in study.recordings(State.REDACTED, State.IN_REVIEW))


def audit_files(study: Study) -> tuple[Attachment, ...]:
    """The audit export, as `session-deid audit export` writes it."""
    from pipeline.study.audit_export import as_html, as_json_lines

    entries = list(study.audit.entries())
    lines, page = as_json_lines(study, entries), as_html(study, entries).encode()
    return (Attachment("audit.jsonl", lines), Attachment("audit.html", page))


def withdrawal_certificates(study: Study) -> tuple[Attachment, ...]:
    """The certificates of recordings that were withdrawn, of which a package holds no transcript, and of participants."""
    ends = (*study.audit.events("withdrawn"), *study.audit.events(DONE))
    return tuple(file for entry in ends for file in certificate_files(study, entry))


def _shown(study: Study, row: RecordingRow) -> _Shown | None:
    if row.state in VERIFIED_STATES:
        approved = read_approved(study, row.id) if study.rows.has_key(row.id, Part.KEPT.value) else None
        if approved is None:
            return None
        models = _models(approved, approved.diarizer)
        return _Shown(approved.utterances, models, approved, _read(approved))
    if row.state in WITHDRAWN_STATES or not study.has(row.id, Artifact.REDACTION):
        return None
    heard = from_json(Transcription, study.artifact(row.id, Artifact.TRANSCRIPTION))
    redaction, state = reviewed_redaction(study, row)
    return _Shown(redaction.utterances, _models(heard, diarizer_of(study, row.id)), read=_read(state))


def _read(reviewed: Approved | ReviewedTranscript | None) -> tuple[str, str]:
    """How far a person read it, of the last approval or the review as it stands: "87 %", and with the time that took."""
    from pipeline.verify.reading import how_read, percent, say_share

    if isinstance(reviewed, Approved):
        last = reviewed.approvals[-1]
        return percent(last.coverage), say_share(last.coverage, last.how)
    how = how_read(reviewed) if reviewed else None
    share = how.share if how else 0.0
    return percent(share), say_share(share, how)


def _models(heard: Approved | Transcription, diarizer: str) -> tuple[tuple[str, str], ...]:
    """What heard the words, and what told the voices apart where something did."""
    from pipeline.verify.versions import MADE_ELSEWHERE, told_apart_by

    engine = f"{heard.engine} {heard.model}".strip()
    voices = told_apart_by(diarizer) if diarizer and heard.engine != MADE_ELSEWHERE else ""
    named = (("transcriber", engine), ("speakers", voices))
    return tuple((use, name) for use, name in named if name)


def _participant(known: Coded) -> Participant:
    return Participant(known.code, known.role, quotable=known.quotation, archived=known.archiving)


def _document(study: Study, row: RecordingRow, shown: _Shown, known: CodeBook) -> ExportDocument:
    """The participants are those who speak: a roster entry who was absent is not of this recording."""
    codes = sorted({spoken.participant for spoken in shown.utterances})
    approvals = shown.approved.approvals if shown.approved else ()
    return ExportDocument(
        id=row.id,
        recording=row.name,
        duration=row.duration or (shown.approved.duration if shown.approved else 0.0),
        utterances=shown.utterances,
        participants=tuple(_participant(known.find(code)) for code in codes),
        study=study.settings.name,
        verified_by=", ".join(dict.fromkeys(a.reviewer for a in approvals)),
        verified_at=approvals[-1].at if approvals else "",
        read_share=shown.read[0],
        read=shown.read[1],
        models=shown.models,
        edition=shown.approved.edition() if shown.approved else "",
    )


def _with_evidence(document: ExportDocument, study: Study, row: RecordingRow) -> ExportDocument:
    """The redaction report as approved (of a draft: as it stands), and certificates of destruction, each compared with
    the audit chain: what is false or missing raises AuditBrokenError, and gets into no archive."""
    from pipeline.verify.report import Report, to_html, to_json

    check_told(study, row.id, Artifact.REPORT, Artifact.APPROVED)
    kept = study.artifact(row.id, Artifact.REPORT) if study.has(row.id, Artifact.REPORT) else None
    report = from_json(Report, kept) if kept else _report(study, row)
    ends = (entry for entry in study.audit.entries(row.id) if entry.event in DESTROYED_EVENTS)
    return replace(
        document,
        reports=(
            Attachment("report.json", kept or to_json(report).encode()),
            Attachment("report.html", to_html(report).encode()),
        ),
        certificates=tuple(file for entry in ends for file in certificate_files(study, entry)),
    )


def _report(study: Study, row: RecordingRow) -> Report:
    from pipeline.verify.reading import how_read
    from pipeline.verify.report import build
    from pipeline.verify.versions import versions

    redaction, state = reviewed_redaction(study, row)
    heard = read_heard(study, row.id)
    how = how_read(state) if state else None
    return build(
        row.name,
        redaction,
        id=row.id,
        transcription=heard,
        versions=versions(heard, diarizer_of(study, row.id)),
        coverage=how.share if how else 0.0,
        how=how,
        put_right=_put_right(study, row, state) if state else None,
        decided=_verdicts(state) if state else {},
        made_at=datetime.fromisoformat(row.changed_at),
    )


def _put_right(study: Study, row: RecordingRow, state: ReviewedTranscript) -> PutRight:
    from pipeline.verify.changes import count_put_right

    return count_put_right(replay(study, row.id, ()), state)


def _verdicts(state: ReviewedTranscript) -> dict[int, Literal["accepted", "rejected"]]:
    """A person's decisions by the span's place in the final redaction (its spans are in this order)."""
    marks = [mark for line in state.in_order() for mark in line.marks]
    return {place: mark.verdict for place, mark in enumerate(marks) if mark.verdict}
