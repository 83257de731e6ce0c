"""What left the vault: noted in the audit chain before it goes, and told from there, since nothing calls it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.export.document import ExportDocument
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

EXPORTED = "exported"


def note_export(
    study: Study,
    exported: Iterable[ExportDocument],
    formats: Iterable[str],
    *,
    draft: bool,
    participant: str = "",
    to: str = "",
) -> bool:
    """Note in the audit chain what is about to be written: what was given out cannot be called back.

    `participant` is the code of whose copy it is; `to` says who or what it is given to, and names nobody of the roster.

    Returns whether that could be done: a study on a read-only disk can be exported from, and not written to.
    """
    if study.ledger.readonly:
        return False
    with study.ledger.transaction():
        for document in exported:
            whose = {"participant": participant} if participant else {}
            facts = {
                "formats": list(formats),
                "draft": draft and document.draft,
                **whose,
                **({"to": to} if to else {}),
            }
            study.audit.append(EXPORTED, document.id, facts)
    return True


def given_out(study: Study, recording: str) -> tuple[str, ...]:
    """What of a recording left the vault, as far as it is on record: exports, and its sound by `unseal`."""
    entries = [entry for entry in study.audit.entries(recording) if entry.event in (EXPORTED, "unsealed")]
    return tuple(f"{e.at[:10]}, by {e.by}: {_what(e)}" for e in entries)


def _what(entry: Entry) -> str:
    if entry.event == "unsealed":
        return "its sound written to a plain file"
    facts = entry.facts()
    formats = facts["formats"]
    kinds = ", ".join(map(str, formats)) if isinstance(formats, list) else ""
    whose = f" (the copy of {facts['participant']}, others' words closed)" if "participant" in facts else ""
    where = f", to {facts['to']}" if "to" in facts else ""
    return f"{'draft' if facts['draft'] else 'transcript'} exported as {kinds}{whose}{where}"
