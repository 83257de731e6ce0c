"""This week: what waits for whom, the next step, and each recording as a card with what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.study.evidence import REST
from pipeline.study.intake.troubles import read_troubles
from pipeline.study.left import who_left
from pipeline.study.needs import ACTIONS as NEEDED
from pipeline.study.needs import needed
from pipeline.study.vault.states import State
from pipeline.study.vault.study_key import Ring
from pipeline.web.answers import answer
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.routing import Route

    from pipeline.batch.under_way import UnderWay
    from pipeline.erase.due import Term
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

BY_ITSELF = frozenset({State.SEALED, State.TRANSCRIBED, State.ATTRIBUTED})
FINISHED = frozenset({State.DESTROYED, State.WITHDRAWN})
TO_REVIEW = frozenset({State.REDACTED, State.IN_REVIEW})
ENDS = frozenset({"destroy", "withdraw"})
FIRST_APPROVAL = "approved by the first reviewer"

# What can be done with a recording in each state; the first is the button that stands out.
ACTIONS: Mapping[State, tuple[str, ...]] = {
    State.RECEIVED: (),
    State.SEALED: ("withdraw",),
    State.TRANSCRIBED: ("withdraw",),
    State.ATTRIBUTED: ("withdraw",),
    State.REDACTED: ("review", "withdraw"),
    State.IN_REVIEW: ("review", "withdraw"),
    State.VERIFIED: ("destroy", "export", "read", "report", "withdraw"),
    State.DESTROYING: ("destroy",),
    State.DESTROYED: ("export", "read", "report", "certificate", "withdraw"),
    State.WITHDRAWING: ("withdraw",),
    State.WITHDRAWN: ("certificate",),
}


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/week", answer(show_week), methods=["GET"]),
        Route("/api/run", answer(start_run), methods=["POST"]),
        Route("/api/run/stop", answer(stop_run), methods=["POST"]),
        Route("/api/recordings/{recording}/retry", answer(retry), methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class Known:
    """What the study knows beside its rows: approvals, exports, what is due, voices nobody has named, the inbox."""

    approved: Mapping[str, tuple[str, str]]
    first_approved: Mapping[str, tuple[str, str]]
    exported: frozenset[str]
    due: frozenset[str]
    terms: Mapping[str, tuple[Term, ...]]
    unlinked: Mapping[str, tuple[str, ...]]
    outdated: frozenset[str]
    inbox: int
    run: UnderWay | None
    ended: frozenset[str] = frozenset()
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ring: Ring = Ring.BOTH


def know(study: Study) -> Known:
    """Ask the study once for all its cards."""
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
        inbox=_waiting_in_inbox(study) if names else 0,
        ring=study.key.ring,
        ended=frozenset(entry.recording for entry in study.audit.events(REST["transcript"])),
        left=_heard_after_leaving(study),
        run=under_way(study),
    )


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


def show_week(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """The whole home page."""
    from pipeline.erase.due import study_terms

    study = place.study
    known, rows = know(study), list(study.recordings())
    names = study.key.opens(Ring.IDENTITY)
    return {
        "study": study.settings.name,
        "next": next_step(rows, known),
        "run": show_run(known.run),
        "problem": show_problem(study, known),
        "inbox": known.inbox,
        "troubles": [{"name": each.name, "why": told(each.why)} for each in read_troubles(study)]
        if names
        else [],
        "people": len(study.roster.load().people) if names else 0,
        "names": names,
        "terms": [show_term(term) for term in study_terms(study, datetime.now(UTC))],
        "cards": [show_card(row, known) for row in rows],
    }


def show_run(run: UnderWay | None) -> dict[str, Any] | None:
    """The run that goes on, whoever began it."""
    if run is None:
        return None
    return {
        "at": [
            {"recording": each.recording, "stage": each.stage, "share": each.share, "left": each.seconds_left}
            for each in run.at
        ],
        "done": run.done,
        "of": run.recordings,
    }


def show_problem(study: Study, known: Known) -> str:
    """Why the last run ended early, while nothing goes on."""
    from pipeline.batch.under_way import last_run

    last = last_run(study.folder)
    return told(last.problem) if last and known.run is None and last.code else ""


def show_card(row: RecordingRow, known: Known) -> dict[str, Any]:
    """One recording."""
    by, at = known.approved.get(row.id, ("", ""))
    first_by, _ = known.first_approved.get(row.id, ("", ""))
    done = row.state in (State.VERIFIED, State.DESTROYING, State.DESTROYED)
    working = known.run is not None and known.run.of(row.id) is not None
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state.value,
        "group": group_of(row),
        "failed": row.failed_stage or "",
        "reason": told(row.reason or ""),
        "duration": row.duration,
        "received": datetime.fromisoformat(row.received_at).timestamp(),
        "changed": datetime.fromisoformat(row.changed_at).timestamp(),
        "by": by if done else "",
        "at": at if done else "",
        "first": first_by if row.state is State.IN_REVIEW else "",
        "working": working,
        "due": row.id in known.due,
        "terms": [show_term(term) for term in known.terms.get(row.id, ())],
        "exported": row.id in known.exported,
        "unlinked": list(known.unlinked.get(row.id, ())) if row.state in TO_REVIEW else [],
        "left": list(known.left.get(row.id, ())),
        "actions": [
            a
            for a in actions_for(row, due=row.id in known.due, transcript=row.id not in known.ended)
            if may(row, a, known) and (a not in ENDS or not is_kept(row, known, a))
        ],
    }


def may(row: RecordingRow, action: str, known: Known) -> bool:
    """Whether the key given opens what an action needs."""
    ring = needed(NEEDED, action)
    if action in ("read", "report") and row.state is State.DESTROYED:
        ring = Ring.ANALYSIS
    return ring is None or ring.opens <= known.ring.opens


def show_term(term: Term) -> dict[str, Any]:
    """What is due or kept, and which rule or hold says so."""
    return {
        "what": term.what,
        "standing": term.standing.value,
        "day": term.day,
        "rule": term.rule,
        "stuck": term.stuck,
    }


def is_kept(row: RecordingRow, known: Known, action: str = "destroy") -> bool:
    """Whether a hold, or for destroying a rule, forbids it today; what has begun is finished."""
    if action == "destroy" and row.state is State.DESTROYED:
        return row.id not in known.due
    standings = {term.standing.value for term in known.terms.get(row.id, ())}
    begun = row.state in (State.DESTROYING, State.WITHDRAWING)
    return not begun and bool(standings & ({"held", "kept"} if action == "destroy" else {"held"}))


def group_of(row: RecordingRow) -> str:
    """Whom a recording waits for: a person, the machine, or nobody."""
    if row.state in FINISHED:
        return "finished"
    if row.failed_stage is not None or row.state not in BY_ITSELF:
        return "you"
    return "machine"


def actions_for(row: RecordingRow, *, due: bool = False, transcript: bool = True) -> tuple[str, ...]:
    """The buttons that make sense on a card. `due`: its destruction, or that of what is left; `transcript`: it is there."""
    if row.failed_stage is not None and row.state not in FINISHED:
        return ("retry", *(a for a in ACTIONS[row.state] if a in ("review", "withdraw")))
    if row.state is State.DESTROYED:
        left = ACTIONS[row.state] if transcript else ("certificate", "withdraw")
        return ("destroy", *left) if due else left
    return ACTIONS[row.state]


def next_step(rows: Sequence[RecordingRow], known: Known) -> dict[str, Any]:
    """The one thing to do now. What the machine can do meanwhile comes first, then what is oldest for a person."""
    healthy = [row for row in rows if row.failed_stage is None]
    waiting = [row for row in healthy if row.state in BY_ITSELF]
    review = [row for row in healthy if row.state in TO_REVIEW]
    steps: list[tuple[str, Sequence[RecordingRow] | int]] = [
        ("finish", [row for row in rows if row.state in (State.DESTROYING, State.WITHDRAWING)]),
        ("run", (len(waiting) + known.inbox) if known.run is None else 0),
        ("people", [row for row in review if row.id in known.unlinked]),
        ("follow", [row for row in review if row.id in known.outdated and known.run is None]),
        ("review", review),
        ("failed", [row for row in rows if row.failed_stage is not None and row.state not in FINISHED]),
        (
            "destroy",
            [
                row
                for row in healthy
                if row.state in (State.VERIFIED, State.DESTROYED) and not is_kept(row, known)
            ],
        ),
        ("wait", 1 if known.run is not None else 0),
        (
            "export",
            [
                row
                for row in healthy
                if row.state is State.DESTROYED and row.id not in known.exported | known.ended
            ],
        ),
    ]
    for kind, found in steps:
        if found and (Ring.ANALYSIS if kind == "export" else Ring.IDENTITY) in known.ring.opens:
            rows_found = found if not isinstance(found, int) else ()
            first = rows_found[0] if rows_found else None
            count = found if isinstance(found, int) else len(found)
            name = first.name if first else ""
            return {"kind": kind, "count": count, "recording": first.id if first else "", "name": name}
    kind = "take-in" if Ring.IDENTITY in known.ring.opens else "idle"
    return {"kind": kind, "count": 0, "recording": "", "name": ""}


def start_run(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Begin to work, in a process of its own."""
    from pipeline.batch.apart import start

    begun = start(place.study)
    return {
        "run": show_run(begun if begun and begun.process else None),
        "problem": told(begun.problem) if begun else "",
    }


def stop_run(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """End the run that goes on; what was done is kept."""
    from pipeline.batch.apart import stop

    return {"stopped": stop(place.study)}


def retry(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Take up a recording that was set aside."""
    row = place.study.retry(place.study.recording(path["recording"]).id)
    return {"state": row.state.value}
