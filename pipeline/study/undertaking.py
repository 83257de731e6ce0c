"""The undertaking of confidentiality: accepted once by everybody who hears or reads what was said, before they do.

Its text is study.toml's. An acceptance is a signed entry of the audit chain with the text's digest; a changed text is
accepted anew.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pipeline.errors import UndertakingError
from pipeline.verify.gate import same_person

if TYPE_CHECKING:
    from pipeline.study.study import Study

ACCEPTED = "undertaking accepted"


def text_of(study: Study) -> str:
    """The study's undertaking; empty when it has none."""
    return study.settings.undertaking.strip()


def has_accepted(study: Study, person: str) -> bool:
    """Whether somebody accepted the text as it stands; true where the study has none."""
    text = text_of(study)
    if not text:
        return True
    digest = _digest(text)
    return any(
        entry.facts().get("digest") == digest
        and (same_person(entry.by, person) or same_person(str(entry.facts().get("at_page_of", "")), person))
        for entry in study.audit.events(ACCEPTED)
    )


def accept(study: Study, person: str, *, at_page_of: str = "") -> None:
    """Note that somebody accepted the undertaking, once. `at_page_of`: whom the page was opened for.

    Raises UndertakingError for no name.
    """
    if not person.strip():
        raise UndertakingError(person="Nobody")
    if has_accepted(study, person) and has_accepted(study, at_page_of or person):
        return
    text = text_of(study)
    facts = {"digest": _digest(text), "statement": text, "account": study.audit.by}
    page = {"at_page_of": at_page_of} if at_page_of else {}
    with study.ledger.transaction():
        study.audit.append(ACCEPTED, detail={**facts, **page}, by=person.strip())


def require(study: Study, person: str) -> None:
    """Raise UndertakingError unless somebody accepted the study's undertaking."""
    if not has_accepted(study, person):
        raise UndertakingError(person=person)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
