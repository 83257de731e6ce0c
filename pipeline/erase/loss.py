"""What withdrawing a recording would destroy, and whether it may be: told before anybody states it, nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.erase.due import refuse_early
from pipeline.erase.plan import WHAT
from pipeline.errors import NotWithdrawableError, StateError
from pipeline.study.given_out import given_out
from pipeline.study.holds import refuse_held
from pipeline.study.vault.states import WITHDRAWN_STATES, State
from pipeline.study.withdrawals import Reason

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

NOT_VERIFIED = "No transcript of it was verified."


@dataclass(frozen=True, slots=True)
class Loss:
    """What a withdrawal would destroy, in words that show nothing of it, and what it cannot call back."""

    was: State
    things: tuple[str, ...]
    decisions: int
    transcript: str
    given_out: tuple[str, ...]

    def statement(self, reason: Reason) -> str:
        """What a person accepts."""
        review = f" Its review is lost (decisions made in it: {self.decisions})." if self.decisions else ""
        return (
            f"I state of this recording: {reason.meaning} {self.transcript}{review} I understand that the recording "
            "and everything sealed of it will be destroyed, and that there is no way back."
        )


def find_loss(study: Study, row: RecordingRow) -> Loss:
    """What is there to be lost of a recording."""
    decisions = [e for e in study.audit.entries(row.id) if e.event == "decision"]
    held = {artifact.kind for artifact in study.rows.artifacts(row.id)}
    return Loss(
        row.state,
        tuple(what for kind, what in WHAT.items() if kind.value in held),
        len(decisions),
        _transcript(study, row),
        given_out(study, row.id),
    )


def _transcript(study: Study, row: RecordingRow) -> str:
    """Whether its transcript stands verified, by whom and when."""
    verified = [entry for entry in study.audit.entries(row.id) if entry.event == "verified"]
    if row.state not in (State.VERIFIED, State.DESTROYED) or not verified:
        return NOT_VERIFIED
    last = verified[-1]
    return f"Its transcript was verified by {last.by} on {last.at[:10]} (SHA-256 {last.facts()['digest']})."


def check_withdrawable(study: Study, row: RecordingRow, reason: Reason) -> None:
    """Raise StateError, HeldError, KeptError or NotWithdrawableError unless a recording may be withdrawn for this reason.

    A hold stops every withdrawal. A rule that keeps the sound until a day stops one for `unusable` alone: a
    participant's consent, and another study's recording, are not that rule's to decide on.
    """
    if row.state in WITHDRAWN_STATES:
        raise StateError(recording=row.id, state=row.state.value, wanted="withdrawn once more")
    why = {
        State.RECEIVED: "it was not sealed yet, so there is nothing to destroy",
        State.DESTROYING: "its destruction has begun; finish it first, with session-deid destroy",
    }.get(row.state, "")
    if reason is Reason.UNUSABLE and row.state in (State.VERIFIED, State.DESTROYED):
        why = "its transcript was verified, so it is not unusable"
    if why:
        raise NotWithdrawableError(recording=row.id, why=why)
    refuse_held(study, row.id)
    if reason is Reason.UNUSABLE:
        refuse_early(study, row, datetime.now(UTC))
