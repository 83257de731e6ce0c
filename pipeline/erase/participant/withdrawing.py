"""Withdraw a participant: stated by as many people as verify, done recording by recording, proven, certified.

    stated -> begun -> (each recording rewritten or destroyed) -> forgotten -> proven -> done

Each arrow is one transaction with its audit entry, and each step is safe to repeat: killed anywhere, the same command goes
on from the last entry. Nothing does this by itself.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.erase.certificate import Check
from pipeline.erase.participant import certifying
from pipeline.erase.participant.asking import FROM_NOW_ON, PersonClaim, PersonLoss, stamp_of
from pipeline.erase.participant.bearer import Bearer
from pipeline.erase.participant.forgetting import forget_participant
from pipeline.erase.participant.leaving import leave_recording, refuse_sound_copies, secret_of
from pipeline.erase.participant.proving import forget_traces_of, note_failures, prove_left
from pipeline.erase.sealed_files import refuse_moved_vault
from pipeline.erase.withdraw import withdraw_for
from pipeline.errors import DestructionUnprovenError, NotWithdrawableError
from pipeline.study.leases import Leases
from pipeline.study.leftovers import clear_leftovers, find_leftovers
from pipeline.study.requests import (
    BEGUN,
    DONE,
    LEFT,
    STATED,
    Request,
    all_requests,
    same,
    statements,
    unfinished,
)
from pipeline.study.vault import faults
from pipeline.study.vault.states import STUDY_OWNER, WITHDRAWN_STATES
from pipeline.study.withdrawals import Note, add_note
from pipeline.verify.gate import same_person

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry


@dataclass(frozen=True, slots=True)
class Left:
    """A participant who is out, and where the certificate lies."""

    participant: str
    certificate: Path
    page: Path
    checks: int


def digest_of(loss: PersonLoss) -> str:
    """What a person was shown, so that a later answer can be held to it."""
    return hashlib.sha256(repr(loss).encode()).hexdigest()


def check_ready(study: Study, loss: PersonLoss, *, by: str) -> None:
    """Raise what `withdraw_participant` would refuse with whatever is stated: for who asks a person first."""
    leases = Leases(study.ledger, time.time)
    for recording in loss.recordings:
        leases.check_free(recording)
    for owner in (*loss.recordings, STUDY_OWNER):
        refuse_moved_vault(study, owner)
    refuse_sound_copies(study, loss, by=by)


def withdraw_participant(study: Study, claim: PersonClaim, *, by: str) -> Left | None:
    """Keep a person's statement and, once as many made it as the study asks for, take the participant out.

    Returns None while another person's statement is needed. Raises NotWithdrawableError when something changed since it was shown, when one person
    states it twice or another withdrawal of theirs is not finished, CopyFoundError while a copy of sound lies in
    the study's folder, ReviewLockedError while somebody decides on a recording, LockedError during a run, an import or a
    destruction, DestructionUnprovenError when a check fails.
    """
    with _alone(study):
        seen = claim.seen
        if unfinished(study, seen.participant):
            raise NotWithdrawableError(
                recording=seen.participant, why="a withdrawal of theirs is not finished yet"
            )
        study.note_settings()
        check_ready(study, seen, by=by)
        if not _state(study, claim):
            return None
        faults.moment("participant.begun")
        return _finish(study, seen.participant, by)


def finish_participant(study: Study, participant: str, *, by: str) -> Left:
    """Finish a withdrawal that was interrupted; raises NotWithdrawableError when none was begun."""
    with _alone(study):
        if unfinished(study, participant) is None:
            raise NotWithdrawableError(recording=participant, why="no withdrawal of theirs was begun")
        return _finish(study, participant, by)


@contextmanager
def _alone(study: Study) -> Iterator[None]:
    with ExitStack() as stack:
        for name in ("destroy", "run", "import"):
            stack.enter_context(study.lock(name))
        yield


def _state(study: Study, claim: PersonClaim) -> bool:
    """Keep the statement, in one transaction with what it begins; returns whether that was enough."""
    seen, asked = claim.seen, _day(claim.asked)
    with study.ledger.transaction():
        if seen.stamp != stamp_of(study):
            raise NotWithdrawableError(
                recording=seen.participant, why="something changed since it was shown to you"
            )
        if not claim.reviewer.strip():
            raise NotWithdrawableError(
                recording=seen.participant, why="the name of who withdraws them is missing"
            )
        facts = {
            "participant": seen.participant,
            "asked": asked,
            "recordings": list(seen.recordings),
            "everything": seen.everything,
            "rule": seen.rule,
            "seen": digest_of(replace(seen, stamp="")),
        }
        told = {**facts, "statement": seen.statement(), "account": study.audit.by}
        seq = study.audit.append(STATED, "", told, by=claim.reviewer)
        if claim.note.strip():
            add_note(study, Note(seq, claim.note.strip()), by=claim.reviewer)
        if not _enough(study, seen.participant):
            return False
        whole = [each.recording for each in seen.touched if each.whole]
        more = {"whole": whole, "given out": list(seen.given_out), "not reached": list(seen.not_reached)}
        study.audit.append(BEGUN, "", {**facts, **more}, by=claim.reviewer)
    return True


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotWithdrawableError(recording="the request", why="the day it was asked on is no day") from None


def _enough(study: Study, participant: str) -> bool:
    stated = statements(study, participant)
    alike = [entry for entry in stated if same(entry, stated[-1])]
    people: list[str] = []
    for entry in alike:
        if not any(same_person(entry.by, each) for each in people):
            people.append(entry.by)
    needed = study.settings.reviewers
    if len(people) < min(needed, len(alike)):
        why = f"this study asks for {needed} people, and you have stated it already"
        raise NotWithdrawableError(recording=participant, why=why)
    return len(people) >= needed


def _finish(study: Study, participant: str, by: str) -> Left:
    request = unfinished(study, participant)
    assert request is not None
    begun = study.audit.entry(request.begun)
    assert begun is not None
    bearer = Bearer(study, participant)
    _leave_all(study, bearer, request, begun, by)
    names_too = request.everything and request.rule != FROM_NOW_ON
    only = () if request.everything else request.recordings
    forget_participant(
        study,
        bearer,
        only,
        request=request.begun,
        secret=secret_of(study, request),
        names_too=names_too,
        by=by,
    )
    faults.moment("participant.forgotten")
    study.ledger.scrub()
    with study.ledger.transaction():  # what a crash left of records sealed anew; no import runs now
        clear_leftovers(study, find_leftovers(study))
    faults.moment("participant.scrubbed")
    checks = prove_left(study, request)
    if failed := [check.how for check in checks if not check.passed]:
        note_failures(study, request, failed, by=by)
        raise DestructionUnprovenError(recording=participant, why="; ".join(failed))
    return _certify(study, request, begun, checks, by)


def _leave_all(study: Study, bearer: Bearer, request: Request, begun: Entry, by: str) -> None:
    """Each recording of the request that was not done yet."""
    done = {e.recording for e in study.audit.events(LEFT) if e.facts()["request"] == request.begun}
    names = [name for name, _ in request.stated]
    stated = [e for e in statements(study, request.participant, before=request.begun) if same(e, begun)]
    whole = begun.facts()["whole"]
    for recording in request.recordings:
        row = study.recording(recording)
        if row.state in WITHDRAWN_STATES or (isinstance(whole, list) and recording in whole):
            withdraw_for(study, recording, names, by=by)
        elif recording not in done:
            leave_recording(study, row, bearer, request, str(stated[-1].facts()["statement"]), by=by)


def _certify(study: Study, request: Request, begun: Entry, checks: tuple[Check, ...], by: str) -> Left:
    number = len([each for each in all_requests(study, request.participant) if each.done]) + 1
    name = f"{request.participant}-{number}.withdrawal"
    certificate = certifying.make_certificate(study, request, begun, checks, by)
    signed, page, digests = certifying.write_it(study, name, certificate)
    facts = {**digests, "participant": request.participant, "request": request.begun, "name": name}
    with study.ledger.transaction():
        study.audit.append(DONE, "", facts, by=by)
        forget_traces_of(study, request)
    return Left(request.participant, signed, page, len(checks))
