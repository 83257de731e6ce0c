"""The end of a study: what identifies its participants goes, what was approved stays."""

from __future__ import annotations

from functools import partial

from pipeline.errors import NotDestroyableError
from pipeline.study.sealed_records import STUDY_OWNER
from pipeline.study.states import State
from pipeline.study.study import Study

VOICES = ("voices",)
PEOPLE = ("roster", "labels")


def close_study(study: Study, *, with_roster: bool = False) -> list[str]:
    """Destroy the study's voiceprints, and with `with_roster` the roster and the label map; returns which.

    Safe to repeat. Raises NotDestroyableError while a recording is not destroyed.
    """
    for row in study.recordings():
        if row.state not in (State.DESTROYED, State.RECEIVED):  # of a received one nothing was ever kept
            raise NotDestroyableError(
                recording=row.id, why=f"it is {row.state.value}, so the study stays open"
            )
    names = [n for n in VOICES + (PEOPLE if with_roster else ()) if study.rows.artifact(STUDY_OWNER, n)]
    with study.ledger.transaction():
        study.audit.append("study closed", detail={"removed": names})
        for name in names:
            artifact = study.rows.artifact(STUDY_OWNER, name)
            study.rows.drop_key(STUDY_OWNER, name)
            study.rows.drop_artifact(STUDY_OWNER, name)
            if artifact is not None:
                study.ledger.after_commit(partial(study.vault.remove, STUDY_OWNER, artifact.file))
    study.ledger.scrub()
    return names
