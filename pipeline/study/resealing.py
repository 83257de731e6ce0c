"""Other content under other keys: what a recording held before can be opened by nothing any more.

New files are on the disk first; then keys, rows and the audit entry change in one transaction, and the replaced files go.
What a kill leaves before the commit was never anybody's, what it leaves afterwards the chain knows to be replaced
(`pipeline.study.leftovers`). Whoever calls rebuilds the ledger at the end (`scrub`), once for many recordings.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from pipeline.study.vault.key_files import KEY_BYTES
from pipeline.study.vault.sealed_records import Stored
from pipeline.study.vault.states import PART_OF, Artifact, Part

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Detail

SILENCED = "silenced"  # in an entry: the source is not any more what was imported


def reseal(
    study: Study,
    recording: str,
    changed: Mapping[Artifact, bytes],
    *,
    removed: Collection[Artifact] = (),
    event: str,
    audit: Detail,
    by: str,
) -> int:
    """Keep other content of a recording under new keys, and nothing under the old; returns the entry's number.

    Each part that holds something changed or removed gets a new key, and all that it seals is sealed anew. Raises
    SealBrokenError for what cannot be opened any more, and the storage errors; nothing is changed then.
    """
    parts = {PART_OF[kind] for kind in (*changed, *removed)}
    keys = {part: secrets.token_bytes(KEY_BYTES) for part in sorted(parts)}
    with study.ledger.transaction():
        held = (Artifact(row.kind) for row in study.rows.artifacts(recording))
        staying = [kind for kind in held if PART_OF[kind] in parts and kind not in removed]
        files = {
            kind.value: _write(study, recording, kind, changed.get(kind), keys[PART_OF[kind]])
            for kind in staying
        }
        old, new = _replace_keys(study, recording, keys)
        if source := files.get(Artifact.SOURCE.value):
            study.vault.write_spare(recording, source.file, study.rows.spare(recording, Part.AUDIO.value))
        detail = {
            **audit,
            "artifacts": {kind: stored.digest for kind, stored in files.items()},
            "keys": new,
            "replaced": old,
            **({"removed": sorted(kind.value for kind in removed)} if removed else {}),
        }
        seq = study.audit.append(event, recording, detail, by=by)
        study.sealed.enter(recording, files, seq)
        for kind in removed:
            _drop(study, recording, kind)
        study.rows.change(recording, audit_seq=seq)
    return seq


def _replace_keys(
    study: Study, recording: str, keys: Mapping[Part, bytes]
) -> tuple[dict[str, str], dict[str, str]]:
    """Put keys in the place of those a recording has; the ids of the old and the new, by part."""
    held = study.rows.key_ids(recording)
    for part, key in keys.items():
        study.rows.drop_key(recording, part.value)
        study.rows.put_key(recording, part.value, key)
    now = study.rows.key_ids(recording)
    names = [part.value for part in keys]
    return {name: held[name] for name in names if name in held}, {name: now[name] for name in names}


def _write(study: Study, recording: str, kind: Artifact, data: bytes | None, key: bytes) -> Stored:
    content: BinaryIO = study.sealed.open(recording, kind) if data is None else io.BytesIO(data)
    with content:
        file, receipt = study.vault.write(recording, kind.value, key, content)
    return Stored(file, receipt.digest, receipt.size)


def _drop(study: Study, recording: str, kind: Artifact) -> None:
    row = study.rows.artifact(recording, kind.value)
    study.rows.drop_artifact(recording, kind.value)
    if row is not None:
        study.ledger.after_commit(partial(study.vault.remove, recording, row.file))


def is_silenced(study: Study, recording: str) -> bool:
    """Whether somebody was taken out of the recording's source."""
    return any(
        entry.facts().get(SILENCED) for entry in study.audit.entries(recording) if SILENCED in entry.detail
    )
