"""The recordings as the review sees them, with who verified them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.study.vault.states import State
from pipeline.verify.store import RecordingInfo

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
