"""What a participant agreed to, each with the day it was said on, and how a roster's cells say it.

Where nobody of a roster has an answer of a kind, the study does not keep that kind, and nothing follows from it. Where
somebody has, a missing answer is no agreement: silence is not consent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipeline.records import Agreement, Consent, Roster

KINDS = ("recording", "quotation", "archiving", "voiceprint")
ANSWERS = ("yes", "no")


def read_cell(text: str) -> Agreement:
    """An answer as a cell holds it: yes, no, "yes 2026-03-01"; empty when it was not asked. Raises ValueError."""
    words = text.lower().split()
    if not words:
        return Agreement()
    try:
        day = date.fromisoformat(words[1]).isoformat() if len(words) == 2 else ""
    except ValueError:
        day = None  # Python's words hold the value
    if words[0] not in ANSWERS or len(words) > 2 or day is None:
        raise ValueError("must be yes or no, with a day where it is known: yes 2026-03-01")
    return Agreement(words[0], day)


def write_cell(agreement: Agreement) -> str:
    """An answer as `read_cell` reads it."""
    return f"{agreement.answer} {agreement.on}".strip()


def joined(before: Consent, after: Consent) -> Consent:
    """Answers given since over those there were; one that was not given again stays."""
    given = {kind: found for kind in KINDS if (found := getattr(after, kind)).answer}
    return replace(before, **given)


def is_kept(roster: Roster, kind: str) -> bool:
    """Whether the study keeps who agreed to this."""
    return any(getattr(person.consent, kind).answer for person in roster.people)


def agreed(roster: Roster, code: str, kind: str) -> bool | None:
    """Whether somebody agreed; None where the study does not keep it.

    Who did not agree to be recorded agreed to nothing that is done with the recording.
    """
    if not is_kept(roster, kind) and not is_kept(roster, "recording"):
        return None
    person = next((each for each in roster.people if each.code == code), None)
    consent = person.consent if person is not None else Consent()
    if consent.recording.answer == "no":
        return False
    if not is_kept(roster, kind):
        return None
    return bool(getattr(consent, kind).answer == "yes")
