"""What the review's first page lists: recordings with who verified them, and the runs with what failed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.study.vault.states import State
from pipeline.verify.store import RecordingInfo, RunInfo

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow


def list_recordings(study: Study) -> list[RecordingInfo]:
    """All recordings in the order they came."""
    verified = _verified(study)
    return [_info(row, *verified.get(row.id, ("", ""))) for row in study.recordings()]


def _verified(study: Study) -> dict[str, tuple[str, str]]:
    sql = "SELECT recording, by, at FROM audit WHERE event = 'verified' ORDER BY seq"
    return {row[0]: (row[1], row[2]) for row in study.ledger.query(sql)}


def _info(row: RecordingRow, by: str, at: str) -> RecordingInfo:
    """A recording that is being destroyed still counts as verified: half-destroyed is not destroyed."""
    shown = State.VERIFIED if row.state is State.DESTROYING else row.state
    done = row.state in (State.VERIFIED, State.DESTROYING, State.DESTROYED)
    return RecordingInfo(
        id=row.id,
        name=row.name,
        state="failed" if row.failed_stage else shown.value,  # type: ignore[arg-type]
        duration=row.duration or 0.0,
        received_at=datetime.fromisoformat(row.received_at).timestamp(),
        problem=row.reason or "",
        failed_stage=row.failed_stage or "",
        verified_by=by if done else "",
        verified_at=at if done else "",
    )


def list_runs(study: Study) -> list[RunInfo]:
    """The runs that did something, newest first."""
    reasons = {row.id: row.reason or "" for row in study.recordings() if row.failed_stage}
    found = []
    for entry in study.audit.events("run"):
        facts = entry.facts()
        failures = tuple((str(r), reasons.get(str(r), "taken up again")) for r in _list(facts.get("failed")))
        began = datetime.fromisoformat(str(facts["began"])).timestamp()
        found.append(RunInfo(began, int(str(facts["done"])), failures))
    return found[::-1]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
