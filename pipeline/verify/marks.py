"""Words and identifiers of a line under review: where each stands, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pipeline.records import Action, Evidence, Tier

Verdict = Literal["", "accepted", "rejected"]
# Below this a word is more guessed than heard, and a name among such words may be misheard.
FAINT_PROBABILITY = 0.4


@dataclass(frozen=True, slots=True)
class Token:
    """One word's place in its line's text (characters) and in the sound (seconds).

    `typed`: a person wrote it in the review. `without_hint` as of pipeline.records.Word.
    """

    start_char: int
    end_char: int
    start: float
    end: float
    probability: float = 1.0
    typed: bool = False
    without_hint: str | None = field(default=None, repr=False)

    @property
    def faint(self) -> bool:
        """True when the recogniser was not sure of the word."""
        return self.probability < FAINT_PROBABILITY


@dataclass(frozen=True, slots=True)
class Mark:
    """An identifier in a line: where, what class, what stands in its place, what was decided."""

    id: str
    start_char: int
    end_char: int
    type: str
    tier: Tier
    score: float
    found_by: str
    action: Action
    replacement: str
    uncertain: bool = False
    reason: str = ""
    verdict: Verdict = ""
    by: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def hides(self) -> bool:
        """True when the replacement stands in the transcript and the words do not."""
        return (
            bool(self.replacement) and self.verdict != "rejected" and self.action in ("remove", "generalise")
        )

    @property
    def open(self) -> bool:
        """True while a person has to decide on it."""
        return self.uncertain and not self.verdict
