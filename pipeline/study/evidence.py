"""Certificates and reports as the audit chain tells of them: what lies in the folder is compared before it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.errors import AuditBrokenError
from pipeline.export.document import Attachment
from pipeline.study.vault.files import storage_errors

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry
    from pipeline.study.vault.states import Artifact

# Where pipeline.erase lays certificates, as RECORDING.certificate.json and .html; one of a withdrawal as
# RECORDING.withdrawal.certificate.json.
CERTIFICATES = "certificates"
REST = {"words": "raw words destroyed", "transcript": "transcript destroyed"}
NAMES = {
    "destroyed": "{}.certificate",
    "withdrawn": "{}.withdrawal.certificate",
    "participant withdrawn": "{}.certificate",  # of the name the entry gives: P03-1.withdrawal
    REST["words"]: "{}.words.certificate",
    REST["transcript"]: "{}.transcript.certificate",
}
DESTROYED_EVENTS = ("destroyed", *REST.values())
SUFFIXES = {"certificate": ".json", "page": ".html"}


def certificate_files(study: Study, entry: Entry) -> Iterator[Attachment]:
    """The certificate and the page an entry tells of (`destroyed`, `withdrawn`).

    A page an earlier version wrote, of which the chain tells no digest, is left out: nobody could say whether it is
    the one. Raises AuditBrokenError for one that is missing or another.
    """
    for fact, suffix in SUFFIXES.items():
        if digest := entry.facts().get(fact):
            name = NAMES[entry.event].format(entry.facts().get("name", entry.recording)) + suffix
            yield Attachment(name, _read(study, name, str(digest), entry.seq))


def _read(study: Study, name: str, digest: str, seq: int) -> bytes:
    path = study.folder / CERTIFICATES / name
    with storage_errors(path):
        try:
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise AuditBrokenError(
                why=f"entry {seq} tells of {CERTIFICATES}/{name}, which is missing"
            ) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise AuditBrokenError(why=f"{CERTIFICATES}/{name} is not the one entry {seq} tells of")
    return data


def check_told(study: Study, recording: str, *kinds: Artifact) -> None:
    """Raise AuditBrokenError unless the sealed artifacts that stand are those the chain told of last."""
    told: dict[str, tuple[int, str]] = {}
    for entry in study.audit.entries(recording):
        digests = entry.facts().get("artifacts")
        for kind, digest in digests.items() if isinstance(digests, dict) else ():
            told[kind] = (entry.seq, str(digest))
    for kind in kinds:
        row = study.rows.artifact(recording, kind.value)
        seq, digest = told.get(kind.value, (0, ""))
        if row is not None and row.digest != digest:
            raise AuditBrokenError(why=f"the {kind.value} of {recording} is not the one entry {seq} tells of")
