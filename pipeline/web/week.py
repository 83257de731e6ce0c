"""This week: what waits for whom, the next step, and each recording as a card with what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.study.intake.troubles import read_troubles
from pipeline.study.needs import ACTIONS as NEEDED
from pipeline.study.needs import needed
from pipeline.study.vault.states import State
from pipeline.study.vault.study_key import Ring
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, flag_of
from pipeline.web.next_step import next_step
from pipeline.web.place import Place
from pipeline.web.standing import BY_ITSELF, FINISHED, TO_REVIEW, Known, is_kept, know
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.routing import Route

    from pipeline.batch.under_way import UnderWay
    from pipeline.erase.standing import Term
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

ENDS = frozenset({"destroy", "withdraw"})

# What can be done with a recording in each state; the first is the button that stands out.
ACTIONS: Mapping[State, tuple[str, ...]] = {
    State.RECEIVED: (),
    State.SEALED: ("withdraw",),
    State.TRANSCRIBED: ("withdraw",),
    State.ATTRIBUTED: ("withdraw",),
    State.REDACTED: ("review", "hear-again", "withdraw"),
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
        Route("/api/recordings/{recording}/hearing", answer(have_heard_again), methods=["POST"]),
    ]


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
        "group": "machine" if row.id in known.again else group_of(row),
        "failed": row.failed_stage or "",
        "reason": told(row.reason or ""),
        "again": row.id in known.again,
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
            if may(row, a, known) and fits(row, a, known)
        ],
    }


def fits(row: RecordingRow, action: str, known: Known) -> bool:
    """Whether nothing speaks against an action: a rule or hold that keeps the recording, a review that has begun."""
    if action == "hear-again":
        return row.id in known.untouched
    return action not in ENDS or not is_kept(row, known, action)


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


def have_heard_again(place: Place, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Have a recording that nobody has begun to review heard again, with the settings as they are now."""
    from pipeline.batch.hearing_again import hear_again

    if not flag_of(body, "accepted"):
        raise RequestError(409, "Nothing was changed: it was not confirmed.")
    recording = place.study.recording(path["recording"]).id
    hear_again(place.study, recording)
    return {"state": place.study.recording(recording).state.value}
