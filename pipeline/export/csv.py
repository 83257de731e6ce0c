"""CSV for spreadsheets and statistics: a row an utterance (RFC 4180, UTF-8 with a byte order mark).

Excel needs the mark to read macrons right. A text that a spreadsheet would take for a formula
gets an apostrophe before it; `unguard` takes it off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from pipeline.export.conventions import Sheet
from pipeline.export.options import ExportOptions

COLUMNS = (
    "recording",
    "utterance",
    "participant",
    "role",
    "start",
    "end",
    "text",
    "overlap",
    "status",
    "read",
)
QUOTABLE = "quotable"  # where the study keeps who agreed to be quoted
_FORMULA = re.compile(r"'*[=+\-@]")
_GUARDED = re.compile(r"'+[=+\-@]")


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as CSV; times are seconds."""
    roles = {p.code: p.role for p in sheet.participants}
    quotable = {p.code: "no" if p.quotable is False else "yes" for p in sheet.participants}
    columns = (*COLUMNS, QUOTABLE) if sheet.keeps_quotation else COLUMNS
    rows = [
        (
            guard(sheet.recording),
            str(number),
            p.participant,
            guard(roles.get(p.participant, "")),
            f"{p.start:.3f}",
            f"{p.end:.3f}",
            guard(p.text),
            "yes" if p.overlap else "no",
            "draft" if sheet.draft else "verified",
            sheet.read_share,
            *((quotable.get(p.participant, "no"),) if sheet.keeps_quotation else ()),
        )
        for number, p in enumerate(sheet.passages, start=1)
    ]
    return table(columns, rows)


def table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> bytes:
    """Rows as CSV bytes."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode("utf-8-sig")


def guard(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula (OWASP, "CSV Injection")."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """A cell's text as it was before `guard`."""
    return text[1:] if _GUARDED.match(text) else text
