"""What participants sent back about their transcripts, and amendments that wait for a second person: sealed.

A correction may identify somebody, so it lies in a record with a key of its own (`corrections`). Its life stands in the audit
chain without its words: entered when and by whom, settled how. `close --roster` destroys the record; what a
participant sent goes when they withdraw, what was sent about a recording when that is withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from pipeline.errors import CorrectionError
from pipeline.records import from_json, to_json
from pipeline.verify.amending import MergeLabels, Reassign, TakeOut

if TYPE_CHECKING:
    from pipeline.study.study import Study

RECORD = "corrections"
ENTERED, SETTLED = "correction entered", "correction settled"
MOST_CHARACTERS = 4000
How = Literal["", "amended", "noted", "declined"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One message: its number, of whom (code), about which recording, the day it came (ISO), and its words.

    `settled`: amended (the transcript was put right), noted (it stands beside the transcript) or declined; empty while
    open.
    """

    number: int
    participant: str
    recording: str
    day: str
    text: str = field(repr=False)
    settled: How = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An amendment one person stated, of a transcript by its digest, while another's statement is needed."""

    recording: str
    before: str
    after: str
    reason: str = field(repr=False)
    take_out: tuple[TakeOut, ...] = ()
    merge: tuple[MergeLabels, ...] = ()
    reassign: tuple[Reassign, ...] = ()

    @property
    def edits(self) -> tuple[TakeOut | MergeLabels | Reassign, ...]:
        """All of them."""
        return (*self.take_out, *self.merge, *self.reassign)


@dataclass(frozen=True, slots=True)
class Corrections:
    """All of a study, in order."""

    corrections: tuple[Correction, ...] = field(default=(), repr=False)
    proposals: tuple[Proposal, ...] = field(default=(), repr=False)

    def without(self, *, participant: str = "", recording: str = "") -> Corrections:
        """This without what one participant sent, or what is about a recording."""
        return Corrections(
            tuple(
                each
                for each in self.corrections
                if not (each.participant == participant or each.recording == recording)
            ),
            tuple(each for each in self.proposals if each.recording != recording),
        )

    def proposed_for(self, recording: str) -> Corrections:
        """This without the amendments of a recording that waited."""
        return replace(self, proposals=tuple(each for each in self.proposals if each.recording != recording))


def read_corrections(study: Study) -> Corrections:
    """Everything that was sent; raises SealBrokenError."""
    data = study.read_shared(RECORD)
    return from_json(Corrections, data) if data else Corrections()


def change_corrections(
    study: Study, change: Callable[[Corrections], Corrections], *, event: str, by: str
) -> None:
    """Keep the record changed, where it changes, inside the running transaction or one of its own."""
    held = read_corrections(study)
    if (after := change(held)) != held:
        study.keep_shared(RECORD, to_json(after), event=event, by=by)


def enter(study: Study, recording: str, participant: str, text: str, *, day: str, by: str) -> Correction:
    """Keep what a participant sent about a recording; raises CorrectionError for an empty or too long one, or a code that
    does not look like one."""
    from pipeline.study.roster import CODE

    text, participant = text.strip(), participant.strip().upper()
    if not text or len(text) > MOST_CHARACTERS:
        raise CorrectionError(why=f"a correction has between 1 and {MOST_CHARACTERS} characters")
    if not CODE.match(participant):
        raise CorrectionError(why="a participant's code looks like P01")
    with study.ledger.transaction():
        row = study.recording(recording)
        seq = study.audit.append(ENTERED, row.id, {"participant": participant, "day": day}, by=by)
        new = Correction(seq, participant, row.id, day, text)
        change_corrections(
            study,
            lambda held: replace(held, corrections=(*held.corrections, new)),
            event="corrections kept",
            by=by,
        )
    return new


def settle(study: Study, number: int, how: How, *, by: str) -> Correction:
    """Say what became of a correction; raises CorrectionError when there is none of this number that is open."""
    with study.ledger.transaction():
        found = next((c for c in read_corrections(study).corrections if c.number == number), None)
        if found is None or found.settled or not how:
            raise CorrectionError(why=f"there is no open correction {number}")
        done = replace(found, settled=how)
        study.audit.append(SETTLED, found.recording, {"correction": number, "how": how}, by=by)
        change_corrections(
            study,
            lambda held: replace(
                held, corrections=tuple(done if c.number == number else c for c in held.corrections)
            ),
            event="corrections kept",
            by=by,
        )
    return done
