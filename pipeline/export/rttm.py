"""RTTM: who spoke when, without words (NIST Rich Transcription, SPEAKER lines).

The orthography field, "<NA>" on SPEAKER lines, says "draft" in a draft: comments would break
common readers.
"""

from __future__ import annotations

import re

from pipeline.export.conventions import Passage, Sheet
from pipeline.export.options import ExportOptions
from pipeline.export.vtt import cue_times


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The turns as RTTM; times are seconds to the millisecond."""
    name = re.sub(r"\s+", "_", sheet.recording) or "recording"
    note = "draft" if sheet.draft else "<NA>"
    return "".join(_line(name, note, passage) for passage in sheet.passages).encode("utf-8")


def _line(name: str, note: str, passage: Passage) -> str:
    start, end = cue_times(passage)
    return f"SPEAKER {name} 1 {start:.3f} {end - start:.3f} {note} <NA> {passage.participant} <NA> <NA>\n"
