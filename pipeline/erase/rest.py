"""What of a destroyed recording is left ends on its day: raw words that were kept, and the approved transcript.

    destroyed -> destroying -> destroyed

The same steps, checks and evidence as for the sound (pipeline.erase.erasing), with a certificate of its own that names
the rule. Nothing of it goes before its day, and nothing without a rule of study.toml.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.erase.certificate import Certificate
from pipeline.erase.due import rest_days, say_rest
from pipeline.erase.erasing import RULES, Gone, begin, certify, erase, prepare
from pipeline.erase.erasing import write_certificate as write
from pipeline.erase.plan import begun_plan, draw_plan
from pipeline.erase.traces import forget_traces
from pipeline.errors import KeptError, StateError
from pipeline.study.evidence import REST
from pipeline.study.holds import refuse_held
from pipeline.study.rings import close_to_identity, finish_scrub
from pipeline.study.study import Study
from pipeline.study.told import DESTRUCTION_BEGUN
from pipeline.study.vault import faults
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import Part, State

FILES = {Part.WORDS: "words", Part.KEPT: "transcript"}
STAYS = {Part.WORDS: ("the approved, de-identified transcript",), Part.KEPT: ()}


def rest_begun(study: Study, row: RecordingRow) -> bool:
    """Whether the destruction that is under way is of what was left, not of the sound."""
    return row.state is State.DESTROYING and Part.AUDIO not in begun_plan(study, row.id).parts


def check_rest(study: Study, row: RecordingRow, at: datetime, *, by: str) -> Part:
    """Which part ends now; raises StateError where none is left or no rule ends it, KeptError before its day, HeldError."""
    days = rest_days(study, row)
    if not days:
        raise StateError(recording=row.id, state=row.state.value, wanted="destroyed once more")
    refuse_held(study, row.id)
    part, day = min(days.items(), key=lambda each: (each[1], each[0] is Part.KEPT))
    if day > at.astimezone().date():
        raise KeptError(recording=row.id, day=day.isoformat(), rule=say_rest(study, part))
    prepare(study, row.id, (part,), by=by)
    return part


def destroy_rest(study: Study, row: RecordingRow, *, by: str, clock: Callable[[], float] = time.time) -> Gone:
    """Destroy what ends now, or finish what a killed call began; the destruction's lock is held.

    Raises what `check_rest` raises, CopyFoundError and DestructionUnprovenError.
    """
    if row.state is State.DESTROYED:
        at = datetime.fromtimestamp(clock(), UTC)
        part = check_rest(study, row, at, by=by)
        ready = prepare(study, row.id, (part,), by=by)
        rules = [f"{say_rest(study, part)}: kept until {rest_days(study, row)[part]}."]
        with study.ledger.transaction():
            refuse_held(study, row.id)  # one may have been placed meanwhile
            plan = draw_plan(study, row.id, (part,), ready.found)
            begin(study, plan, ready.traces, State.DESTROYING, DESTRUCTION_BEGUN, by, **{RULES: rules})
        faults.moment("rest.begun")
    plan = begun_plan(study, row.id)
    (part,) = plan.parts
    checks = erase(study, row, plan.parts, by=by)
    certificate = _complete(certify(study, row, plan, checks, by), part)
    signed, page, digests = write(study, f"{row.id}.{FILES[part]}", certificate)
    with study.ledger.transaction():
        study.move(row.id, State.DESTROYED, REST[FILES[part]], digests, by=by)
        forget_traces(study, row.id)
        close_to_identity(study)
    finish_scrub(study)
    return Gone(row.id, signed, page, len(checks))


def _complete(certificate: Certificate, part: Part) -> Certificate:
    return certificate.model_copy(update={"kept": STAYS[part]})
