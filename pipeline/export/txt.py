"""Plain text for people: a header, then `P01  [00:01:23]  words`, a blank line between speakers."""

from __future__ import annotations

from pipeline.export.conventions import DRAFT_MARK, Passage, Sheet
from pipeline.export.options import ExportOptions


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as UTF-8 text with line feeds."""
    width = max(len(name) for name, _ in sheet.heading) + 2
    lines = [DRAFT_MARK, ""] if sheet.draft else []
    lines += [f"{name:<{width}}{value}" for name, value in sheet.heading]
    before = None
    for passage in sheet.passages:
        if passage.participant != before:
            lines.append("")
        lines.append(_line(passage))
        before = passage.participant
    if sheet.draft:
        lines += ["", DRAFT_MARK]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _line(passage: Passage) -> str:
    parts = [passage.participant, f"[{passage.time}]" if passage.time else "", passage.text]
    return "  ".join(part for part in parts if part)
