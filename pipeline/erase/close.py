"""The end of a study: what identifies its participants goes, what was approved stays."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from pipeline.erase.due import STUDY_RULES, refuse_study_early
from pipeline.errors import StudyOpenError
from pipeline.records import Roster
from pipeline.study.corrections import RECORD as CORRECTIONS
from pipeline.study.holds import RECORD as HOLDS
from pipeline.study.holds import refuse_held
from pipeline.study.names import forget_names
from pipeline.study.study import Study
from pipeline.study.vault.states import STUDY_OWNER, State
from pipeline.study.withdrawals import RECORD as WITHDRAWALS

VOICES = ("voices",)
PEOPLE = ("roster", "labels", WITHDRAWALS, HOLDS, CORRECTIONS)
ENDED = (State.DESTROYED, State.WITHDRAWN, State.RECEIVED)  # of a received one nothing was ever kept


def close_study(study: Study, *, with_roster: bool = False) -> list[str]:
    """Destroy the study's voiceprints, and with `with_roster` the roster, the label map, the notes to
    withdrawals and the reasons of holds; returns which.

    A recording's name that names somebody of the roster is replaced by its id for good, since nothing could tell any
    more that it does. Safe to repeat. Raises what `check_closable` raises.
    """
    check_closable(study)
    if with_roster:
        refuse_study_early(study, datetime.now(UTC))
    names = [n for n in VOICES + (PEOPLE if with_roster else ()) if study.rows.artifact(STUDY_OWNER, n)]
    with study.ledger.transaction():
        refuse_held(study)
        if "roster" in names:
            forget_names(study, study.roster.load(), Roster())
        rules = [rule for name in names if (rule := _rule(study, name))]
        told = {"rules": rules} if rules else {}
        study.audit.append("study closed", detail={"removed": names, **told})
        for name in names:
            artifact = study.rows.artifact(STUDY_OWNER, name)
            study.rows.drop_key(STUDY_OWNER, name)
            study.rows.drop_artifact(STUDY_OWNER, name)
            if artifact is not None:
                study.ledger.after_commit(partial(study.vault.remove, STUDY_OWNER, artifact.file))
    study.ledger.scrub()
    study.__dict__.pop("names", None)
    return names


def _rule(study: Study, name: str) -> str:
    """The rule that ends a study-wide record, as it stands in study.toml; empty where none does."""
    return study.settings.retention.say(STUDY_RULES[name]) if name in STUDY_RULES else ""


def check_closable(study: Study) -> None:
    """Raise StudyOpenError while a recording is neither destroyed nor withdrawn, HeldError while a hold stands."""
    refuse_held(study)
    for row in study.recordings():
        if row.state not in ENDED:
            raise StudyOpenError(recording=row.id, state=row.state.value)
