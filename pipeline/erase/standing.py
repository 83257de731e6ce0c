"""How what is to be destroyed stands by the rules of a study: kept, ahead, due, overdue or held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Standing(StrEnum):
    """How something stands today. `held` goes before all others: nothing is destroyed then."""

    HELD = "held"
    KEPT = "kept"
    AHEAD = "ahead"
    DUE = "due"
    OVERDUE = "overdue"


DUE = (Standing.DUE, Standing.OVERDUE)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing of one recording: how it stands, the day that counts (ISO, empty when none does) and the rule.

    `stuck` says why it is not destroyed although it is due: nobody verified it.
    """

    recording: str
    what: str
    standing: Standing
    day: str
    rule: str
    stuck: bool = False

    def __str__(self) -> str:
        words = {
            Standing.HELD: f"held since {self.day}",
            Standing.KEPT: f"kept until {self.day}",
            Standing.AHEAD: f"to be destroyed by {self.day}",
            Standing.DUE: f"due to be destroyed since {self.day}" if self.day else "due to be destroyed",
            Standing.OVERDUE: f"OVERDUE: had to be destroyed by {self.day}",
        }[self.standing]
        ends = "a person ends it with: session-deid close --roster"
        waits = "nobody verified it, so nothing destroys it: review it, or withdraw it"
        stuck = f"; {waits if self.recording else ends}" if self.stuck else ""
        return f"{self.what} {words} ({self.rule}){stuck}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days that count for a recording's sound: not before, when it is due by `destroy_after_days`, not after."""

    first: date | None = None
    wanted: datetime | None = None
    last: date | None = None

    def allows(self, today: date) -> bool:
        """Whether nothing asks for keeping it any longer."""
        return self.first is None or self.first <= today

    def is_due(self, at: datetime) -> bool:
        """Whether a rule asks for its destruction now, and none for keeping it."""
        today = at.astimezone().date()
        asked = (self.wanted is not None and self.wanted <= at) or (
            self.last is not None and self.last <= today
        )
        return asked and self.allows(today)

    def due_on(self) -> date | None:
        """The first day it is due on."""
        asked = [self.last, self.wanted.astimezone().date() if self.wanted else None]
        days = [day for day in asked if day is not None]
        return max([min(days), *([self.first] if self.first else [])]) if days else None
