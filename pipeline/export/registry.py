"""The formats there are, and the one way to write them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from pipeline.errors import NotVerifiedError
from pipeline.export.conventions import Marks, prepare
from pipeline.export.document import ExportDocument
from pipeline.export.options import ExportOptions


class Format(NamedTuple):
    """A format: the extension of its files (without the dot) and a line of help."""

    extension: str
    help: str


class _Writer(NamedTuple):
    render: str  # "module:function", imported when the format is asked for: docx alone takes longest
    marks: Marks
    format: Format


_WRITERS: Mapping[str, _Writer] = MappingProxyType(
    {
        "txt": _Writer("txt:render", "all", Format("txt", "plain text for reading and printing")),
        "md": _Writer("markdown:render", "all", Format("md", "Markdown")),
        "docx": _Writer("docx:render", "all", Format("docx", "Word, with line and page numbers")),
        "vtt": _Writer("vtt:render", "inaudible", Format("vtt", "WebVTT captions")),
        "srt": _Writer("srt:render", "inaudible", Format("srt", "SubRip captions")),
        "csv": _Writer("csv:render", "none", Format("csv", "a table for spreadsheets and statistics")),
        "json": _Writer("json:render", "none", Format("json", "all data of the transcript, one object")),
        "jsonl": _Writer("jsonl:render", "none", Format("jsonl", "an object an utterance, a line each")),
        "rttm": _Writer("rttm:render", "none", Format("rttm", "who spoke when, without words")),
        "textgrid": _Writer("textgrid:render", "inaudible", Format("TextGrid", "Praat")),
        "eaf": _Writer("eaf:render", "inaudible", Format("eaf", "ELAN")),
        "qdpx": _Writer(
            "qdpx:render", "all", Format("qdpx", "REFI-QDA project: NVivo, ATLAS.ti, MAXQDA and others")
        ),
        "nvivo": _Writer("presets:render_nvivo", "all", Format("nvivo.txt", "NVivo's transcript import")),
        "atlasti": _Writer(
            "presets:render_atlasti", "all", Format("atlasti.txt", "ATLAS.ti's focus group import")
        ),
        "maxqda": _Writer(
            "presets:render_maxqda", "all", Format("maxqda.txt", "MAXQDA's focus group import")
        ),
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
    module, _, function = writer.render.partition(":")
    render = getattr(importlib.import_module(f"pipeline.export.{module}"), function)
    rendered: bytes = render(prepare(document, options, marks=writer.marks), options)
    return rendered


def write_project(documents: Sequence[ExportDocument], *, options: ExportOptions | None = None) -> bytes:
    """Write several recordings of a study as one REFI-QDA project (.qdpx).

    Raises NotVerifiedError as `write` does, ValueError when there is no document.
    """
    from pipeline.export.qdpx import render_project

    options = options or ExportOptions()
    if not documents:
        raise ValueError("a project needs a recording")
    for document in documents:
        check_verified(document, options)
    return render_project([prepare(d, options, marks="all") for d in documents], options)


def check_verified(document: ExportDocument, options: ExportOptions) -> None:
    """Let nothing out that no person has verified, unless a draft is asked for."""
    if document.draft and not options.draft:
        raise NotVerifiedError(recording=document.recording)
