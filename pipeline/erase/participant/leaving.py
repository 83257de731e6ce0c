"""One recording without a participant: its records rewritten, its sound silent where they speak, under new keys.

All of it is one transaction; what comes before only reads. The sound that stays is what was heard in review (16 kHz, one
channel), kept lossless, without the tags of the file that was taken in.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.audio.silencing import join_stretches, silence
from pipeline.erase.participant.asking import FROM_NOW_ON, check_reached
from pipeline.erase.participant.records import as_text
from pipeline.erase.participant.rewriting import Rewritten, rewrite
from pipeline.erase.participant.versions import Statement
from pipeline.erase.proof import refuse_copies
from pipeline.erase.sealed_files import refuse_moved_vault
from pipeline.erase.traces import keep_traces, take_replaced, take_traces
from pipeline.records import Attribution, from_json, to_json
from pipeline.study.intake.transcripts import SourceTranscript, transcript_of
from pipeline.study.leases import Leases
from pipeline.study.requests import LEFT, traces_label
from pipeline.study.resealing import SILENCED, reseal
from pipeline.study.vault import faults
from pipeline.study.vault.audit import now
from pipeline.study.vault.states import PART_OF, Artifact, Part

if TYPE_CHECKING:
    from pipeline.erase.participant.asking import PersonLoss
    from pipeline.erase.participant.bearer import Bearer
    from pipeline.study.requests import Request
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow


def refuse_sound_copies(study: Study, loss: PersonLoss, *, by: str) -> None:
    """Raise CopyFoundError while a copy of sound that is to be silenced lies in the study's folder."""
    for each in loss.touched:
        if each.sound or each.whole:
            refuse_copies(study, take_traces(study, each.recording, (Part.AUDIO,)), by=by)


def leave_recording(
    study: Study, row: RecordingRow, bearer: Bearer, request: Request, statement: str, *, by: str
) -> None:
    """Take a participant out of one recording.

    Raises ReviewLockedError while somebody decides on it, NotWithdrawableError when its destruction began meanwhile,
    VaultMovedError where its sealed files lie behind a link,
    SealBrokenError or an InputError for what cannot be opened: such a recording can be withdrawn as a whole.
    """
    check_reached(row)
    refuse_moved_vault(study, row.id)
    Leases(study.ledger, time.time).check_free(row.id)
    said = Statement(request.stated[-1][0], now(), statement)
    leaver = bearer.leaver(everything=request.everything and request.rule != FROM_NOW_ON)
    found = rewrite(study, row, leaver, said)
    changed = dict(found.changed)
    seconds = 0.0
    if (found.turns or found.mentions) and study.has(row.id, Artifact.SOURCE):
        seconds = _silence(study, row, found, changed)
    _keep_additions(study, found)
    faults.moment("participant.rewritten")
    with study.ledger.transaction():
        facts = _facts(found, request, seconds, silenced=Artifact.SOURCE in changed)
        if not changed and not found.removed:
            study.audit.append(LEFT, row.id, facts, by=by)
            return
        parts = tuple(sorted({PART_OF[kind].value for kind in (*changed, *found.removed)}))
        traces = take_replaced(
            study,
            row.id,
            parts,
            label=traces_label(LEFT, request.participant, row.id),
            secret=secret_of(study, request),
            sound=Artifact.SOURCE in changed,
        )
        facts["traces"] = keep_traces(study, traces)
        reseal(study, row.id, changed, removed=found.removed, event=LEFT, audit=facts, by=by)
    faults.moment("participant.recording")


def secret_of(study: Study, request: Request) -> bytes:
    """What keys the traces of one request."""
    return hashlib.blake2b(
        str(request.begun).encode(), key=study.key.derive("left traces"), digest_size=32
    ).digest()


def _facts(found: Rewritten, request: Request, seconds: float, *, silenced: bool) -> dict[str, object]:
    facts: dict[str, object] = {
        "participant": request.participant,
        "request": request.begun,
        "turns": found.turns,
        "mentions": found.mentions,
    }
    if silenced:
        facts |= {SILENCED: True, "seconds": round(seconds, 1)}
    if found.before != found.after:
        facts |= {"before": found.before, "digest": found.after, "version": found.version}
    return facts


def _keep_additions(study: Study, found: Rewritten) -> None:
    """What a review decided to add to the roster, now: the decisions that said so are folded in."""
    known = {person.code for person in study.roster.load().people}
    for each in found.additions:
        if each.group:
            study.roster.add_words(each.group, (each.name,))
        elif each.code in known:
            study.roster.add_nickname(each.code, each.name)


def _silence(study: Study, row: RecordingRow, found: Rewritten, changed: dict[Artifact, bytes]) -> float:
    """The source without the participant; returns how many seconds are silent."""
    text = transcript_of(study, row.id)
    if text is not None:
        words = as_text(from_json(Attribution, changed[Artifact.ATTRIBUTION]))
        after = SourceTranscript.of(Path(f"{row.id}.txt"), words, has_sound=text.has_sound)
        changed[Artifact.TRANSCRIPT] = to_json(after)
        if not text.has_sound:
            changed[Artifact.SOURCE] = words
            return 0.0
    from pipeline.audio.decode import decode

    with study.open_source(row.id) as source:
        audio = decode(source, name=row.id)
    stretches = join_stretches(found.stretches, audio.duration)
    changed[Artifact.SOURCE] = silence(audio, stretches)
    return sum(end - start for start, end in stretches)
