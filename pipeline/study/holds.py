"""Holds: a named person stops every destruction of a recording, or of the whole study, until one is named who lifts it.

A hold and its end are signed entries of the audit chain, and what stands follows from the chain alone. The reason may
name somebody, so it is sealed (`holds`, with a key of its own); `close --roster` destroys it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.errors import HeldError, NothingHeldError, StateError
from pipeline.records import from_json, to_json
from pipeline.study.vault.states import State

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

PLACED, LIFTED = "hold placed", "hold lifted"
RECORD = "holds"
WHOLE_STUDY = "the study"
PLACING = "I state that nothing of this may be destroyed until this hold is lifted."
LIFTING = "I state that this hold has ended, and that what it kept may be destroyed as the study's rules say."
TOO_LATE = (State.DESTROYING, State.WITHDRAWING, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody placed or lifted a hold (the audit entry of this number), in their own words."""

    entry: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reasons:
    """All reasons of a study, in order."""

    reasons: tuple[Reason, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold: the number of its entry, the recording (empty: the whole study), and who placed and lifted it when."""

    entry: int
    recording: str
    by: str
    at: str
    lifted_by: str = ""
    lifted_at: str = ""

    @property
    def of(self) -> str:
        """What it keeps, for people."""
        return self.recording or WHOLE_STUDY


def all_holds(study: Study) -> tuple[Hold, ...]:
    """Every hold there ever was, in order."""
    ends = {end.facts().get("hold"): end for end in study.audit.events(LIFTED)}
    return tuple(_hold(entry, ends.get(entry.seq)) for entry in study.audit.events(PLACED))


def _hold(entry: Entry, end: Entry | None) -> Hold:
    ended = (end.by, end.at) if end else ("", "")
    return Hold(entry.seq, entry.recording, entry.by, entry.at, *ended)


def standing_holds(study: Study, recording: str | None = None) -> tuple[Hold, ...]:
    """The holds that stand; of a recording, its own and the whole study's."""
    wanted = None if recording is None else (recording, "")
    return tuple(h for h in all_holds(study) if not h.lifted_by and (wanted is None or h.recording in wanted))


def refuse_held(study: Study, recording: str | None = None) -> None:
    """Raise HeldError while a hold stands on a recording; without one, on anything of the study."""
    if holds := standing_holds(study, recording):
        first = holds[0]
        raise HeldError(recording=recording or first.of, by=first.by, day=first.at[:10])


def place_hold(study: Study, recording: str, *, reason: str, by: str, account: str) -> Hold:
    """Place a hold on a recording, or with an empty id on the whole study, with its reason, in one transaction.

    Raises StateError for a recording whose destruction has begun, or is over and left nothing.
    """
    with study.ledger.transaction():
        if recording and (row := study.recording(recording)).state in TOO_LATE:
            raise StateError(recording=row.id, state=row.state.value, wanted="held")
        facts = {"statement": PLACING, "account": account}
        seq = study.audit.append(PLACED, recording, facts, by=by)
        _keep_reason(study, Reason(seq, reason), by)
    return next(hold for hold in all_holds(study) if hold.entry == seq)


def lift_holds(study: Study, recording: str, *, reason: str, by: str, account: str) -> Sequence[Hold]:
    """Lift every hold that stands on exactly this (a recording, or with an empty id the whole study).

    Raises NothingHeldError when there is none.
    """
    with study.ledger.transaction():
        holds = [hold for hold in standing_holds(study) if hold.recording == recording]
        if not holds:
            raise NothingHeldError(recording=recording or WHOLE_STUDY)
        for hold in holds:
            facts = {"hold": hold.entry, "statement": LIFTING, "account": account}
            seq = study.audit.append(LIFTED, recording, facts, by=by)
            _keep_reason(study, Reason(seq, reason), by)
    return holds


def read_reasons(study: Study) -> dict[int, str]:
    """The reasons by the number of the entry they belong to; raises SealBrokenError."""
    data = study.read_shared(RECORD)
    return {each.entry: each.text for each in from_json(Reasons, data).reasons} if data else {}


def _keep_reason(study: Study, reason: Reason, by: str) -> None:
    kept = tuple(Reason(entry, text) for entry, text in read_reasons(study).items())
    study.keep_shared(RECORD, to_json(Reasons((*kept, reason))), event="hold reason kept", by=by)


def lifted_told(study: Study, recording: str) -> tuple[str, ...]:
    """What a certificate says of the holds that once kept a recording; no reason, since it may name somebody."""
    return tuple(
        f"A hold on {hold.of} of {hold.at[:10]}, by {hold.by}, was lifted on {hold.lifted_at[:10]} by {hold.lifted_by}."
        for hold in all_holds(study)
        if hold.lifted_by and hold.recording in (recording, "")
    )
