"""What de-identification leaves of a transcript, by its own code, where a test says what is found.

Rows of the label map, replacements and questions are never written by hand: two rooms would then agree in the
tests alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.deidentify import redact
from pipeline.records import LabelMap, Redaction, Roster, Span, Utterance
from tests.deidentify.fakes import NoSecondLook


@dataclass(frozen=True)
class Told:
    """A detector that finds what it was told to."""

    finds: tuple[Span, ...]

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        return self.finds


def redact_finds(
    utterances: Sequence[Utterance],
    finds: Sequence[Span],
    *,
    roster: Roster | None = None,
    labels: LabelMap | None = None,
) -> Redaction:
    """The redaction of a transcript in which exactly these spans are found."""
    deidentifier = redact.load(detector=Told(tuple(finds)), second_look=NoSecondLook())
    return deidentifier.redact(utterances, roster=roster, labels=labels)
