"""The evidence: the record checked and readable, certificates checked, who verified what, what is open or due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipeline.errors import RecordingUnknownError, SessionDeidError
from pipeline.study.evidence import DESTROYED_EVENTS
from pipeline.study.vault.study_key import Ring
from pipeline.web.answers import answer
from pipeline.web.place import Place
from pipeline.web.standing import TO_REVIEW, unlinked_voices
from pipeline.web.told import told_error

if TYPE_CHECKING:
    from starlette.routing import Route

    from pipeline.export.document import Attachment
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

LAST_ENTRIES = 400
LAST_LINES = 60
ENDED = (*DESTROYED_EVENTS, "withdrawn")


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/evidence", answer(show_evidence), methods=["GET"]),
        Route("/api/evidence/check", answer(check_record), methods=["POST"]),
        Route("/api/evidence/certificates", answer(check_certificates), methods=["POST"]),
        Route("/api/ending", answer(show_ending), methods=["GET"]),
        Route("/api/ending", answer(end_study), methods=["POST"]),
    ]


def show_evidence(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """What somebody who answers for the study reads."""
    from pipeline.study.oversight import open_risks, oversee

    study = place.study
    reviewed = oversee(study)
    names = {each.recording: each.name for each in reviewed}
    return {
        "approval": study.settings.ethics_approval,
        "reviewers": study.settings.reviewers,
        "reviewed": [asdict(each) for each in reviewed],
        "risks": [asdict(each) for each in open_risks(study, reviewed, _unnamed(study))],
        "due": due_dates(study),
        "entries": [show_entries(group, names) for group in last_groups(study)],
    }


def _unnamed(study: Study) -> list[str]:
    """Recordings under review in which there is a voice nobody has named."""
    if not study.key.opens(Ring.IDENTITY):
        return []
    return [row.id for row in study.recordings(*TO_REVIEW) if row.id in unlinked_voices(study)]


def last_groups(study: Study) -> list[list[Entry]]:
    """The newest entries, newest first; those that say the same of the same one after another stand together."""
    newest = study.audit.last()
    first = max(1, (newest.seq if newest else 0) - LAST_ENTRIES + 1)
    entries = [
        entry for seq in range(first, (newest.seq if newest else 0) + 1) if (entry := study.audit.entry(seq))
    ]
    groups = [list(group) for _, group in groupby(entries, lambda e: (e.event, e.recording, e.by))]
    return groups[::-1][:LAST_LINES]


def show_entries(group: list[Entry], names: Mapping[str, str]) -> dict[str, Any]:
    """Entries as one line: when, who, what, of which recording."""
    last = group[-1]
    return {
        "seq": last.seq,
        "at": last.at,
        "by": last.by,
        "event": last.event,
        "recording": last.recording,
        "name": names.get(last.recording, last.recording),
        "count": len(group),
        "formats": ", ".join(map(str, formats))
        if isinstance(formats := last.facts().get("formats"), list)
        else "",
    }


def due_dates(study: Study) -> list[dict[str, Any]]:
    """When the sound of each recording is to be destroyed, or what is left of it ends, and by which rule; what is held,
    and sound that is kept, is not listed."""
    from pipeline.erase.due import REST_WHAT, study_terms, terms
    from pipeline.erase.standing import Standing

    names = {row.id: row.name for row in study.recordings()}
    going = (Standing.AHEAD, Standing.DUE, Standing.OVERDUE)
    found = [
        term
        for mine in terms(study, datetime.now(UTC)).values()
        for term in mine
        if not any(t.standing is Standing.HELD for t in mine)
        and (term.standing in going or term.what in REST_WHAT.values())
    ]
    return [
        {
            "recording": term.recording,
            "name": names.get(term.recording, study.settings.name),
            "at": f"{term.day}T12:00:00+00:00",
            "what": term.what,
            "rule": term.rule,
        }
        for term in (*found, *study_terms(study, datetime.now(UTC)))
        if term.day
    ]


def check_record(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Check the whole chain and that everything agrees with it; what does not hold is said, not raised."""
    from pipeline.study.audit_check import check_study

    try:
        found = check_study(place.study)
    except SessionDeidError as error:
        return {"holds": False, "why": told_error(error)}
    return {
        "holds": True,
        "entries": found.entries,
        "head": found.head,
        "clock": len(found.clock_went_back),
        "again": len(found.made_again),
    }


def check_certificates(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Check each certificate: there, the one the record tells of, and signed by this study."""
    from pipeline.study.vault.states import State

    study = place.study
    shown = [
        {
            "recording": row.id,
            "name": row.name,
            "state": row.state.value,
            "why": _what_is_wrong(study, row.id),
        }
        for row in study.recordings(State.DESTROYED, State.WITHDRAWN)
    ]
    return {"certificates": shown}


def _what_is_wrong(study: Study, recording: str) -> str:
    """Nothing when a recording's newest certificate holds, else why it does not."""
    from pipeline.erase.signing import check

    try:
        for file in newest_certificate(study, recording):
            check(file.content, file=file.name, public_key=study.audit.verify_key)
    except SessionDeidError as error:
        return told_error(error)
    return ""


def newest_certificate(study: Study, recording: str) -> list[Attachment]:
    """A recording's certificate and its page, as the record tells of them.

    Raises AuditBrokenError for one that is missing or another, RecordingUnknownError where there is none.
    """
    from pipeline.study.evidence import certificate_files

    ended = [entry for entry in study.audit.entries(recording) if entry.event in ENDED]
    if not ended:
        raise RecordingUnknownError(recording=recording)
    return list(certificate_files(study, ended[-1]))


def show_ending(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """What is left to do before the study can be closed, and what closing would destroy."""
    from pipeline.erase.close import ENDED as CLOSED_STATES
    from pipeline.erase.close import PEOPLE, VOICES
    from pipeline.study.vault.states import STUDY_OWNER

    study = place.study
    left = [row for row in study.recordings() if row.state not in CLOSED_STATES]
    given = {entry.recording for entry in study.audit.events("exported")}
    held = [n for n in (*VOICES, *PEOPLE) if study.rows.artifact(STUDY_OWNER, n)]
    return {
        "left": [{"id": row.id, "name": row.name, "state": row.state.value} for row in left],
        "not_given": [
            {"id": row.id, "name": row.name}
            for row in study.recordings()
            if row.state.value == "destroyed" and row.id not in given
        ],
        "held": held,
        "closed": study.audit.last_of("study closed") is not None and not held,
    }


def end_study(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Close the study: the voiceprints go, and with `roster` who is behind each code."""
    from pipeline.erase.close import close_study
    from pipeline.web.bodies import RequestError, flag_of

    if not flag_of(body, "accepted"):
        raise RequestError(409, "Nothing was destroyed: it was not confirmed.")
    study = place.study
    gone = close_study(study, with_roster=flag_of(body, "roster"))
    study.__dict__.pop("names", None)
    return {"removed": gone}
