"""Keeping the two rings of keys complete: what an earlier version wrapped for one is sealed for the other as well.

Done when a study is opened with a key that opens names, in one transaction: killed in the middle of it, all is as it
was, every way still opens what it did, and the next opening does it again. Where the two rings were complete before, a copy
that is missing was deleted from outside: it is made again, since nothing is lost by it, and the audit chain says so.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pipeline.errors import LockedError, SessionDeidError
from pipeline.study.codes import CodeBook, codes_of
from pipeline.study.told import replay
from pipeline.study.vault import faults
from pipeline.study.vault.states import CODES, STUDY_OWNER
from pipeline.study.vault.study_key import Ring

if TYPE_CHECKING:
    from pipeline.study.study import Study

COMPLETED = "rings completed"
RINGS = "rings"  # in the first entry of a study that had them from its first day
REMADE = "analysis ring's copies made again"
UNSCRUBBED = "unscrubbed"  # the mark of the ledger that says deleted keys may still be read in its free pages


def complete_rings(study: Study) -> None:
    """Make what the analysis ring may open openable by it, and close to the identity ring what is over for it.

    What cannot be done now (a full disk, another process) is tried at the next opening; everything stays as it was.
    """
    if study.ledger.readonly or not study.key.opens(Ring.IDENTITY):
        return
    with suppress(SessionDeidError):
        if study.rows.unshared() or study.rows.spent_copies() or _lacks_codes(study):
            with study.ledger.transaction():
                _complete(study)
            faults.moment("rings.completed")
        finish_scrub(study)


def _complete(study: Study) -> None:
    keys, before, told = study.rows.unshared(), had_rings(study), _told_of_codes(study)
    for owner, part in keys:
        study.rows.share(owner, part)
    faults.moment("rings.shared")
    closed = study.rows.drop_spent_copies()
    again = [f"{owner} {part}" for owner, part in keys] if before else []
    again += [f"{STUDY_OWNER} {CODES}"] if told and _lacks_codes(study) else []
    if again:
        study.audit.append(REMADE, detail={"copies": again})
    if closed or not again:
        study.audit.append(COMPLETED, detail={"keys": 0 if before else len(keys), "closed": closed})
    if _lacks_codes(study):
        keep_codes(study, codes_of(study.roster.load()))
    study.ledger.write_mark(UNSCRUBBED, 1)


def had_rings(study: Study) -> bool:
    """Whether the audit chain tells that the study had both rings: then no version before wrapped for one alone."""
    first = study.audit.entry(1)
    made_with = first is not None and RINGS in first.facts()
    return made_with or bool(study.audit.events(COMPLETED)) or _told_of_codes(study)


def _told_of_codes(study: Study) -> bool:
    return (STUDY_OWNER, CODES) in replay(study.audit.naming(CODES)).artifacts


def _lacks_codes(study: Study) -> bool:
    return bool(study.rows.artifact(STUDY_OWNER, "roster") and not study.rows.artifact(STUDY_OWNER, CODES))


def keep_codes(study: Study, codes: CodeBook) -> None:
    """Keep who takes part by code, as the analysis ring may know it."""
    from pipeline.records import to_json

    study.keep_shared(CODES, to_json(codes), event="codes kept")


def close_to_identity(study: Study) -> None:
    """Inside the transaction that says a recording is destroyed: the analysis ring alone opens its transcript now."""
    if study.rows.drop_spent_copies():
        study.ledger.write_mark(UNSCRUBBED, 1)


def finish_scrub(study: Study) -> None:
    """Leave nothing of keys that were deleted; where another process reads just now, the next opening does it."""
    if study.ledger.read_mark(UNSCRUBBED):
        with suppress(LockedError):
            study.ledger.scrub()
            study.ledger.write_mark(UNSCRUBBED, 0)
