"""Transcripts of other tools: read into utterances, and written back in the form they came in.

    source = read(path)                     # by its ending: .json .txt .vtt .docx
    source.utterances                       # participant = the speaker as the file names them, or ""
    source.render(speakers, replacements)   # the file again, de-identified

A file's own metadata (author, comments, notes) is never carried over.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import EmptyFileError, FileMissingError, FileUnreadableError, TranscriptFormatError
from pipeline.readers.base import Replacements, Source, replacements_of

FORMATS = (".json", ".txt", ".vtt", ".docx")

__all__ = ["FORMATS", "Replacements", "Source", "read", "replacements_of"]


def read(path: Path) -> Source:
    """Read a transcript by its ending; raises TranscriptFormatError with what is wrong, InputError if unreadable."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise TranscriptFormatError(file=path, why=f"its ending is {suffix or 'missing'}")
    data = _bytes(path)
    if suffix == ".docx":
        from pipeline.readers import docx

        return docx.read(data, path)
    text = _decode(data, path)
    if suffix == ".json":
        from pipeline.readers import json

        return json.read(text, path)
    if suffix == ".vtt":
        from pipeline.readers import vtt

        return vtt.read(text, path)
    from pipeline.readers import txt

    return txt.read(text)


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileMissingError(file=path) from None
    except OSError as error:
        raise FileUnreadableError(file=path, why=error.strerror or type(error).__name__) from None
    if not data:
        raise EmptyFileError(file=path)
    return data


def _decode(data: bytes, path: Path) -> str:
    """UTF-8 (with or without mark), UTF-16 with mark; else the Windows code page old tools write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise TranscriptFormatError(file=path, why="it is not text")
