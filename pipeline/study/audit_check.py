"""`audit verify`: the chain itself, and whether the ledger says what the chain says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.errors import AuditBrokenError, SealBrokenError
from pipeline.study.evidence import NAMES, certificate_files
from pipeline.study.leftovers import find_leftovers, refuse_unknown
from pipeline.study.rings import REMADE, had_rings
from pipeline.study.study import Study
from pipeline.study.told import BEGUN, Told, replay
from pipeline.study.vault.audit import Entry
from pipeline.study.vault.states import STUDY_OWNER, State
from pipeline.study.vault.study_key import Ring


@dataclass(frozen=True, slots=True)
class Checked:
    """A chain that holds: how many entries, the newest hash, entries before which the clock was set back, and the ring
    whose keys could not be unwrapped, since the key given does not open it. `made_again`: entries that tell of copies of
    keys that had been deleted from outside, each with whose they are."""

    entries: int
    head: str
    clock_went_back: tuple[int, ...] = ()
    not_opened: tuple[str, ...] = ()
    made_again: tuple[tuple[int, str], ...] = ()


def check_study(study: Study) -> Checked:
    """Check everything: chain, states, keys, sealed files.

    Raises AuditBrokenError (naming the first bad entry), LedgerError, SealBrokenError, or UnknownSealedError.
    """
    study.ledger.check()
    count = study.audit.verify()
    entries = list(study.audit.entries())
    told = replay(entries)
    _check_recordings(study, told)
    _check_keys(study, told)
    _check_shared_keys(study, told)
    study.rows.check_keys()
    _check_analysis_copies(study)
    _check_artifacts(study, told)
    _check_traces(study, entries)
    _check_certificates(study, entries)
    _check_files(study)
    refuse_unknown(find_leftovers(study).unknown)
    back = tuple(b.seq for a, b in pairwise(entries) if b.at < a.at)
    closed = tuple(sorted(ring.value for ring in Ring.BOTH.opens - study.key.ring.opens))
    return Checked(count, entries[-1].hash if entries else "", back, closed, tuple(_made_again(entries)))


def _made_again(entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    for entry in entries:
        copies = entry.facts().get("copies") if entry.event == REMADE else None
        if isinstance(copies, list):
            yield entry.seq, ", ".join(map(str, copies))


def _check_analysis_copies(study: Study) -> None:
    """The analysis ring opens all that is for it; a key that opens names would have made what is missing again."""
    if (lacking := study.rows.unshared()) and had_rings(study):
        raise AuditBrokenError(
            why=f"the copy of a key of {lacking[0][0]} by which the analysis ring opens it is gone from the ledger"
        )


def _check_keys(study: Study, told: Told) -> None:
    """Each recording has the keys it was sealed with, and none that was destroyed."""
    for row in study.rows.recordings():
        sealed, keys = told.keys.get(row.id, (0, {}))
        begun, going = told.going.get(row.id, (0, {}))
        held = study.rows.key_ids(row.id)
        if back := set(held.values()) & set(told.replaced.get(row.id, {})):
            raise AuditBrokenError(
                why=f"the ledger holds a key of {row.id} that was destroyed by entry {told.replaced[row.id][back.pop()]} "
                "(put back from a backup)"
            )
        if lost := sorted(set(keys.items()) - set(going.items()) - set(held.items())):
            raise AuditBrokenError(
                why=f"entry {sealed} tells of {row.id}'s key for its {lost[0][0]}, the ledger does not hold it"
            )
        done = row.state in (State.DESTROYED, State.WITHDRAWN)
        if done and set(held.items()) & set(going.items()):
            raise AuditBrokenError(
                why=f"the ledger holds a key of {row.id} that was destroyed by entry {begun} (put back from a backup)"
            )


def _check_traces(study: Study, entries: Iterable[Entry]) -> None:
    """What to look for of a recording whose destruction has begun is kept until it is destroyed."""
    begun = {e.recording: (e.seq, e.facts().get("traces")) for e in entries if e.event in BEGUN}
    for row in study.rows.recordings((State.DESTROYING, State.WITHDRAWING)):
        seq, digest = begun.get(row.id, (0, None))
        kept = study.ledger.query("SELECT sealed FROM traces WHERE recording = ?", row.id)
        if digest and (not kept or hashlib.sha256(bytes(kept[0][0])).hexdigest() != digest):
            raise AuditBrokenError(
                why=f"what entry {seq} noted to look for of {row.id} is gone or was changed"
            )


def _check_certificates(study: Study, entries: Iterable[Entry]) -> None:
    """Every certificate and page is there, and the one the chain tells of."""
    for entry in entries:
        if entry.event in NAMES:
            list(certificate_files(study, entry))


def _check_shared_keys(study: Study, told: Told) -> None:
    """Each study-wide record has the key it was sealed with, and what was destroyed has none."""
    held = study.rows.key_ids(STUDY_OWNER)
    standing = {name: seq for (owner, name), (seq, _) in told.artifacts.items() if owner == STUDY_OWNER}
    for name, seq in standing.items():
        if name not in held or held[name] != told.shared_keys.get(name, held[name]):
            raise AuditBrokenError(
                why=f"entry {seq} tells of the study's {name}, the ledger does not hold the key for it"
            )
    if strange := sorted(set(held) - set(standing)):
        raise AuditBrokenError(
            why=f"the ledger holds a key of the study's {strange[0]}, which was destroyed or never told of"
        )


def _check_files(study: Study) -> None:
    """Every sealed file the ledger stands for is there, as long as it should be; its content is checked when it
    is opened, since reading all of a large study takes hours. Raises SealBrokenError."""
    destroying = {row.id for row in study.rows.recordings((State.DESTROYING, State.WITHDRAWING))}
    for owner in study.rows.owners():
        for row in study.rows.artifacts(owner) if owner not in destroying else ():
            path = study.vault.path(owner, row.file)
            if not path.is_file():
                raise SealBrokenError(file=study.vault.binding(owner, row.kind), why="it is missing")
            if path.stat().st_size != row.size:
                raise SealBrokenError(
                    file=study.vault.binding(owner, row.kind), why="its length is not right"
                )


def _check_recordings(study: Study, told: Told) -> None:
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


def _check_artifacts(study: Study, told: Told) -> None:
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
