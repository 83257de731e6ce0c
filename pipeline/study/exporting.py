"""What a study lends to exports: verified transcripts as approved, others as drafts, and the evidence.

Only de-identified records are read for the transcripts; raw words are opened for the redaction
report alone, which carries none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NoReturn

from pipeline import __version__
from pipeline.errors import StateError
from pipeline.export.document import Attachment, ExportDocument, Participant
from pipeline.records import Redaction, Transcription, Utterance, from_json
from pipeline.study.approved import Approved, read_approved
from pipeline.study.states import Artifact, State

if TYPE_CHECKING:
    from pipeline.study.rows import RecordingRow
    from pipeline.study.study import Study
    from pipeline.verify.state import ReviewedTranscript

VERIFIED = frozenset({State.VERIFIED, State.DESTROYING, State.DESTROYED})


@dataclass(frozen=True, slots=True)
class _Shown:
    """De-identified utterances with who approved them, if anybody has."""

    utterances: tuple[Utterance, ...]
    engine: str
    approved: Approved | None = None


def documents(study: Study, names: Iterable[str] = (), *, evidence: bool = False) -> Iterator[ExportDocument]:
    """The recordings named (by id or name), or all that have a transcript, as documents to export.

    A recording is verified when the ledger says so; its document is then what was approved, whether
    its sound still exists or not. Others are drafts with the decisions made so far. `evidence` adds
    redaction reports. Raises RecordingUnknownError, and StateError for a recording named that has no
    transcript yet.
    """
    wanted = [study.find(name) for name in names]
    roles = {person.code: person.role for person in study.roster.load().people}
    for row in wanted or study.recordings():
        shown = _shown(study, row)
        if shown is not None:
            yield _document(study, row, shown, roles, _reports(study, row, shown) if evidence else ())
        elif wanted:
            raise StateError(recording=row.id, state=row.state.value, wanted="exported")


def audit_files(study: Study) -> tuple[Attachment, ...]:
    """The audit export, as `session-deid audit export` writes it."""
    from pipeline.study.audit_export import as_html, as_json_lines

    entries = list(study.audit.entries())
    lines, page = as_json_lines(study, entries), as_html(study, entries).encode()
    return (Attachment("audit.jsonl", lines), Attachment("audit.html", page))


def _shown(study: Study, row: RecordingRow) -> _Shown | None:
    if row.state in VERIFIED:
        approved = read_approved(study, row.id)
        return _Shown(approved.utterances, _engine(approved), approved) if approved else None
    if not study.has(row.id, Artifact.REDACTION):
        return None
    heard = from_json(Transcription, study.artifact(row.id, Artifact.TRANSCRIPTION))
    return _Shown(_reviewed(study, row)[0].utterances, _engine(heard))


def _engine(heard: Approved | Transcription) -> str:
    return f"{heard.engine} {heard.model}".strip()


def _reviewed(study: Study, row: RecordingRow) -> tuple[Redaction, ReviewedTranscript | None]:
    """The redaction with every decision made so far."""
    redaction = from_json(Redaction, study.artifact(row.id, Artifact.REDACTION))
    if not study.has(row.id, Artifact.DECISIONS):
        return redaction, None
    from pipeline.study.review_store import StudyReviewStore
    from pipeline.verify.final import final_redaction
    from pipeline.verify.history import apply

    store = StudyReviewStore(study, _no_sound)
    left = store.load(row.id)
    state = apply(left.attribution, left.redaction, left.roster, left.duration, store.events(row.id))
    return final_redaction(state), state


def _no_sound(_source: object, name: str) -> NoReturn:  # an export plays nothing
    raise StateError(recording=name, state="being exported", wanted="played")


def _document(
    study: Study,
    row: RecordingRow,
    shown: _Shown,
    roles: dict[str, str],
    reports: tuple[Attachment, ...],
) -> ExportDocument:
    """The participants are those who speak: a roster entry who was absent is not of this recording."""
    codes = sorted({spoken.participant for spoken in shown.utterances})
    approvals = shown.approved.approvals if shown.approved else ()
    return ExportDocument(
        recording=row.name,
        duration=row.duration or (shown.approved.duration if shown.approved else 0.0),
        utterances=shown.utterances,
        participants=tuple(Participant(code, roles.get(code, "")) for code in codes),
        study=study.settings.name,
        verified_by=", ".join(dict.fromkeys(a.reviewer for a in approvals)),
        verified_at=approvals[-1].at if approvals else "",
        models=(("transcriber", shown.engine),) if shown.engine else (),
        reports=reports,
    )


def _reports(study: Study, row: RecordingRow, shown: _Shown) -> tuple[Attachment, ...]:
    """The redaction report as kept, else made now from what is left; none when the words are destroyed."""
    from pipeline.verify import report

    if study.has(row.id, Artifact.REPORT):
        return (Attachment("report.json", study.artifact(row.id, Artifact.REPORT)),)
    if not study.has(row.id, Artifact.REDACTION):
        return ()
    redaction, state = _reviewed(study, row)
    approval = shown.approved.approvals[-1] if shown.approved else None
    made = report.build(
        row.name,
        redaction,
        transcription=from_json(Transcription, study.artifact(row.id, Artifact.TRANSCRIPTION)),
        versions={"session-deid": __version__, "transcriber": shown.engine},
        decided_by=approval.reviewer if approval else "",
        decided=_verdicts(state) if state else {},
        made_at=datetime.fromisoformat(approval.at if approval else row.changed_at),
    )
    return (
        Attachment("report.json", report.to_json(made).encode()),
        Attachment("report.html", report.to_html(made).encode()),
    )


def _verdicts(state: ReviewedTranscript) -> dict[int, Literal["accepted", "rejected"]]:
    """A person's decisions by the span's place in the final redaction (its spans are in this order)."""
    marks = [mark for line in state.in_order() for mark in line.marks]
    return {place: mark.verdict for place, mark in enumerate(marks) if mark.verdict}
