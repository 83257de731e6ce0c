"""The log of participants who asked to leave: asked when, stated by whom, done when, confirmed to them when.

It follows from the audit chain alone, which holds codes and days, no names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import NotWithdrawableError

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

STATED = "participant withdrawal stated"
BEGUN = "participant withdrawal begun"
LEFT = "participant's words removed"
COPIES_REMOVED = "copies of the label map without a participant"
FORGOTTEN = "participant forgotten"
DONE = "participant withdrawn"
CONFIRMED = "participant withdrawal confirmed"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: the participant's code, the days, who stated it, and the number of the entry that began it (0 while
    another person's statement is needed). `file` is the certificate's name without its ending."""

    participant: str
    asked: str
    recordings: tuple[str, ...]
    everything: bool
    rule: str
    stated: tuple[tuple[str, str], ...]
    begun: int = 0
    done: str = ""
    confirmed: str = ""
    file: str = ""


def all_requests(study: Study, participant: str = "") -> tuple[Request, ...]:
    """Every request in order, or those of one participant."""
    ends = {entry.facts()["request"]: entry for entry in study.audit.events(DONE)}
    letters = {entry.facts()["request"]: entry for entry in study.audit.events(CONFIRMED)}
    begun = [
        _begun(study, entry, ends.get(entry.seq), letters.get(entry.seq))
        for entry in study.audit.events(BEGUN)
    ]
    waiting = [_waiting(study, code) for code in _codes_waiting(study)]
    found = (*begun, *(each for each in waiting if each is not None))
    return tuple(each for each in found if participant in ("", each.participant))


def _begun(study: Study, entry: Entry, end: Entry | None, letter: Entry | None) -> Request:
    facts = entry.facts()
    stated = [e for e in statements(study, str(facts["participant"]), before=entry.seq) if same(e, entry)]
    return Request(
        str(facts["participant"]),
        str(facts["asked"]),
        _texts(facts["recordings"]),
        bool(facts["everything"]),
        str(facts["rule"]),
        tuple((each.by, each.at) for each in stated),
        entry.seq,
        end.at if end else "",
        str(letter.facts()["on"]) if letter else "",
        str(end.facts()["name"]) if end else "",
    )


def _codes_waiting(study: Study) -> list[str]:
    return list(dict.fromkeys(str(entry.facts()["participant"]) for entry in study.audit.events(STATED)))


def _waiting(study: Study, code: str) -> Request | None:
    """What somebody stated and nothing was begun of yet."""
    newest = [e.seq for e in study.audit.events(BEGUN) if e.facts()["participant"] == code]
    stated = [e for e in statements(study, code) if e.seq > (newest[-1] if newest else 0)]
    if not stated:
        return None
    facts = stated[-1].facts()
    same_ones = [each for each in stated if same(each, stated[-1])]
    return Request(
        code,
        str(facts["asked"]),
        _texts(facts["recordings"]),
        bool(facts["everything"]),
        str(facts["rule"]),
        tuple((each.by, each.at) for each in same_ones),
    )


def statements(study: Study, code: str, *, before: int = 0) -> Sequence[Entry]:
    """The statements made of a participant's withdrawal that no begun one used yet, in order (before an entry)."""
    begun = [e.seq for e in study.audit.events(BEGUN) if e.facts()["participant"] == code]
    after = max((seq for seq in begun if not before or seq < before), default=0)
    return [
        entry
        for entry in study.audit.events(STATED)
        if entry.facts()["participant"] == code and entry.seq > after and (not before or entry.seq < before)
    ]


def same(one: Entry, other: Entry) -> bool:
    """Whether two entries are of the same: recordings, rule, and what was shown would be lost."""
    return all(
        one.facts().get(n) == other.facts().get(n) for n in ("recordings", "everything", "rule", "seen")
    )


def traces_label(event: str, participant: str, recording: str) -> str:
    """What is to be looked for after a step of a request is kept under this name."""
    where = f"{recording} labels" if event == COPIES_REMOVED else recording or "study"
    return f"{participant} {where}"


def unfinished(study: Study, participant: str) -> Request | None:
    """The request of a participant that was begun and is not done."""
    return next((each for each in all_requests(study, participant) if each.begun and not each.done), None)


def confirm(study: Study, participant: str, on: str, *, by: str) -> Request:
    """Note that the newest request that was done was confirmed to the participant on a day (ISO).

    Raises NotWithdrawableError when there is none.
    """
    with study.ledger.transaction():
        done = [each for each in all_requests(study, participant) if each.done]
        if not done:
            raise NotWithdrawableError(recording=participant, why="nothing of theirs was withdrawn yet")
        facts = {"participant": participant, "request": done[-1].begun, "on": on}
        study.audit.append(CONFIRMED, "", facts, by=by)
    return next(each for each in all_requests(study, participant) if each.begun == done[-1].begun)


def left_since(study: Study) -> dict[str, str]:
    """The participants whose withdrawal of everything was begun, each with the first day it was asked on (ISO)."""
    found: dict[str, str] = {}
    for each in all_requests(study):
        if each.begun and each.everything:
            found[each.participant] = min(each.asked, found.get(each.participant, each.asked))
    return found


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
