"""What a detector of identifiers gives back, in whatever language."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.records import Span


@dataclass(frozen=True)
class Findings:
    """Spans with their scores, none overlapping another, and places that may stay, with the reason (action "keep")."""

    spans: tuple[Span, ...] = field(repr=False)
    kept: tuple[Span, ...] = field(default=(), repr=False)
