"""What a detector of identifiers gives back, in whatever language."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.records import Span


@dataclass(frozen=True)
class Findings:
    """Spans to act on, and doubtful ones that did not reach the threshold (for the risk queue)."""

    spans: tuple[Span, ...] = field(repr=False)
    doubtful: tuple[Span, ...] = field(default=(), repr=False)
