"""Withdrawals: why a recording is destroyed without a verified transcript, who stated it, and their sealed notes.

Statements stand in the audit chain, signed, as verifications do. A note may identify somebody, so it is sealed
(`withdrawals`, with a key of its own); `close --roster` destroys it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.records import from_json, to_json

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

STATED, WITHDRAWAL_BEGUN = "withdrawal stated", "withdrawal begun"
RECORD = "withdrawals"


class Reason(StrEnum):
    """Why a recording is withdrawn."""

    UNUSABLE = "unusable"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    NOT_OF_THIS_STUDY = "not-of-this-study"

    @property
    def meaning(self) -> str:
        """What a person states by it."""
        return _MEANINGS[self]

    @property
    def keeps_name(self) -> bool:
        """Whether the file's name stays on record: it may name who withdrew, or another study's people."""
        return self is Reason.UNUSABLE


_MEANINGS = {
    Reason.UNUSABLE: "No usable transcript can be made of it: it is damaged, silent, or holds no speech to work with.",
    Reason.CONSENT_WITHDRAWN: "Consent to use it was withdrawn.",
    Reason.NOT_OF_THIS_STUDY: "It does not belong to this study.",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What a person added to their statement (the audit entry of this number), in their own words."""

    statement: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Notes:
    """All notes of a study, in order."""

    notes: tuple[Note, ...] = field(default=(), repr=False)


def read_notes(study: Study) -> tuple[Note, ...]:
    """The study's notes; raises SealBrokenError."""
    data = study.read_shared(RECORD)
    return from_json(Notes, data).notes if data else ()


def add_note(study: Study, note: Note, *, by: str) -> None:
    """Keep one more note, inside the running transaction."""
    notes = Notes((*read_notes(study), note))
    study.keep_shared(RECORD, to_json(notes), event="withdrawal note kept", by=by)


def statements(study: Study, recording: str) -> Sequence[Entry]:
    """Who stated a recording's withdrawal, in order: those of the last reason and state given."""
    stated = [entry for entry in study.audit.entries(recording) if entry.event == STATED]
    return [entry for entry in stated if same_statement(entry, stated[-1])]


def same_statement(one: Entry, other: Entry) -> bool:
    """Whether two people stated the same of the same: reason, state, and how far its review had come."""
    return all(one.facts().get(name) == other.facts().get(name) for name in ("reason", "was", "decisions"))
