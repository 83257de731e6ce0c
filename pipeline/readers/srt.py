"""SubRip: see pipeline.readers.cues."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.readers import cues


def read(text: str, path: Path, notes: Sequence[str] = ()) -> cues.CueLayout:
    """Read SubRip; raises TranscriptFormatError with the line's number where something cannot be read."""
    return cues.read(text, path, notes, is_vtt=False)
