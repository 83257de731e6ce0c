"""Markdown (CommonMark): a heading, the header as a list, a paragraph for each utterance."""

from __future__ import annotations

import re

from pipeline.export.conventions import DRAFT_MARK, Passage, Sheet
from pipeline.export.options import ExportOptions

# What CommonMark reads as markup inside a paragraph. [Person 2] stays readable: a bracket is
# a link only before "(", "[" or ":".
_SPECIAL = re.compile(r"[\\`*_<&~]|\](?=[(\[:])")


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as UTF-8 Markdown."""
    blocks = [f"# {escape(sheet.title)}"]
    if sheet.draft:
        blocks.append(f"**{DRAFT_MARK}**")
    blocks.append("\n".join(f"- {name}: {escape(value)}" for name, value in sheet.heading))
    blocks += [_paragraph(passage) for passage in sheet.passages]
    return ("\n\n".join(blocks) + "\n").encode("utf-8")


def _paragraph(passage: Passage) -> str:
    parts = [
        f"**{escape(passage.participant)}**",
        f"[{passage.time}]" if passage.time else "",
        escape(passage.text),
    ]
    return " ".join(part for part in parts if part)


def escape(text: str) -> str:
    """Put a backslash before what Markdown would read as markup."""
    return _SPECIAL.sub(lambda m: "\\" + m[0], text)
