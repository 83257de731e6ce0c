"""What is constant in a study besides labels: the dates' shift, and realistic surrogates."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from pipeline.deidentify.labels import Labeller
from pipeline.records import Roster, Span

_SHIFT, _DAYS = "date-shift", "days"
_MOST_WEEKS = 52


class StandIns:
    """Surrogates for one transcript, kept in the study's label map so that they stay the same."""

    def __init__(
        self, style: str, labeller: Labeller, roster: Roster | None = None, said: Sequence[str] = ()
    ) -> None:
        self._style = style
        self._labeller = labeller
        self._roster = roster
        self._said = said

    def days(self) -> int:
        """The study's shift of dates: whole weeks, so that weekdays stay, never zero; made at first use."""
        kept = self._labeller.recalled(_SHIFT).get(_DAYS)
        if kept is None:
            weeks = (1 + secrets.randbelow(_MOST_WEEKS)) * secrets.choice((-1, 1))
            kept = str(7 * weeks)
            self._labeller.remember(_SHIFT, _DAYS, kept)
        return int(kept)

    def for_span(self, span: Span, key: str, label: str) -> str:
        """The surrogate of a span, or "" where it gets a label."""
        return ""
