"""WebVTT captions: a cue an utterance, the speaker in a voice tag (W3C WebVTT, <v P01>)."""

from __future__ import annotations

from pipeline.export.conventions import DRAFT_MARK, Passage, Sheet
from pipeline.export.document import clock, seconds_to_ms
from pipeline.export.options import ExportOptions


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as WebVTT; the header stands in comments."""
    notes = [DRAFT_MARK] if sheet.draft else []
    notes += [f"{name}: {value}" for name, value in sheet.heading]
    blocks = ["WEBVTT", "NOTE\n" + "\n".join(_comment(note) for note in notes)]
    blocks += [_cue(passage) for passage in sheet.passages]
    return ("\n\n".join(blocks) + "\n").encode("utf-8")


def _cue(passage: Passage) -> str:
    start, end = cue_times(passage)
    return f"{clock(start, digits=3)} --> {clock(end, digits=3)}\n<v {passage.participant}>{escape(passage.text)}"


def cue_times(passage: Passage) -> tuple[float, float]:
    """Start and end in seconds; a cue must last, so at least a millisecond."""
    start, end = seconds_to_ms(passage.start), seconds_to_ms(passage.end)
    return start / 1000, max(end, start + 1) / 1000


def escape(text: str) -> str:
    """Cue text: no tags, no arrow."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _comment(text: str) -> str:
    """A comment may not hold an arrow, which would start a cue."""
    return text.replace("-->", "- ->")
