"""The formats there are, and the one way to write them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from pipeline.errors import NotVerifiedError
from pipeline.export.conventions import prepare
from pipeline.export.document import ExportDocument
from pipeline.export.options import ExportOptions


class Format(NamedTuple):
    """A format: the extension of its files (without the dot) and a line of help."""

    extension: str
    help: str


class _Writer(NamedTuple):
    module: str
    marks: bool  # whether [overlap], pauses and the like go into the text
    format: Format


# Modules are imported when their format is asked for: docx alone takes longer than all others.
_WRITERS: Mapping[str, _Writer] = MappingProxyType(
    {
        "txt": _Writer("txt", True, Format("txt", "plain text for reading and printing")),
        "json": _Writer("json", False, Format("json", "all data of the transcript, one object")),
    }
)


def formats() -> dict[str, Format]:
    """The formats by name, in the order help shows them."""
    return {name: writer.format for name, writer in _WRITERS.items()}


def write(
    document: ExportDocument,
    format: str,  # noqa: A002 - the word users know
    *,
    options: ExportOptions | None = None,
) -> bytes:
    """Write one recording in one format.

    The same document and options give the same bytes. Raises NotVerifiedError when nobody has
    verified the transcript and `options.draft` is not set, ValueError for a format there is not.
    """
    options = options or ExportOptions()
    if format not in _WRITERS:
        raise ValueError(f"no such format: {format}")
    check_verified(document, options)
    writer = _WRITERS[format]
    sheet = prepare(document, options, marks=writer.marks)
    module = importlib.import_module(f"pipeline.export.{writer.module}")
    rendered: bytes = module.render(sheet, options)
    return rendered


def check_verified(document: ExportDocument, options: ExportOptions) -> None:
    """Let nothing out that no person has verified, unless a draft is asked for."""
    if document.draft and not options.draft:
        raise NotVerifiedError(recording=document.recording)
