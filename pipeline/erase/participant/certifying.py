"""What the certificate of a participant's withdrawal says, from the audit chain: no more than was done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.erase.certificate import Approval, Check, describe, limits_of_medium, say_accounts
from pipeline.erase.erasing import elsewhere, write_certificate
from pipeline.erase.medium import inspect
from pipeline.erase.participant.asking import FROM_NOW_ON, MEANINGS, OTHERS
from pipeline.erase.participant.proving import entries_of, failed_before
from pipeline.erase.participant_certificate import LeftRecording, ParticipantCertificate
from pipeline.erase.plain_files import find_plain_copies, say_copies
from pipeline.erase.withdraw import NOT_ON_RECORD
from pipeline.study.requests import FORGOTTEN, LEFT, same, statements
from pipeline.study.vault.audit import now
from pipeline.study.vault.states import WITHDRAWN_STATES

if TYPE_CHECKING:
    from pipeline.study.requests import Request
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

METHOD = (
    "What held their words was written anew without them and sealed under new keys; every wrapped copy of the old keys "
    "was deleted from the ledger (SQLite secure_delete), the ledger was rebuilt and its journal overwritten.",
    "The sealed files of before were overwritten with random bytes, truncated and unlinked, and their folders synced.",
    "Sound that still existed was kept as 16 kHz with one channel (FLAC, lossless), silent where they speak, where "
    "somebody speaks at the same time, and where others name them, and 0.2 s around each.",
)
RECORDS = {
    "voices": "their voiceprints, and what was said about their name",
    "roster": "their entry in the roster, with all it held (their code is never given again)",
    "labels": "rows of the label map that no other transcript needs, and those of their name",
    "withdrawals": "sealed notes that named them",
    "holds": "sealed reasons of holds that named them",
    "corrections": "corrections they had sent, others' that named them, and amendments of these recordings that waited",
}
ROSTER_STAYS = "Their entry in the roster stays, sealed, so that their name is removed where others say it; close --roster destroys it."
BY_CODE = (
    "Who spoke is known by voices and by what was said, and was confirmed in review where there was one. Words of theirs "
    "that stand under another's code were not found; nor were words of others under their code kept."
)
FAILED = (
    "On {day} this check failed: {check}. It was made again later, and passed. Where a file had failed it: whether that was "
    "deleted or only moved elsewhere is not known."
)
AUDIT = "The audit chain stays: it holds their code, days, counts and digests, and none of their words."


def make_certificate(
    study: Study, request: Request, begun: Entry, checks: tuple[Check, ...], by: str
) -> ParticipantCertificate:
    """The certificate of a request all of whose steps are done."""
    medium, copies = inspect(study.vault.folder), study.settings.other_copies
    stated = [e for e in statements(study, request.participant, before=begun.seq) if same(e, begun)]
    approvals = tuple(
        Approval(name=e.by, at=e.at, statement=str(e.facts()["statement"]), account=str(e.facts()["account"]))
        for e in stated
    )
    entries = entries_of(study, request)
    recordings = tuple(_recordings(study, request, entries))
    silenced = [each.recording for each in recordings if each.silenced]
    return ParticipantCertificate(
        study=study.settings.name,
        participant=request.participant,
        asked=request.asked,
        rule=request.rule,
        meaning=MEANINGS[request.rule],
        others=OTHERS,
        statements=approvals,
        recordings=recordings,
        study_wide=tuple(_study_wide(entries)),
        given_out=_texts(begun.facts()["given out"]),
        not_reached=_texts(begun.facts()["not reached"]),
        method=METHOD,
        checks=checks,
        medium=describe(medium),
        medium_of_keys=describe(inspect(study.folder)) if elsewhere(study) else {},
        tool=f"session-deid {__version__}",
        done_by=by,
        done_at=now(),
        other_copies=copies,
        limits=(
            *say_accounts(approvals),
            *(FAILED.format(day=e.at[:10], check=e.facts()["check"]) for e in failed_before(study, request)),
            BY_CODE,
            *((ROSTER_STAYS,) if not request.everything or request.rule == FROM_NOW_ON else ()),
            AUDIT,
            NOT_ON_RECORD,
            *(f"{each}: {line}" for each in silenced for line in say_copies(find_plain_copies(study, each))),
            *limits_of_medium(medium, other_copies=copies),
        ),
    )


def _recordings(study: Study, request: Request, entries: list[Entry]) -> Iterator[LeftRecording]:
    left = {entry.recording: entry.facts() for entry in entries if entry.event == LEFT}
    for recording in request.recordings:
        if study.recording(recording).state in WITHDRAWN_STATES:
            yield LeftRecording(recording=recording, whole=True)
            continue
        facts = left[recording]
        replaced = facts.get("replaced")
        yield LeftRecording.model_validate(
            {
                "recording": recording,
                "turns": facts["turns"],
                "mentions": facts["mentions"],
                "silenced": bool(facts.get("silenced")),
                "seconds": facts.get("seconds", 0.0),
                "version": facts.get("version", 0),
                "transcript_before": facts.get("before", ""),
                "transcript_after": facts.get("digest", ""),
                "keys": tuple(replaced.values()) if isinstance(replaced, dict) else (),
            }
        )


def _study_wide(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.event == FORGOTTEN:
            yield from (RECORDS[name] for name in _texts(entry.facts()["records"]))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def write_it(
    study: Study, name: str, certificate: ParticipantCertificate
) -> tuple[Path, Path, dict[str, object]]:
    """Write the signed certificate and its page."""
    return write_certificate(study, name, certificate)
