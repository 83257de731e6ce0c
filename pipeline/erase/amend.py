"""Amend an approved transcript whose recording is destroyed: the next version under a new key, the old one destroyed.

    proposed -> stated by as many people as verify -> amended -> earlier version destroyed

What can be changed, and that nothing comes back, is pipeline.verify.amending's. Killed in between, the next amendment, or the
same command again, finishes it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.erase.participant.versions import Statement, change_approved, change_report
from pipeline.errors import NotAmendedError, StateError
from pipeline.records import to_json
from pipeline.study.approved import AMENDED, Approved, read_approved
from pipeline.study.corrections import Proposal, change_corrections, read_corrections
from pipeline.study.given_out import given_out
from pipeline.study.holds import refuse_held
from pipeline.study.leases import Leases
from pipeline.study.leftovers import clear_leftovers, find_leftovers
from pipeline.study.reopening import check_reason
from pipeline.study.resealing import reseal
from pipeline.study.vault import faults
from pipeline.study.vault.audit import now
from pipeline.study.vault.states import Artifact, State
from pipeline.verify.amending import Edit, MergeLabels, Reassign, TakeOut, amend_utterances
from pipeline.verify.gate import same_person

if TYPE_CHECKING:
    from pipeline.study.study import Study

STATED, CHANGED, CLEARED = "amendment stated", "amended", "earlier version destroyed"


@dataclass(frozen=True, slots=True)
class Look:
    """What an amendment would make of a transcript: its digests, the version, the lines that change, what is out already."""

    recording: str
    before: str
    after: str
    version: int
    lines: tuple[tuple[int, str], ...] = field(repr=False)
    given_out: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = field(default=(), repr=False)
    reason: str = field(default="", repr=False)

    def statement(self) -> str:
        """What a person accepts."""
        many = "1 line" if len(self.lines) == 1 else f"{len(self.lines)} lines"
        return (
            f"I have read the changes to {many} of the approved transcript. They take out, generalise or relabel, and "
            f"put nothing back. The transcript becomes version {self.version}; the version before is destroyed with its "
            "key, and there is no way back."
        )


def look(study: Study, recording: str, edits: Sequence[Edit], reason: str = "") -> Look:
    """What the edits lead to; nothing is changed.

    Raises StateError unless the recording is destroyed and its transcript stands (before that it is reopened),
    DecisionError for edits that do not fit, NotAmendedError for a label that names somebody of the roster, HeldError
    while a hold stands.
    """
    approved = _standing(study, recording)
    refuse_held(study, recording)
    for edit in edits:
        label = (
            edit.other if isinstance(edit, MergeLabels) else edit.label if isinstance(edit, TakeOut) else ""
        )
        if label and study.names.names_someone(label):
            raise NotAmendedError(recording=recording, why="a label names somebody of the roster")
    amended = amend_utterances(approved.utterances, edits)
    after = change_approved(approved, amended.utterances, AMENDED, Statement("", "", ""))
    return Look(
        recording,
        approved.digest,
        after.digest,
        after.version,
        tuple((number, amended.utterances[number - 1].text) for number in amended.lines),
        given_out(study, recording),
        tuple(edits),
        reason,
    )


def _standing(study: Study, recording: str) -> Approved:
    row = study.recording(recording)
    approved = read_approved(study, row.id) if row.state is State.DESTROYED else None
    if approved is None:
        raise StateError(
            recording=row.id, state=row.state.value, wanted="amended (before it is destroyed: reopened)"
        )
    return approved


def proposal_of(study: Study, recording: str) -> Proposal | None:
    """The amendment of a recording that waits for another person, while it still fits."""
    found = [each for each in read_corrections(study).proposals if each.recording == recording]
    approved = read_approved(study, recording) if found else None
    return found[-1] if approved is not None and found[-1].before == approved.digest else None


def amend(study: Study, seen: Look, reviewer: str, *, by: str) -> Approved | None:
    """Keep a person's statement and, once as many made it as the study asks for, make the next version.

    `seen` is what they were shown. Returns None while another person's statement is needed. Raises what `look` raises,
    NotAmendedError when something changed since, when the reason is missing or names somebody, or when one person states it
    twice; ReviewLockedError while somebody holds the recording, LockedError during a destruction.
    """
    reason = " ".join(seen.reason.split())
    with study.lock("destroy"):
        finish_amendments(study, by=by)
        check_reason(study, seen.recording, reason, error=NotAmendedError)
        if not reviewer.strip():
            raise NotAmendedError(recording=seen.recording, why="the name of who states it is missing")
        with study.ledger.transaction():
            Leases(study.ledger, time.time).check_free(seen.recording)
            if replace(seen, reason="") != look(study, seen.recording, seen.edits):
                raise NotAmendedError(
                    recording=seen.recording, why="something changed since it was shown to you"
                )
            study.audit.append(STATED, seen.recording, _facts(study, seen, reason), by=reviewer)
            if not _enough(study, seen):
                _propose(study, seen, reason, by=reviewer)
                return None
            _keep(study, seen, reason, by=reviewer)
        faults.moment("amend.kept")
        finish_amendments(study, by=by)
        return read_approved(study, seen.recording)


def _facts(study: Study, seen: Look, reason: str) -> dict[str, object]:
    return {
        "before": seen.before,
        "after": seen.after,
        "lines": len(seen.lines),
        "reason": reason,
        "statement": seen.statement(),
        "account": study.audit.by,
    }


def _enough(study: Study, seen: Look) -> bool:
    stated = [
        entry
        for entry in study.audit.entries(seen.recording)
        if entry.event == STATED
        and (entry.facts()["before"], entry.facts()["after"]) == (seen.before, seen.after)
    ]
    people: list[str] = []
    for entry in stated:
        if not any(same_person(entry.by, each) for each in people):
            people.append(entry.by)
    needed = study.settings.reviewers
    if len(people) < min(needed, len(stated)):
        why = f"this study asks for {needed} people, and you have stated it already"
        raise NotAmendedError(recording=seen.recording, why=why)
    return len(people) >= needed


def _propose(study: Study, seen: Look, reason: str, *, by: str) -> None:
    proposal = Proposal(
        seen.recording,
        seen.before,
        seen.after,
        reason,
        tuple(e for e in seen.edits if isinstance(e, TakeOut)),
        tuple(e for e in seen.edits if isinstance(e, MergeLabels)),
        tuple(e for e in seen.edits if isinstance(e, Reassign)),
    )
    change_corrections(
        study,
        lambda held: replace(held, proposals=(*held.proposals, proposal)),
        event="amendment proposed",
        by=by,
    )


def _keep(study: Study, seen: Look, reason: str, *, by: str) -> None:
    """The next version, inside the running transaction."""
    before = _standing(study, seen.recording)
    utterances = amend_utterances(before.utterances, seen.edits).utterances
    after = change_approved(before, utterances, AMENDED, Statement(by, now(), seen.statement()))
    changed = {Artifact.APPROVED: to_json(after)}
    if study.has(seen.recording, Artifact.REPORT):
        report = study.artifact(seen.recording, Artifact.REPORT)
        changed[Artifact.REPORT] = change_report(report, before, after, _note(after, seen, reason))
    facts = {
        "before": before.digest,
        "digest": after.digest,
        "version": after.version,
        "lines": len(seen.lines),
    }
    reseal(study, seen.recording, changed, event=CHANGED, audit=facts, by=by)
    change_corrections(study, lambda held: held.proposed_for(seen.recording), event="amendment made", by=by)


def _note(after: Approved, seen: Look, reason: str) -> str:
    change = after.changes[-1]
    return (
        f"Version {after.version}: {change} by {change.by} (lines changed: {len(seen.lines)}; {reason}). The list above is "
        "of the version that was approved."
    )


def finish_amendments(study: Study, *, by: str) -> None:
    """Destroy what is left of earlier versions: their files, and their keys in the ledger's free pages and journal."""
    cleared = max((entry.seq for entry in study.audit.events(CLEARED)), default=0)
    waiting = [entry for entry in study.audit.events(CHANGED) if entry.seq > cleared]
    if not waiting:
        return
    with study.ledger.transaction():
        clear_leftovers(study, find_leftovers(study))
    study.ledger.scrub()
    faults.moment("amend.scrubbed")
    with study.ledger.transaction():
        study.audit.append(CLEARED, waiting[-1].recording, {"versions": len(waiting)}, by=by)
