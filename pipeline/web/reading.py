"""An approved transcript to read, also when its recording is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.errors import StateError
from pipeline.verify.reading import HowRead
from pipeline.web.answers import answer
from pipeline.web.place import Place

if TYPE_CHECKING:
    from starlette.routing import Route


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [Route("/api/recordings/{recording}/transcript", answer(show_transcript), methods=["GET"])]


def plain_how(how: HowRead | None) -> dict[str, Any] | None:
    """How it was read, as numbers; None where no time was kept."""
    return asdict(how) if how else None


def show_transcript(place: Place, path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """What was approved, by whom, and how much of it was read."""
    from pipeline.study.approved import read_approved
    from pipeline.study.vault.states import WITHDRAWN_STATES

    study = place.study
    row = study.recording(path["recording"])
    approved = read_approved(study, row.id) if row.state not in WITHDRAWN_STATES else None
    if approved is None or not approved.approvals:  # none that counts: nobody approved it, or it was reopened
        raise StateError(recording=row.id, state=row.state.value, wanted="read")
    return {
        "name": row.name,
        "state": row.state.value,
        "duration": approved.duration,
        "digest": approved.digest,
        "approvals": [
            {
                "name": a.reviewer,
                "at": a.at,
                "coverage": a.coverage,
                "statement": a.statement,
                "how": plain_how(a.how),
            }
            for a in approved.approvals
        ],
        "lines": [{"p": u.participant, "s": u.start, "t": u.text} for u in approved.utterances],
    }
