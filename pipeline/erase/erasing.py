"""What every destruction does, whatever allows it: keys, sealed files, checks, certificate.

Each step is safe to repeat, so that whatever interrupts them the next call finishes:

1. copies are looked for: while one lies in the study's folder nothing is begun;
2. a plan of what will go (digests, sizes, key ids) is committed in the audit entry that begins it, together with
   what to look for afterwards, sealed (`traces`);
3. every wrapped copy of the recording's keys is deleted and the ledger rebuilt over it (`scrub`);
4. the sealed files are overwritten, truncated and unlinked, and the ledger forgets them;
5. the checks, all of them however often it was interrupted: no key is left, no file of the study holds one, plain or
   wrapped, or a piece of the recording; what fails is noted in the audit chain;
6. the certificate is written, and its digest is committed by whoever asked, who then forgets the traces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import __version__
from pipeline.erase import certificate as certificates
from pipeline.erase import signing
from pipeline.erase.certificate import Certificate, Check
from pipeline.erase.medium import inspect
from pipeline.erase.plain_files import find_plain_copies
from pipeline.erase.plan import Plan, begun_entry
from pipeline.erase.proof import failures_told, prove, refuse_copies
from pipeline.erase.sealed_files import (
    Found,
    fates_noted,
    find_files,
    refuse_moved_vault,
    remove_files,
)
from pipeline.erase.traces import Traces, keep_traces, kept_traces, take_traces
from pipeline.errors import DestructionUnprovenError
from pipeline.files import write_atomically
from pipeline.study.evidence import CERTIFICATES
from pipeline.study.holds import lifted_told
from pipeline.study.resealing import is_silenced
from pipeline.study.study import Study
from pipeline.study.vault import faults
from pipeline.study.vault.audit import now
from pipeline.study.vault.rows import RecordingRow
from pipeline.study.vault.states import Part, State

METHOD = (
    "Cryptographic erase: every wrapped copy of the recording's keys was deleted from the ledger "
    "(SQLite secure_delete), the ledger was rebuilt and its journal overwritten.",
    "The sealed files were to be overwritten with random bytes, truncated and unlinked, and their folder synced; what "
    "happened to each is said beside it. The spare of the wrapped key, beside the sealed source, was overwritten, "
    "truncated and unlinked before the source was.",
)
RULES = "rules"  # in the same entry: by which rules of study.toml it goes, in words
TRACES = "traces"  # in the entry that begins a destruction: SHA-256 of what is kept to look for
NOT_NOTED = (
    "What to look for was not noted before this destruction began (an earlier version of session-deid began it), so "
    "only what could still be read was looked for."
)
SILENCED_BEFORE = (
    "A participant had withdrawn: what was destroyed here was the recording without their voice. The SHA-256 of the source is "
    "that of the file that was taken in; the certificate of their withdrawal says what became of it."
)


@dataclass(frozen=True, slots=True)
class Gone:
    """A destroyed recording and where its certificate lies."""

    recording: str
    certificate: Path
    page: Path
    checks: int = field(default=0)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known before a destruction begins: what to look for afterwards, and what lies there by kind."""

    traces: Traces
    found: Mapping[str, Found]


def prepare(study: Study, recording_id: str, parts: tuple[Part, ...], *, by: str) -> Prepared:
    """See what lies there, note what to look for afterwards, and look for it now.

    Outside a transaction: it may read for a while, and a copy it finds stays noted. Raises VaultMovedError or
    CopyFoundError, with nothing destroyed.
    """
    refuse_moved_vault(study, recording_id)
    prepared = Prepared(take_traces(study, recording_id, parts), find_files(study, recording_id, parts))
    refuse_copies(study, prepared.traces, by=by)
    return prepared


def begin(
    study: Study, plan: Plan, traces: Traces, state: State, event: str, by: str, **more: object
) -> None:
    """Commit what will go and what to look for; from here on there is no way back. Inside a transaction."""
    facts = {**plan.facts(), TRACES: keep_traces(study, traces), **more}
    study.move(traces.recording, state, event, facts, by=by)


def erase(
    study: Study,
    row: RecordingRow,
    parts: tuple[Part, ...],
    *,
    by: str,
    with_keys: Callable[[], None] | None = None,
) -> tuple[Check, ...]:
    """Destroy parts of a recording and check it. `with_keys` is done in the transaction the keys go in, once.

    Raises DestructionUnprovenError when a check fails; AuditBrokenError when what to look for was noted and is gone.
    """
    noted = begun_entry(study, row.id).facts().get(TRACES)
    traces = kept_traces(study, row.id, str(noted)) if noted else take_traces(study, row.id, parts)
    with study.ledger.transaction():
        if with_keys and {part.value for part in parts} & set(study.rows.key_ids(row.id)):
            with_keys()
        for part in parts:
            study.rows.drop_key(row.id, part.value)
    faults.moment("destroy.keys_dropped")
    study.ledger.scrub()
    faults.moment("destroy.scrubbed")
    remove_files(study, row.id, parts, by=by)
    checks = tuple(prove(study, row, parts, traces, by=by))
    faults.moment("destroy.proven")
    if failed := [c for c in checks if not c.passed]:
        raise DestructionUnprovenError(recording=row.id, why="; ".join(c.how for c in failed))
    return checks


def certify(study: Study, row: RecordingRow, plan: Plan, checks: tuple[Check, ...], by: str) -> Certificate:
    """The certificate as far as any destruction goes; who allowed it, and what is kept, is to be added."""
    medium, copies = inspect(study.vault.folder), study.settings.other_copies
    at_ledger = inspect(study.folder) if elsewhere(study) else None
    return Certificate(
        study=study.settings.name,
        recording=row.id if row.name in ("", row.id) else f"{row.id} {row.name}",
        source_sha256=row.digest,
        source_bytes=row.size,
        duration=row.duration or 0.0,
        key_id=", ".join(plan.keys.values()),
        destroyed=plan.destroyed(fates_noted(study, row.id)),
        medium=certificates.describe(medium),
        medium_of_keys=certificates.describe(at_ledger) if at_ledger else {},
        method=METHOD,
        tool=f"session-deid {__version__}",
        checks=checks,
        destroyed_by=by,
        destroyed_at=now(),
        other_copies=copies,
        rules=(*_rules_noted(study, row.id), *lifted_told(study, row.id)),
        limits=(
            *(() if begun_entry(study, row.id).facts().get(TRACES) else (NOT_NOTED,)),
            *((SILENCED_BEFORE,) if is_silenced(study, row.id) else ()),
            *failures_told(study, row.id),
            *certificates.limits(medium, plain=find_plain_copies(study, row.id), other_copies=copies),
        ),
    )


def _rules_noted(study: Study, recording: str) -> tuple[str, ...]:
    """By which rules it goes, as noted when it began: study.toml may have changed since."""
    noted = begun_entry(study, recording).facts().get(RULES)
    return tuple(str(each) for each in noted) if isinstance(noted, list) else ()


def elsewhere(study: Study) -> bool:
    """Whether the vault is another file system, mounted in the study's folder."""
    return study.vault.folder.stat().st_dev != study.folder.stat().st_dev


def write_certificate(
    study: Study, name: str, certificate: signing.AnyCertificate
) -> tuple[Path, Path, dict[str, object]]:
    """Write the signed certificate and its page; returns both, and their SHA-256 for the audit chain."""
    folder = study.folder / CERTIFICATES
    folder.mkdir(mode=0o700, exist_ok=True)
    signed, page = folder / f"{name}.certificate.json", folder / f"{name}.certificate.html"
    sign, key = study.audit.sign, study.audit.verify_key
    written = {
        signed: signing.to_json(certificate, sign=sign, public_key=key),
        page: signing.to_html(certificate, sign=sign, public_key=key),
    }
    for file, data in written.items():
        write_atomically(file, data)
    faults.moment("destroy.certified")
    digests = [hashlib.sha256(data).hexdigest() for data in written.values()]
    return signed, page, {"certificate": digests[0], "page": digests[1]}
