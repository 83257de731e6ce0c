"""`audit verify`: the chain itself, and whether the ledger says what the chain says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.errors import AuditBrokenError
from pipeline.study.audit import Entry
from pipeline.study.study import STUDY_OWNER, Study


@dataclass(frozen=True, slots=True)
class Checked:
    """A chain that holds: how many entries, the newest hash, entries before which the clock was set back."""

    entries: int
    head: str
    clock_went_back: tuple[int, ...] = ()


@dataclass
class _Told:
    """What the chain says of the ledger's present content."""

    state: dict[str, tuple[int, str]] = field(default_factory=dict)
    artifacts: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    removed: set[tuple[str, str]] = field(default_factory=set)


def check_study(study: Study) -> Checked:
    """Check everything; raises AuditBrokenError (naming the first bad entry) or LedgerError."""
    study.ledger.check()
    count = study.audit.verify()
    entries = list(study.audit.entries())
    told = replay(entries)
    _check_recordings(study, told)
    _check_artifacts(study, told)
    back = tuple(b.seq for a, b in pairwise(entries) if b.at < a.at)
    return Checked(count, entries[-1].hash if entries else "", back)


def replay(entries: Iterable[Entry]) -> _Told:
    """The states and artifacts the chain's entries lead to."""
    told = _Told()
    for entry in entries:
        facts = entry.facts()
        if "state" in facts:
            told.state[entry.recording] = (entry.seq, str(facts["state"]))
        for owner, part in ((entry.recording, "artifacts"), (STUDY_OWNER, "shared")):
            digests = facts.get(part)
            for kind, digest in digests.items() if isinstance(digests, dict) else ():
                told.artifacts[owner, kind] = (entry.seq, str(digest))
        for name in facts.get("removed", ()) if isinstance(facts.get("removed"), list) else ():  # type: ignore[attr-defined]
            owner = entry.recording or STUDY_OWNER
            told.artifacts.pop((owner, str(name)), None)
    return told


def _check_recordings(study: Study, told: _Told) -> None:
    seen = set()
    for row in study.rows.recordings():
        seen.add(row.id)
        seq, state = told.state.get(row.id, (0, ""))
        if not seq:
            raise AuditBrokenError(why=f"no entry tells of the recording {row.id}")
        if state != row.state.value:
            raise AuditBrokenError(
                why=f"the ledger says {row.id} is {row.state.value}, entry {seq} says it is {state}"
            )
    if missing := sorted(set(told.state) - seen):
        raise AuditBrokenError(
            why=f"entry {told.state[missing[0]][0]} tells of {missing[0]}, the ledger does not"
        )


def _check_artifacts(study: Study, told: _Told) -> None:
    standing = {
        (row.owner, row.kind): row for owner in study.rows.owners() for row in study.rows.artifacts(owner)
    }
    for place, row in standing.items():
        seq, digest = told.artifacts.get(place, (0, ""))
        if digest != row.digest:
            where = f"entry {seq} tells of another" if seq else "no entry tells of it"
            raise AuditBrokenError(why=f"the ledger's {row.kind} of {row.owner}: {where}")
    if missing := sorted(set(told.artifacts) - set(standing)):
        seq = told.artifacts[missing[0]][0]
        raise AuditBrokenError(
            why=f"entry {seq} tells of {missing[0][0]}'s {missing[0][1]}, the ledger does not"
        )
