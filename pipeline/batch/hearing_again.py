"""A recording that nobody has begun to review is heard again: in the language chosen since, or by a larger model.

Its voices stay told apart as they were; its words, and what was taken out of them, are made anew by the next run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import StateError
from pipeline.study.vault.states import Artifact, State

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

PREFIX = "to be heard again "
WHY = "to be heard again"


def hear_again(study: Study, recording: str) -> None:
    """Let the next run hear it again. Raises StateError for one that is not de-identified yet, that a person has begun to
    decide on, or whose words came with a transcript made elsewhere."""
    with study.ledger.transaction():
        row = study.recording(recording)
        if not may_be_heard_again(study, row):
            raise StateError(recording=recording, state=row.state.value, wanted="heard again")
        study.move(recording, State.ATTRIBUTED, event="retry", audit={"stage": "transcribe", "why": WHY})
        study.ledger.write_mark(PREFIX + recording, 1)


def may_be_heard_again(study: Study, row: RecordingRow) -> bool:
    """Whether it is one of sound, ready for review, that nobody has begun to look at."""
    untouched = row.state is State.REDACTED and row.failed_stage is None
    return untouched and not any(
        study.has(row.id, kind) for kind in (Artifact.DECISIONS, Artifact.TRANSCRIPT)
    )


def waits_to_be_heard(study: Study, recording: str) -> bool:
    """Whether somebody asked for it, and no run has heard it since."""
    return study.ledger.read_mark(PREFIX + recording) != 0


def was_heard(study: Study, recording: str) -> None:
    """A run heard it."""
    if waits_to_be_heard(study, recording):
        study.ledger.write_mark(PREFIX + recording, 0)
