"""Keeping the two rings of keys complete: what an earlier version wrapped for one is sealed for the other as well.

Done when a study is opened with a key that opens names, in one transaction: killed in the middle of it, all is as it
was, every way still opens what it did, and the next opening does it again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pipeline.errors import LockedError, SessionDeidError
from pipeline.study.codes import CodeBook, codes_of
from pipeline.study.vault import faults
from pipeline.study.vault.states import CODES, STUDY_OWNER
from pipeline.study.vault.study_key import Ring

if TYPE_CHECKING:
    from pipeline.study.study import Study

COMPLETED = "rings completed"
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
    keys = study.rows.unshared()
    for owner, part in keys:
        study.rows.share(owner, part)
    faults.moment("rings.shared")
    closed = study.rows.drop_spent_copies()
    study.audit.append(COMPLETED, detail={"keys": len(keys), "closed": closed})
    if _lacks_codes(study):
        keep_codes(study, codes_of(study.roster.load()))
    study.ledger.write_mark(UNSCRUBBED, 1)


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
