"""Withdraw a recording: destroyed without a verified transcript, because a named person stated why.

    sealed ... in review, verified, destroyed -> withdrawing -> withdrawn

The statement takes the place of verification: it gives a reason, is made by as many people as must verify in this
study, and holds for what they were shown would be lost. Everything sealed of the recording goes, its approved
transcript and review too, and what it taught the study (pipeline.erase.forgetting). What stays: its row (number,
dates, size, digest), the audit chain, sealed notes, the certificate. Nothing does this by itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from pipeline.erase.certificate import Approval, Certificate, Withdrawal, say_accounts
from pipeline.erase.due import rules_told
from pipeline.erase.erasing import RULES, Gone, Prepared, begin, certify, erase, prepare, write_certificate
from pipeline.erase.forgetting import Lesson, find_lesson, forget, told
from pipeline.erase.loss import Loss, check_withdrawable, find_loss
from pipeline.erase.plan import begun_entry, begun_plan, draw_plan
from pipeline.erase.traces import forget_traces
from pipeline.errors import NotWithdrawableError, StateError
from pipeline.study.given_out import given_out
from pipeline.study.holds import refuse_held
from pipeline.study.leases import Leases
from pipeline.study.leftovers import clear_leftovers, find_leftovers
from pipeline.study.study import Study
from pipeline.study.vault import faults
from pipeline.study.vault.audit import Entry
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import Artifact, Part, State
from pipeline.study.withdrawals import (
    STATED,
    WITHDRAWAL_BEGUN,
    Note,
    Reason,
    add_note,
    statements,
)
from pipeline.verify.gate import same_person

NOT_ON_RECORD = "Copies of exported files, and exports made by a session-deid that did not note them yet, are not on record."


@dataclass(frozen=True, slots=True)
class Claim:
    """One person's statement: their name, the reason, what they were shown would be lost, and a note."""

    reviewer: str
    reason: Reason
    seen: Loss
    note: str = field(default="", repr=False)


def check_ready(study: Study, row: RecordingRow, *, by: str) -> None:
    """Raise what `withdraw` would refuse with whatever is stated: for who asks a person first."""
    Leases(study.ledger, time.time).check_free(row.id)
    prepare(study, row.id, tuple(Part(part) for part in study.rows.key_ids(row.id)), by=by)


def withdraw(study: Study, recording_id: str, claim: Claim, *, by: str) -> Gone | None:
    """Keep a person's statement and, once as many made it as the study asks for, destroy the recording.

    Returns None while another person's statement is still needed. Raises what `check_withdrawable` raises,
    CopyFoundError while a copy lies in the study's folder,
    NotWithdrawableError when something changed since it was shown or one person states it twice,
    ReviewLockedError while somebody decides on it, LockedError during a run, an import or a destruction, and
    DestructionUnprovenError when a check fails (it then stays `withdrawing`).
    """
    with _alone(study):
        row = study.recording(recording_id)
        check_withdrawable(study, row, claim.reason)
        study.note_settings()
        parts = tuple(Part(part) for part in study.rows.key_ids(row.id))
        if not _state(study, row, claim, prepare(study, row.id, parts, by=by)):
            return None
        faults.moment("withdraw.begun")
        return _finish(study, row.id, by)


def finish(study: Study, recording_id: str, *, by: str) -> Gone:
    """Finish a withdrawal that was interrupted; raises StateError when none was begun."""
    with _alone(study):
        row = study.recording(recording_id)
        if row.state is not State.WITHDRAWING:
            raise StateError(recording=row.id, state=row.state.value, wanted="withdrawn further")
        return _finish(study, row.id, by)


def withdraw_for(study: Study, recording: str, reviewers: Sequence[str], *, by: str) -> None:
    """Withdraw a recording because a participant in it withdrew, which these people stated; finishes what was begun.

    For who holds the locks, and has seen to holds, leases and the number of statements. Raises what `prepare` and
    `finish` raise.
    """
    row = study.recording(recording)
    if row.state is State.WITHDRAWN:
        return
    if row.state is not State.WITHDRAWING:
        loss = find_loss(study, row)
        ready = prepare(study, row.id, tuple(Part(part) for part in study.rows.key_ids(row.id)), by=by)
        with study.ledger.transaction():
            claims = [Claim(name, Reason.CONSENT_WITHDRAWN, loss) for name in reviewers]
            for claim in claims:
                _add_statement(study, row, claim)
            _begin(study, row, claims[-1], ready)
    _finish(study, recording, by)


@contextmanager
def _alone(study: Study) -> Iterator[None]:
    """While nothing else destroys, processes or takes in recordings: a run would teach the study anew."""
    with ExitStack() as stack:
        for name in ("destroy", "run", "import"):
            stack.enter_context(study.lock(name))
        yield


def _state(study: Study, row: RecordingRow, claim: Claim, ready: Prepared) -> bool:
    """Keep the statement, in one transaction with what it begins; returns whether that was enough."""
    with study.ledger.transaction():
        Leases(study.ledger, time.time).check_free(row.id)
        refuse_held(study, row.id)  # one may have been placed meanwhile
        if claim.seen != find_loss(study, study.recording(row.id)):
            raise NotWithdrawableError(recording=row.id, why="something changed since it was shown to you")
        _add_statement(study, row, claim)
        if not _enough(row, statements(study, row.id), study.settings.reviewers):
            return False
        _begin(study, row, claim, ready)
    return True


def _begin(study: Study, row: RecordingRow, claim: Claim, ready: Prepared) -> None:
    parts = tuple(Part(part) for part in study.rows.key_ids(row.id))
    plan = draw_plan(study, row.id, parts, ready.found)
    rules = rules_told(study, row, datetime.now(UTC)) if study.has(row.id, Artifact.SOURCE) else []
    facts = {"reason": claim.reason.value, "transcript": claim.seen.transcript, RULES: rules}
    begin(study, plan, ready.traces, State.WITHDRAWING, WITHDRAWAL_BEGUN, claim.reviewer, **facts)
    study.rows.change(row.id, reason=claim.reason.value)


def _add_statement(study: Study, row: RecordingRow, claim: Claim) -> None:
    if not claim.reviewer.strip():
        raise NotWithdrawableError(recording=row.id, why="the name of who withdraws it is missing")
    facts = {
        "reason": claim.reason.value,
        "was": claim.seen.was.value,
        "decisions": claim.seen.decisions,
        "statement": claim.seen.statement(claim.reason),
        "account": study.audit.by,
    }
    seq = study.audit.append(STATED, row.id, facts, by=claim.reviewer)
    if claim.note.strip():
        add_note(study, Note(seq, claim.note.strip()), by=claim.reviewer)


def _enough(row: RecordingRow, stated: Sequence[Entry], needed: int) -> bool:
    """Whether so many people stated it; raises NotWithdrawableError when one who did states it again."""
    people: list[str] = []
    for entry in stated:
        if not any(same_person(entry.by, each) for each in people):
            people.append(entry.by)
    if len(people) < min(needed, len(stated)):
        why = f"this study asks for {needed} people, and you have stated it already"
        raise NotWithdrawableError(recording=row.id, why=why)
    return len(people) >= needed


def _finish(study: Study, recording_id: str, by: str) -> Gone:
    plan, reason = begun_plan(study, recording_id), Reason(str(study.recording(recording_id).reason))
    lesson = find_lesson(study, recording_id)
    with_keys = partial(_forget, study, reason, lesson, by) if lesson else None
    checks = erase(study, study.recording(recording_id), plan.parts, by=by, with_keys=with_keys)
    with study.ledger.transaction():  # of the records sealed anew, what a crash left; no import runs now
        clear_leftovers(study, find_leftovers(study))
    row = study.recording(recording_id)
    certificate = _complete(study, certify(study, row, plan, checks, by), row, reason)
    signed, page, digests = write_certificate(study, f"{row.id}.withdrawal", certificate)
    facts = {**digests, "reason": reason.value}
    with study.ledger.transaction():
        study.move(row.id, State.WITHDRAWN, "withdrawn", facts, by=by)
        study.rows.change(row.id, reason=reason.value)
        forget_traces(study, row.id)
    return Gone(row.id, signed, page, len(checks))


def _forget(study: Study, reason: Reason, lesson: Lesson, by: str) -> None:
    forget(study, lesson, by=by)
    if not reason.keeps_name:
        study.rows.change(lesson.recording, name=lesson.recording)


def _complete(study: Study, certificate: Certificate, row: RecordingRow, reason: Reason) -> Certificate:
    """The certificate with why it was destroyed, and what that did not reach."""
    withdrawal = Withdrawal(
        reason=reason.value,
        meaning=reason.meaning,
        statements=tuple(
            Approval(
                name=entry.by,
                at=entry.at,
                statement=str(entry.facts()["statement"]),
                account=str(entry.facts().get("account", "")),
            )
            for entry in statements(study, row.id)
        ),
        transcript=str(begun_entry(study, row.id).facts()["transcript"]),
        given_out=given_out(study, row.id),
    )
    return Certificate.model_validate(
        {
            **dict(certificate),
            "withdrawal": withdrawal,
            "limits": (
                *say_accounts(withdrawal.statements),
                *told(study, row.id),
                NOT_ON_RECORD,
                *certificate.limits,
            ),
        }
    )
