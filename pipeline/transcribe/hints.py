"""Names, sites and study words that make the recogniser listen for them."""

from __future__ import annotations

from collections.abc import Sequence

HINT_LIMIT = 60  # Whisper reads at most 224 tokens of prompt; a rare name takes three or four


def as_prompt(hints: Sequence[str]) -> str:
    """The hints as the text Whisper believes was just said; empty when there are none."""
    unique = dict.fromkeys(hint.strip() for hint in hints if hint.strip())
    return ", ".join(list(unique)[:HINT_LIMIT])
