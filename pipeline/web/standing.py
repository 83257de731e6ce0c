"""How a study stands, asked once for a whole page: approvals, exports, what is due, unnamed voices, the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.study.evidence import REST
from pipeline.study.intake.troubles import read_troubles
from pipeline.study.left import who_left
from pipeline.study.vault.states import State
from pipeline.study.vault.study_key import Ring

if TYPE_CHECKING:
    from pipeline.batch.under_way import UnderWay
    from pipeline.erase.standing import Term
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

BY_ITSELF = frozenset({State.SEALED, State.TRANSCRIBED, State.ATTRIBUTED})
FINISHED = frozenset({State.DESTROYED, State.WITHDRAWN})
TO_REVIEW = frozenset({State.REDACTED, State.IN_REVIEW})
FIRST_APPROVAL = "approved by the first reviewer"


@dataclass(frozen=True, slots=True)
class Known:
    """What the study knows beside its rows: approvals, exports, what is due, voices nobody has named, what was set aside
    under other settings and is taken up `again` by the next run, what nobody has begun to review, the inbox."""

    approved: Mapping[str, tuple[str, str]]
    first_approved: Mapping[str, tuple[str, str]]
    exported: frozenset[str]
    due: frozenset[str]
    terms: Mapping[str, tuple[Term, ...]]
    unlinked: Mapping[str, tuple[str, ...]]
    outdated: frozenset[str]
    again: frozenset[str]
    untouched: frozenset[str]
    inbox: int
    run: UnderWay | None
    ended: frozenset[str] = frozenset()
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ring: Ring = Ring.BOTH


def know(study: Study) -> Known:
    """Ask the study once for all its cards."""
    from pipeline.batch.aside import with_other_settings
    from pipeline.batch.jobs import outdated
    from pipeline.batch.under_way import under_way
    from pipeline.erase.due import due, terms

    now, names = datetime.now(UTC), study.key.opens(Ring.IDENTITY)
    return Known(
        approved=_newest(study, "verified"),
        first_approved=_first_approvals(study),
        exported=frozenset(entry.recording for entry in study.audit.events("exported")),
        due=frozenset(row.id for row in due(study, now)),
        terms=terms(study, now),
        unlinked=unlinked_voices(study) if names else {},
        outdated=frozenset(row.id for row in outdated(study)) if names else frozenset(),
        again=frozenset(row.id for row in with_other_settings(study)) if names else frozenset(),
        untouched=_untouched(study) if names else frozenset(),
        inbox=_waiting_in_inbox(study) if names else 0,
        ring=study.key.ring,
        ended=frozenset(entry.recording for entry in study.audit.events(REST["transcript"])),
        left=_heard_after_leaving(study),
        run=under_way(study),
    )


def _untouched(study: Study) -> frozenset[str]:
    from pipeline.batch.hearing_again import may_be_heard_again

    return frozenset(row.id for row in study.recordings(State.REDACTED) if may_be_heard_again(study, row))


def _first_approvals(study: Study) -> dict[str, tuple[str, str]]:
    """First of two approvals that count: one given before a recording was reopened does not."""
    from pipeline.study.reopening import REOPENED

    reopened = {entry.recording: entry.seq for entry in study.audit.events(REOPENED)}
    given = (e for e in study.audit.events(FIRST_APPROVAL) if e.seq > reopened.get(e.recording, 0))
    return {entry.recording: (entry.by, entry.at) for entry in given}


def _heard_after_leaving(study: Study) -> dict[str, tuple[str, ...]]:
    """Who left and is heard in a later recording all the same, by recording."""
    gone = who_left(study)
    heard = {recording for each in gone for recording in each.heard}
    return {r: tuple(each.participant for each in gone if r in each.heard) for r in heard}


def _newest(study: Study, event: str) -> dict[str, tuple[str, str]]:
    return {entry.recording: (entry.by, entry.at) for entry in study.audit.events(event)}


def _waiting_in_inbox(study: Study) -> int:
    from pipeline.study.creating import INBOX
    from pipeline.study.intake.gathering import gather

    inbox = study.folder / INBOX
    known = {each.name for each in read_troubles(study)}
    return sum(file.name not in known for file in gather([inbox])[0]) if inbox.is_dir() else 0


def unlinked_voices(study: Study) -> dict[str, tuple[str, ...]]:
    """The codes of voices that belong to no name yet, by recording."""
    from pipeline.study.who import list_voices

    found: dict[str, tuple[str, ...]] = {}
    for voice in list_voices(study):
        for recording in voice.recordings if not (voice.linked or voice.confirmed) else ():
            found[recording] = (*found.get(recording, ()), voice.code)
    return found


def is_kept(row: RecordingRow, known: Known, action: str = "destroy") -> bool:
    """Whether a hold, or for destroying a rule, forbids it today; what has begun is finished."""
    if action == "destroy" and row.state is State.DESTROYED:
        return row.id not in known.due
    standings = {term.standing.value for term in known.terms.get(row.id, ())}
    begun = row.state in (State.DESTROYING, State.WITHDRAWING)
    return not begun and bool(standings & ({"held", "kept"} if action == "destroy" else {"held"}))
