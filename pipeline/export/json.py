"""JSON: the whole transcript as data. `session-deid deidentify` writes this format as NAME.json.

    {"recording": "session-1", "study": "...", "date": "...", "duration": 293.871,
     "status": "draft" or "verified", "verified": null or "who, when", "read": null or "how far and how fast",
     "edition": "version 2, amended on ..." (from the second version on),
     "participants": [{"code": "P01", "role": "student"}],
     "utterances": [{"participant": "P01", "start": 0.8, "end": 12.252, "text": "...", "overlap": false}],
     "tool": {"name": "session-deid", "version": "..."}, "models": {"transcriber": "..."}}

Times are seconds to the millisecond. UTF-8, no byte order mark.
"""

from __future__ import annotations

import json
from typing import Any

from pipeline.export.conventions import Passage, Sheet
from pipeline.export.options import ExportOptions


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as one JSON object."""
    return (json.dumps(_as_dict(sheet), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _as_dict(sheet: Sheet) -> dict[str, Any]:
    return {
        "recording": sheet.recording,
        "study": sheet.study,
        "date": sheet.date,
        "duration": round(sheet.duration, 3),
        "status": "draft" if sheet.draft else "verified",
        "verified": ", ".join(part for part in (sheet.verified_by, sheet.verified_at) if part) or None,
        "read": sheet.read or None,
        **({"edition": sheet.edition} if sheet.edition else {}),
        "participants": [{"code": p.code, "role": p.role} for p in sheet.participants],
        "utterances": [utterance(passage) for passage in sheet.passages],
        "tool": {"name": sheet.tool, "version": sheet.version},
        "models": dict(sheet.models),
    }


def utterance(passage: Passage) -> dict[str, Any]:
    """A passage as JSON data."""
    return {
        "participant": passage.participant,
        "start": round(passage.start, 3),
        "end": round(passage.end, 3),
        "text": passage.text,
        "overlap": passage.overlap,
    }
