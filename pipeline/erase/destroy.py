"""Destroy what is left of a verified recording: keys, sealed sound, raw words; prove it; certify it.

    verified -> destroying -> destroyed

The steps, each safe to repeat, so that whatever interrupts them the next call finishes:

1. `destroying` is committed, with what will go (digests, sizes, key ids) in the audit entry;
2. every wrapped copy of the recording's keys is deleted and the ledger rebuilt over it (`scrub`);
3. the sealed files are overwritten, truncated and unlinked, and the ledger forgets them;
4. the checks: no key opens what was remembered of the sealed files, no file of the study holds the key,
   its wrapped form, or a piece of the sealed sound;
5. the certificate is written, then `destroyed` is committed with its digest. A recording whose checks
   did not all pass stays `destroying`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.erase import certificate as certificates
from pipeline.erase.certificate import Approval, Certificate, Destroyed, PlainCopies
from pipeline.erase.medium import inspect
from pipeline.erase.proof import prove, remember
from pipeline.errors import DestructionUnprovenError, NotDestroyableError, StateError
from pipeline.files import write_atomically
from pipeline.study import faults
from pipeline.study.approved import Approved, read_approved
from pipeline.study.audit import now
from pipeline.study.rows import RecordingRow
from pipeline.study.states import PART_OF, Artifact, Part, State
from pipeline.study.study import Study

FOLDER = "certificates"
BEGUN = "destruction begun"
METHOD = (
    "Cryptographic erase: every wrapped copy of the recording's keys was deleted from the ledger "
    "(SQLite secure_delete), the ledger was rebuilt and its journal overwritten.",
    "The sealed files were overwritten with random bytes, truncated and unlinked, and their folder synced.",
)
WHAT = {
    Artifact.SOURCE: "sealed source audio",
    Artifact.DIARIZATION: "speaker turns and voiceprints of the recording",
    Artifact.TRANSCRIPTION: "recognised words",
    Artifact.ATTRIBUTION: "raw transcript",
    Artifact.REDACTION: "replaced words and where they stood",
    Artifact.DECISIONS: "the reviewer's decisions and undo history",
}


@dataclass(frozen=True, slots=True)
class Gone:
    """A destroyed recording and where its certificate lies."""

    recording: str
    certificate: Path
    page: Path
    checks: int = field(default=0)


def due(study: Study, at: datetime) -> Iterator[RecordingRow]:
    """Recordings whose time has come: verified long enough ago, or half destroyed.

    Without `destroy_after_days` in study.toml only half-destroyed ones are due. A verification that
    lies in the future (the clock went back) is not due.
    """
    days = study.settings.destroy_after_days
    for row in study.recordings(State.VERIFIED, State.DESTROYING):
        if row.state is State.DESTROYING:
            yield row
        elif days is not None and (approved := read_approved(study, row.id)):
            verified = datetime.fromisoformat(approved.approvals[-1].at)
            if timedelta(days=days) <= at - verified:
                yield row


def destroy(study: Study, recording_id: str, *, by: str) -> Gone:
    """Destroy one recording for good and certify it; finishes what an interrupted call began.

    Raises NotDestroyableError unless a person verified it, DestructionUnprovenError when a check fails
    afterwards (it then stays `destroying`), LockedError while another destruction runs.
    """
    with study.lock("destroy"):
        row = study.recording(recording_id)
        study.note_settings()
        approved = _approved(study, row)
        parts = _parts(study, row)
        remembered = remember(study, row.id, parts)
        if row.state is State.VERIFIED:
            _begin(study, row, parts, by)
        plan = _plan(study, row.id)
        _drop_keys(study, row.id, parts)
        _remove_files(study, row.id, parts)
        checks = prove(study, row, parts, remembered)
        faults.moment("destroy.proven")
        if failed := [c for c in checks if not c.passed]:
            raise DestructionUnprovenError(recording=row.id, why="; ".join(c.how for c in failed))
        certificate = _certify(study, row, approved, plan, tuple(checks), by)
        page, signed = _write(study, row.id, certificate)
        digest = hashlib.sha256(signed.read_bytes()).hexdigest()
        study.move(row.id, State.DESTROYED, "destroyed", {"certificate": digest}, by=by)
        return Gone(row.id, signed, page, len(checks))


def _approved(study: Study, row: RecordingRow) -> Approved:
    """What a person approved; raises NotDestroyableError unless it stands, whole and unchanged."""
    if row.state is State.DESTROYED:
        raise StateError(recording=row.id, state=row.state.value, wanted="destroyed once more")
    if row.state not in (State.VERIFIED, State.DESTROYING):
        raise NotDestroyableError(recording=row.id, why=f"it is {row.state.value}")
    approved = read_approved(study, row.id)
    if approved is None or (not approved.utterances and approved.duration <= 0):
        raise NotDestroyableError(recording=row.id, why="its approved transcript is missing")
    standing = [a for a in approved.approvals if a.digest == approved.digest]
    if len(standing) < study.settings.reviewers:
        raise NotDestroyableError(recording=row.id, why="too few people approved this very transcript")
    return approved


def _parts(study: Study, row: RecordingRow) -> tuple[Part, ...]:
    """What goes: as study.toml says when it begins, as it was begun when it goes on (settings may have changed)."""
    if row.state is State.DESTROYING:
        return tuple(Part(part) for part in _plan(study, row.id)["parts"])
    return (Part.AUDIO, Part.WORDS) if study.settings.destroy_raw_transcript else (Part.AUDIO,)


def _begin(study: Study, row: RecordingRow, parts: tuple[Part, ...], by: str) -> None:
    going = [a for a in study.rows.artifacts(row.id) if PART_OF[Artifact(a.kind)] in parts]
    plan = {
        "parts": [part.value for part in parts],
        "keys": {p: i for p, i in study.rows.key_ids(row.id).items() if Part(p) in parts},
        "going": {a.kind: {"digest": a.digest, "size": a.size} for a in going},
    }
    study.move(row.id, State.DESTROYING, BEGUN, plan, by=by)
    faults.moment("destroy.begun")


def _plan(study: Study, recording_id: str) -> Mapping[str, Any]:
    """What the first call set out to destroy, from the audit chain."""
    begun = [entry for entry in study.audit.entries(recording_id) if entry.event == BEGUN]
    return begun[-1].facts()


def _drop_keys(study: Study, recording_id: str, parts: tuple[Part, ...]) -> None:
    with study.ledger.transaction():
        for part in parts:
            study.rows.drop_key(recording_id, part.value)
    faults.moment("destroy.keys_dropped")
    study.ledger.scrub()
    faults.moment("destroy.scrubbed")


def _remove_files(study: Study, recording_id: str, parts: tuple[Part, ...]) -> None:
    """Overwrite and unlink the sealed files, then let the ledger forget them."""
    going = [a for a in study.rows.artifacts(recording_id) if PART_OF[Artifact(a.kind)] in parts]
    for artifact in going:
        study.vault.remove(recording_id, artifact.file)
    faults.moment("destroy.files_removed")
    if not going:
        return
    with study.ledger.transaction():
        study.audit.append("files removed", recording_id, {"removed": [a.kind for a in going]})
        for artifact in going:
            study.rows.drop_artifact(recording_id, artifact.kind)
    faults.moment("destroy.forgotten")


def _certify(
    study: Study,
    row: RecordingRow,
    approved: Approved,
    plan: Mapping[str, Any],
    checks: tuple[certificates.Check, ...],
    by: str,
) -> Certificate:
    medium = inspect(study.folder)
    kept = (
        ()
        if Part.WORDS.value in plan["parts"]
        else ("raw words and decisions, sealed (destroy_raw_transcript = false)",)
    )
    return Certificate(
        study=study.settings.name,
        recording=f"{row.id} {row.name}".strip(),
        source_sha256=row.digest,
        source_bytes=row.size,
        duration=row.duration or approved.duration,
        key_id=", ".join(plan["keys"].values()),
        destroyed=tuple(
            Destroyed(what=WHAT[Artifact(kind)], bytes=facts["size"], sha256_sealed=facts["digest"])
            for kind, facts in plan["going"].items()
        )
        + tuple(Destroyed(what=f"wrapped key ({part}) {key}") for part, key in plan["keys"].items()),
        kept=("the approved, de-identified transcript", *kept),
        medium=certificates.describe(medium),
        method=METHOD,
        tool=f"session-deid {__version__}",
        checks=checks,
        transcript_sha256=approved.digest,
        approvals=tuple(
            Approval(name=a.reviewer, at=a.at, statement=a.statement) for a in approved.approvals
        ),
        destroyed_by=by,
        destroyed_at=now(),
        other_copies=study.settings.other_copies,
        limits=certificates.limits(
            medium, plain=_plain_copies(study, row.id), other_copies=study.settings.other_copies
        ),
    )


def _plain_copies(study: Study, recording_id: str) -> PlainCopies:
    """The recording's unsealed copies, as the audit chain knows them."""
    entries = [(entry.event, entry.facts()) for entry in study.audit.entries(recording_id)]
    here = [bool(facts["from_this_disk"]) for _, facts in entries if "from_this_disk" in facts]
    fates = [event for event, _ in entries if event in ("source removed", "source left")]
    unsealed = [bool(facts.get("to_this_disk", True)) for event, facts in entries if event == "unsealed"]
    return PlainCopies(
        source_here=any(here) if here else None,
        source="left" if "source left" in fates else "removed" if fates else "",
        unsealed=len(unsealed),
        unsealed_here=sum(unsealed),
    )


def _write(study: Study, recording_id: str, certificate: Certificate) -> tuple[Path, Path]:
    """Write the signed certificate and its page; returns (page, signed)."""
    folder = study.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    key = study.audit.verify_key
    signed, page = folder / f"{recording_id}.certificate.json", folder / f"{recording_id}.certificate.html"
    write_atomically(signed, certificates.to_json(certificate, sign=study.audit.sign, public_key=key))
    write_atomically(page, certificates.to_html(certificate, public_key=key))
    faults.moment("destroy.certified")
    return page, signed
