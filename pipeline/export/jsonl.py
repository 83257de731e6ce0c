"""JSON Lines: an object an utterance, each complete in itself, for data tools that read line by line."""

from __future__ import annotations

import json

from pipeline.export.conventions import Sheet
from pipeline.export.json import utterance
from pipeline.export.options import ExportOptions


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as UTF-8 JSON Lines."""
    facts = {
        "recording": sheet.recording,
        "status": "draft" if sheet.draft else "verified",
        "read": sheet.read_share or None,
    }
    return "".join(
        json.dumps(facts | utterance(p), ensure_ascii=False) + "\n" for p in sheet.passages
    ).encode("utf-8")
