"""SubRip captions: numbered cues, `P01: words`. A draft says so in a first cue, as SRT has no comments."""

from __future__ import annotations

from pipeline.export.conventions import DRAFT_MARK, Sheet
from pipeline.export.document import clock
from pipeline.export.options import ExportOptions
from pipeline.export.vtt import cue_times

_DRAFT_CUE_S = 3.0


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as UTF-8 SubRip."""
    cues = [(0.0, _DRAFT_CUE_S, DRAFT_MARK)] if sheet.draft else []
    cues += [(*cue_times(p), f"{p.participant}: {p.text}") for p in sheet.passages]
    return "".join(_block(number, *cue) for number, cue in enumerate(cues, start=1)).encode("utf-8")


def _block(number: int, start: float, end: float, text: str) -> str:
    return f"{number}\n{clock(start, digits=3, mark=',')} --> {clock(end, digits=3, mark=',')}\n{text}\n\n"
