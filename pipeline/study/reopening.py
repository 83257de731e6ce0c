"""Taking a verified recording back into review, until its destruction has begun."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import NotAmendedError, NotReopenedError, StateError
from pipeline.records import to_json
from pipeline.study.approved import read_approved
from pipeline.study.given_out import given_out
from pipeline.study.leases import Leases
from pipeline.study.vault.states import Artifact, State

if TYPE_CHECKING:
    from pipeline.study.study import Study

REOPENED = "reopened"
MOST_REASON_CHARACTERS = 300


def reopen(
    study: Study, recording: str, reason: str, *, by: str, clock: Callable[[], float] = time.time
) -> tuple[str, ...]:
    """Take a verified recording back into review; gives the exports that were given out meanwhile, in words.

    The approvals no longer count: a person verifies it anew. The reason stands in the audit chain, which has no
    names in it. Raises StateError unless it is verified and nothing of it is destroyed, NotReopenedError for a reason
    that is missing, too long or names somebody of the roster, and ReviewLockedError while somebody holds it.
    """
    reason = " ".join(reason.split())
    check_reason(study, recording, reason, error=NotReopenedError)
    with study.ledger.transaction():
        row = study.recording(recording)
        approved = read_approved(study, recording) if row.state is State.VERIFIED else None
        if approved is None:
            raise StateError(recording=recording, state=row.state.value, wanted="reopened")
        Leases(study.ledger, clock).check_free(recording)
        given = given_out(study, recording)
        study.keep(
            recording,
            Artifact.APPROVED,
            to_json(replace(approved, approvals=())),
            state=State.IN_REVIEW,
            event=REOPENED,
            audit={"reason": reason, "digest": approved.digest, "given out": list(given)},
            by=by,
        )
    return given


def check_reason(
    study: Study, recording: str, reason: str, *, error: type[NotReopenedError | NotAmendedError]
) -> None:
    """Raise an error unless a reason is one line that may stand in the audit chain: it names nobody of the roster."""
    if not reason or len(reason) > MOST_REASON_CHARACTERS or not reason.isprintable():
        why = f"say why in one line of at most {MOST_REASON_CHARACTERS} characters"
        raise error(recording=recording, why=why)
    if study.names.names_someone(reason):
        why = "the reason names somebody of the roster, and it would stand in the audit chain for good"
        raise error(recording=recording, why=why)


def reopening_notes(study: Study, recording: str) -> tuple[str, ...]:
    """For the report: each time it was reopened, why, and what had been given out by then."""
    return tuple(
        f"Verified before and reopened on {entry.at[:10]} by {entry.by}: {entry.facts().get('reason', '')}. "
        + _given_words(entry.facts().get("given out"))
        for entry in study.audit.entries(recording)
        if entry.event == REOPENED
    )


def _given_words(given: object) -> str:
    listed = [str(each) for each in given] if isinstance(given, list) else []
    if not listed:
        return "Nothing of it had been given out."
    return f"Given out before, and not called back by this: {'; '.join(listed)}."
