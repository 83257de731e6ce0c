"""What whoever answers for a study asks: who verified what, how much was read and in how long, and what is still open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.study.consents import heard_unasked
from pipeline.study.review_material import reviewed_redaction
from pipeline.study.vault.states import VERIFIED_STATES, WITHDRAWN_STATES, State
from pipeline.verify.reading import HowRead, how_read, say_share

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry
    from pipeline.study.vault.rows import RecordingRow

PAUSE = timedelta(minutes=5)
WAITING_LONG = timedelta(days=14)
VERIFIED_EVENTS = ("verified", "approved by the first reviewer")


@dataclass(frozen=True, slots=True)
class Approved:
    """One approval: who, when, the share of the words that was read, the questions decided, and how it was read (None of
    approvals whose time was not kept)."""

    name: str
    at: str
    coverage: float
    decided: int
    how: HowRead | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was done to check a recording: approvals, and how long somebody was deciding and reading, in seconds.

    The time is counted from one entry of the review to the next; a pause of more than five minutes counts as five.
    """

    recording: str
    name: str
    state: str
    failed: str
    duration: float | None
    approvals: tuple[Approved, ...]
    seconds: float
    given_out: int


@dataclass(frozen=True, slots=True)
class Risk:
    """Something that is still open, by a word of ours and what it concerns."""

    kind: str
    count: int
    recordings: tuple[str, ...] = ()


def oversee(study: Study) -> tuple[Reviewed, ...]:
    """Each recording with what was done to check it, in the order they came."""
    return tuple(_reviewed(study, row) for row in study.recordings())


def _reviewed(study: Study, row: RecordingRow) -> Reviewed:
    entries = list(study.audit.entries(row.id))
    approvals = tuple(_approval(e) for e in entries if e.event in VERIFIED_EVENTS)
    return Reviewed(
        row.id,
        row.name,
        row.state.value,
        row.failed_stage or "",
        row.duration,
        approvals if row.state not in WITHDRAWN_STATES else (),
        review_seconds(entries),
        sum(e.event == "exported" for e in entries),
    )


def waiting_questions(study: Study, recording: str) -> int:
    """How many questions a reviewer asked of another that nobody has answered; from the audit chain, no log is opened.

    Once a recording was reopened, what was asked before counts on: its notes are still there.
    """
    asked: set[int] = set()
    for entry in study.audit.entries(recording):
        if entry.event != "decision":
            continue
        facts = entry.facts()
        if facts.get("asks"):
            asked.add(int(str(facts["event"])))
        if facts.get("decision") == "answer":
            asked.discard(int(str(facts["note"])))
    return len(asked)


def say_read(study: Study, row: RecordingRow, *, draft: bool = False) -> str:
    """How far a recording was read and how fast, of its last approval; with `draft` also of a review that goes on.

    Empty where nobody reviewed it, and for a draft that was not asked for.
    """
    if row.state in VERIFIED_STATES:
        approvals = [_approval(e) for e in study.audit.entries(row.id) if e.event in VERIFIED_EVENTS]
        return say_share(approvals[-1].coverage, approvals[-1].how) if approvals else ""
    if not draft or row.state is not State.IN_REVIEW:
        return ""
    state = reviewed_redaction(study, row)[1]
    return say_share((how := how_read(state)).share, how) if state else ""


def _approval(entry: Entry) -> Approved:
    facts = entry.facts()
    how = facts.get("how")
    return Approved(
        entry.by,
        entry.at,
        float(str(facts.get("coverage", 0))),
        int(str(facts.get("decided", 0))),
        HowRead(**how) if isinstance(how, dict) else None,
    )


def review_seconds(entries: Iterable[Entry]) -> float:
    """How long a review took: between its entries, long pauses cut."""
    moments = [datetime.fromisoformat(e.at) for e in entries if e.event in ("decision", *VERIFIED_EVENTS)]
    gaps = [min(max(b - a, timedelta()), PAUSE) for a, b in pairwise(moments)]
    return sum((gap.total_seconds() for gap in gaps), 0.0)


def open_risks(study: Study, reviewed: Sequence[Reviewed], unlinked: Iterable[str]) -> tuple[Risk, ...]:
    """What somebody should know who reads that all is well."""
    rows = list(study.recordings())
    found = {
        **{kind: [row.id for row in rows if holds(row)] for kind, holds in _OF_RECORDINGS.items()},
        **{kind: [r.recording for r in reviewed if holds(r)] for kind, holds in _OF_REVIEWS.items()},
        "unlinked": list(unlinked),
        "asked": [r.id for r in rows if r.state is State.IN_REVIEW and waiting_questions(study, r.id)],
        "unasked": list(heard_unasked(study)),
    }
    return tuple(Risk(kind, len(ids), tuple(ids)) for kind, ids in found.items() if ids)


def _waits_long(row: RecordingRow) -> bool:
    return row.state in (State.REDACTED, State.IN_REVIEW) and _older(row, datetime.now(UTC))


def _is_unread(reviewed: Reviewed) -> bool:
    return bool(reviewed.approvals) and reviewed.approvals[-1].coverage < 1.0


def _is_skimmed(reviewed: Reviewed) -> bool:
    how = reviewed.approvals[-1].how if reviewed.approvals else None
    return _is_unread(reviewed) and how is not None and bool(how.skimmed)


_OF_RECORDINGS: dict[str, Callable[[RecordingRow], bool]] = {
    "failed": lambda row: row.failed_stage is not None and row.state not in WITHDRAWN_STATES,
    "half-destroyed": lambda row: row.state in (State.DESTROYING, State.WITHDRAWING),
    "sound": lambda row: row.state is State.VERIFIED,
    "waiting": _waits_long,
}
_OF_REVIEWS: dict[str, Callable[[Reviewed], bool]] = {"unread": _is_unread, "skimmed": _is_skimmed}


def _older(row: RecordingRow, now: datetime) -> bool:
    return now - datetime.fromisoformat(row.received_at) > WAITING_LONG
