"""Destroy what is left of a verified recording: keys, sealed sound, raw words; prove it; certify it.

    verified -> destroying -> destroyed

What may be destroyed, and what of it stays; the steps themselves are pipeline.erase.erasing's. A recording
whose checks did not all pass stays `destroying`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.erase.certificate import Approval, Certificate, say_accounts
from pipeline.erase.due import refuse_kept, rules_told
from pipeline.erase.erasing import RULES, Gone, begin, certify, erase, prepare, write_certificate
from pipeline.erase.plan import Plan, begun_plan, draw_plan
from pipeline.erase.rest import check_rest, destroy_rest, rest_begun
from pipeline.erase.traces import forget_traces
from pipeline.errors import NotDestroyableError, StateError
from pipeline.study.approved import Approved, read_approved
from pipeline.study.holds import refuse_held
from pipeline.study.leases import Leases
from pipeline.study.rings import close_to_identity, finish_scrub
from pipeline.study.study import Study
from pipeline.study.told import DESTRUCTION_BEGUN
from pipeline.study.vault import faults
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import Part, State
from pipeline.verify.versions import MADE_ELSEWHERE, told_apart_by


def check_destroyable(
    study: Study, recording_id: str, *, by: str, clock: Callable[[], float] = time.time
) -> None:
    """Raise what `destroy` would refuse with before it touches anything: for who asks a person first."""
    row = study.recording(recording_id)
    if row.state is State.DESTROYED:
        check_rest(study, row, _moment(clock), by=by)
    if row.state is State.DESTROYED or rest_begun(study, row):
        return
    _approved(study, row)
    if row.state is State.VERIFIED:
        refuse_kept(study, row, _moment(clock))
        Leases(study.ledger, clock).check_free(row.id)
        prepare(study, row.id, _parts(study), by=by)


def destroy(study: Study, recording_id: str, *, by: str, clock: Callable[[], float] = time.time) -> Gone:
    """Destroy one recording for good and certify it; finishes what an interrupted call began.

    Raises NotDestroyableError unless a person verified it, HeldError and KeptError while a hold or a rule keeps it (what
    has begun is finished all the same), CopyFoundError while a copy lies in the study's folder,
    ReviewLockedError while somebody reviews it,
    DestructionUnprovenError when a check fails afterwards (it then stays `destroying`), LockedError while another
    destruction runs. `clock` gives seconds since 1970.
    """
    with study.lock("destroy"):
        row = study.recording(recording_id)
        study.note_settings()
        if row.state is State.DESTROYED or rest_begun(study, row):
            return destroy_rest(study, row, by=by, clock=clock)
        approved = _approved(study, row)
        if row.state is State.VERIFIED:
            refuse_kept(study, row, _moment(clock))
            ready = prepare(study, row.id, _parts(study), by=by)
            with study.ledger.transaction():
                Leases(study.ledger, clock).check_free(row.id)
                refuse_held(study, row.id)  # one may have been placed meanwhile
                plan = draw_plan(study, row.id, _parts(study), ready.found)
                facts = {RULES: rules_told(study, row, _moment(clock))}
                begin(study, plan, ready.traces, State.DESTROYING, DESTRUCTION_BEGUN, by, **facts)
            faults.moment("destroy.begun")
        plan = begun_plan(study, row.id)  # as it was begun: settings may have changed since
        checks = erase(study, row, plan.parts, by=by)
        certificate = _complete(certify(study, row, plan, checks, by), approved, plan)
        signed, page, digests = write_certificate(study, row.id, certificate)
        with study.ledger.transaction():
            study.move(row.id, State.DESTROYED, "destroyed", digests, by=by)
            forget_traces(study, row.id)
            close_to_identity(study)
        finish_scrub(study)
        return Gone(row.id, signed, page, len(checks))


def _moment(clock: Callable[[], float]) -> datetime:
    return datetime.fromtimestamp(clock(), UTC)


def _approved(study: Study, row: RecordingRow) -> Approved:
    """What a person approved; raises NotDestroyableError unless it stands, whole and unchanged."""
    if row.state is State.DESTROYED:
        raise StateError(recording=row.id, state=row.state.value, wanted="destroyed once more")
    if row.state not in (State.VERIFIED, State.DESTROYING):
        raise NotDestroyableError(recording=row.id, why=f"it is {row.state.value}")
    approved = read_approved(study, row.id)
    if approved is None or (not approved.utterances and approved.duration <= 0):
        raise NotDestroyableError(recording=row.id, why="its approved transcript is missing")
    if len(approved.standing()) < study.settings.reviewers:
        raise NotDestroyableError(recording=row.id, why="too few people approved this very transcript")
    return approved


def _parts(study: Study) -> tuple[Part, ...]:
    return (Part.AUDIO, Part.WORDS) if study.settings.destroy_raw_transcript else (Part.AUDIO,)


def _voices_by(approved: Approved) -> str:
    """What told the voices apart, where something did."""
    heard = approved.diarizer and approved.engine != MADE_ELSEWHERE
    return told_apart_by(approved.diarizer) if heard else ""


def _complete(certificate: Certificate, approved: Approved, plan: Plan) -> Certificate:
    """The certificate with who approved the transcript, and what is kept."""
    edition = approved.edition()
    kept = [f"the approved, de-identified transcript{f' ({edition})' if edition else ''}"]
    if Part.WORDS not in plan.parts:
        kept.append("raw words and decisions, sealed (destroy_raw_transcript = false)")
    approvals = tuple(
        Approval(name=a.reviewer, at=a.at, statement=a.statement, account=a.account)
        for a in approved.approvals
    )
    return certificate.model_copy(
        update={
            "duration": certificate.duration or approved.duration,
            "kept": tuple(kept),
            "transcript_sha256": approved.digest,
            "transcribed_by": f"{approved.engine} {approved.model}".strip(),
            "told_apart_by": _voices_by(approved),
            "approvals": approvals,
            "limits": (*say_accounts(approvals), *certificate.limits),
        }
    )
