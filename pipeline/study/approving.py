"""Freezing a reviewed transcript: the gate, the approved transcript with its report, and what the study learns of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from pipeline.records import Attribution, Diarization, from_json, to_json
from pipeline.study.approved import SAME_ACCOUNT, diarizer_of, make_approved, read_approved, shared_by
from pipeline.study.reopening import reopening_notes
from pipeline.study.review_material import read_events, read_heard, replay
from pipeline.study.vault.states import Artifact, State
from pipeline.verify.changes import count_put_right
from pipeline.verify.final import final_redaction, review_digest
from pipeline.verify.gate import check_gate, name_with_account
from pipeline.verify.queue import count_open
from pipeline.verify.report import build
from pipeline.verify.report import to_json as report_json
from pipeline.verify.sightings import look_again
from pipeline.verify.state import ReviewedTranscript
from pipeline.verify.store import Approval
from pipeline.verify.versions import versions

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.sealed_records import Sealed


def approve(study: Study, recording: str, approval: Approval) -> ReviewedTranscript:
    """Keep an approval, inside the running transaction; returns the review it is of, raises what the gate raises.

    The review is replayed from its log. With two reviewers the first approval leaves the recording in review.
    """
    study.note_settings()
    state = replay(study, recording, read_events(study, recording, 0))
    earlier = read_approved(study, recording)
    approvals = check_gate(
        recording,
        replace(approval, account=study.audit.by),
        open_questions=count_open(state),
        digest_now=review_digest(state),
        still_open=len(look_again(state)),
        earlier=earlier.approvals if earlier else (),
        reviewers=study.settings.reviewers,
    )
    enough = len(approvals) >= study.settings.reviewers
    study.keep_sealed(
        recording,
        _approved(study, recording, state, approvals),
        state=State.VERIFIED if enough else State.IN_REVIEW,
        event="verified" if enough else "approved by the first reviewer",
        audit={
            "digest": approval.digest,
            "decided": approval.decided,
            "coverage": round(approval.coverage, 4),
            "statement": approval.statement,
            "account": study.audit.by,
            **({"how": asdict(approval.how)} if approval.how else {}),
            **({"over": approval.over} if approval.over else {}),
            **({"same account": shared} if (shared := shared_by(approvals)) else {}),
        },
        shared=_learn_voices(study, recording, state) if enough else None,
        by=approval.reviewer,
    )
    return state


def _approved(
    study: Study, recording: str, state: ReviewedTranscript, approvals: tuple[Approval, ...]
) -> list[Sealed]:
    """The approved transcript and its redaction report, sealed."""
    redaction = final_redaction(state)
    heard = read_heard(study, recording)
    diarizer = diarizer_of(study, recording)
    about = {"language": heard.language, "engine": heard.engine, "model": heard.model, "diarizer": diarizer}
    earlier = read_approved(study, recording)
    changes = earlier.changes if earlier else ()
    approved = make_approved(recording, redaction, approvals, state.duration, **about, changes=changes)
    verdicts = [mark.verdict for line in state.in_order() for mark in line.marks]
    report = build(
        study.recording(recording).name,
        redaction,
        id=recording,
        transcription=heard,
        versions=versions(heard, diarizer),
        decided_by=", ".join(name_with_account(each.reviewer, each.account) for each in approvals),
        decided={number: verdict for number, verdict in enumerate(verdicts) if verdict},
        coverage=approvals[-1].coverage,
        how=approvals[-1].how,
        put_right=count_put_right(replay(study, recording, ()), state),
        over=approvals[-1].over,
        verified_at=approvals[-1].at if len(approvals) >= study.settings.reviewers else "",
        digests={"source": study.recording(recording).digest, "approved": approved.digest},
    )
    report = replace(report, notes=(*report.notes, *reopening_notes(study, recording)))
    if shared := shared_by(approvals):
        report = replace(report, notes=(*report.notes, SAME_ACCOUNT.format(account=shared)))
    return [
        study.seal(recording, Artifact.APPROVED, to_json(approved)),
        study.seal(recording, Artifact.REPORT, report_json(report).encode()),
    ]


def _learn_voices(study: Study, recording: str, state: ReviewedTranscript) -> dict[str, bytes] | None:
    """The study's voices, sharpened by a recording whose speakers a person has confirmed."""
    from pipeline.speakers.codes import KnownVoices, learn

    held = study.voices.read()
    if held is None:
        return None
    attribution = from_json(Attribution, study.artifact(recording, Artifact.ATTRIBUTION))
    diarization = from_json(Diarization, study.artifact(recording, Artifact.DIARIZATION))
    codes = tuple((voice.speaker, voice.code) for voice in state.voices)
    reviewed = replace(attribution, codes=codes)
    known = learn(from_json(KnownVoices, held), reviewed, diarization, verified=True, recording=recording)
    return {"voices": to_json(known)}
