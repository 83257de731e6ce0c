"""Text as the import dialogs of NVivo, ATLAS.ti and MAXQDA read it.

Sources: NVivo help, "Import transcripts" (tab-delimited rows of timespan, content, speaker);
MAXQDA manual, "Focus Group Transcripts" (a paragraph a contribution, the name and a colon first,
nothing with a colon before; f4 time stamps); ATLAS.ti manual, "Guidelines for Preparing Focus
Group Data" (pattern "@name:"), with the same f4 time stamps.
"""

from __future__ import annotations

from pipeline.export.conventions import DRAFT_MARK, Passage, Sheet
from pipeline.export.document import clock
from pipeline.export.options import ExportOptions


def render_nvivo(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """Rows of timespan, content and speaker, with tabs; UTF-8 with a byte order mark."""
    rows = [("Timespan", "Content", "Speaker")]
    if sheet.draft:
        rows.append(("00:00:00.0-00:00:00.0", DRAFT_MARK, "DRAFT"))
    rows += [(_timespan(p), p.text, p.participant) for p in sheet.passages]
    return "".join("\t".join(row) + "\r\n" for row in rows).encode("utf-8-sig")


def render_atlasti(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """A paragraph a contribution: `@P01: words #00:00:12-3#`."""
    return _paragraphs(sheet, speaker="@{}:")


def render_maxqda(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """A paragraph a contribution: `P01: words #00:00:12-3#`."""
    return _paragraphs(sheet, speaker="{}:")


def _paragraphs(sheet: Sheet, *, speaker: str) -> bytes:
    """Header without a colon (a colon would make a speaker of it), then the contributions."""
    people = ", ".join(p.code for p in sheet.participants)
    head = [DRAFT_MARK if sheet.draft else "", sheet.title, people and f"Participants {people}"]
    lines = [line.replace(":", "") for line in head if line]
    latest = 0.0
    for passage in sheet.passages:
        latest = max(latest, passage.end)
        stamp = f"#{clock(latest, digits=1, mark='-')}#"
        lines.append(f"{speaker.format(passage.participant)} {passage.text} {stamp}")
    return ("\n\n".join(lines) + "\n").encode("utf-8-sig")


def _timespan(passage: Passage) -> str:
    return f"{clock(passage.start, digits=1)}-{clock(passage.end, digits=1)}"
