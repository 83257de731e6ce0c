"""The next step: the first of a table of conditions that some recording fits, or the machine's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.study.vault.states import State
from pipeline.study.vault.study_key import Ring
from pipeline.web.standing import BY_ITSELF, FINISHED, TO_REVIEW, Known, is_kept

if TYPE_CHECKING:
    from pipeline.study.vault.rows import RecordingRow

Fits = Callable[["RecordingRow", Known], bool]


def _half_done(row: RecordingRow, _known: Known) -> bool:
    return row.state in (State.DESTROYING, State.WITHDRAWING)


def _waits_for_run(row: RecordingRow, known: Known) -> bool:
    ready = row.id in known.again or (_healthy(row) and row.state in BY_ITSELF)
    return known.run is None and ready


def _unnamed(row: RecordingRow, known: Known) -> bool:
    return _to_review(row, known) and row.id in known.unlinked


def _behind(row: RecordingRow, known: Known) -> bool:
    return known.run is None and _to_review(row, known) and row.id in known.outdated


def _to_review(row: RecordingRow, _known: Known) -> bool:
    return _healthy(row) and row.state in TO_REVIEW


def _failed(row: RecordingRow, known: Known) -> bool:
    return not _healthy(row) and row.state not in FINISHED and row.id not in known.again


def _to_destroy(row: RecordingRow, known: Known) -> bool:
    return _healthy(row) and row.state in (State.VERIFIED, State.DESTROYED) and not is_kept(row, known)


def _to_give_out(row: RecordingRow, known: Known) -> bool:
    return _healthy(row) and row.state is State.DESTROYED and row.id not in known.exported | known.ended


def _healthy(row: RecordingRow) -> bool:
    return row.failed_stage is None


# What the machine can do meanwhile comes first, then what is oldest for a person.
STEPS: tuple[tuple[str, Fits], ...] = (
    ("finish", _half_done),
    ("run", _waits_for_run),
    ("people", _unnamed),
    ("follow", _behind),
    ("review", _to_review),
    ("failed", _failed),
    ("destroy", _to_destroy),
    ("wait", lambda _row, _known: False),
    ("export", _to_give_out),
)


def next_step(rows: Sequence[RecordingRow], known: Known) -> dict[str, Any]:
    """The one thing to do now that the key given can do: its kind, how many wait for it, and the first of them."""
    for kind, fits in STEPS:
        found = [row for row in rows if fits(row, known)]
        count = len(found) + _of_no_recording(kind, known)
        if count and (Ring.ANALYSIS if kind == "export" else Ring.IDENTITY) in known.ring.opens:
            return _step(kind, count, None if kind == "run" else next(iter(found), None))
    return _step("take-in" if Ring.IDENTITY in known.ring.opens else "idle", 0, None)


def _of_no_recording(kind: str, known: Known) -> int:
    """What waits and is no recording: files in the inbox, and while a run goes on, the run itself."""
    if kind == "run" and known.run is None:
        return known.inbox
    return int(kind == "wait" and known.run is not None)


def _step(kind: str, count: int, first: RecordingRow | None) -> dict[str, Any]:
    of = {"recording": first.id, "name": first.name} if first else {"recording": "", "name": ""}
    return {"kind": kind, "count": count, **of}
