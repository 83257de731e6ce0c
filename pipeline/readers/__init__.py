"""Transcripts of other tools: read whole, and written back in the form they came in.

    source = read(path)                     # by its ending
    source.utterances                       # participant = the speaker as the file names them, or ""
    source.notes                            # what a person should know of the reading
    source.render(speakers, replacements)   # the file again, de-identified

Nothing is dropped in silence: what cannot be read is refused by name, and a file that is not empty gives
words. A file's own metadata (author, comments, notes) is never carried over.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from pipeline.errors import (
    EmptyFileError,
    FileMissingError,
    FileUnreadableError,
    SessionDeidError,
    TranscriptFormatError,
)
from pipeline.readers.base import Layout, Replacements, replacements_of
from pipeline.readers.source import Source

_TEXT = (".txt", ".vtt", ".srt", ".json", ".csv", ".html", ".htm")
_PACKED = (".docx", ".odt", ".rtf")
_MODULES = {".htm": "html"}
FORMATS = _TEXT + _PACKED

__all__ = ["FORMATS", "Replacements", "Source", "read", "read_bytes", "replacements_of"]


def read(path: Path) -> Source:
    """Read a transcript by its ending; raises TranscriptFormatError with what is wrong, InputError if unreadable."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise TranscriptFormatError(file=path, why=f"its ending is {suffix or 'missing'}")
    return read_bytes(_bytes(path), path)


def read_bytes(data: bytes, path: Path) -> Source:
    """Read a transcript's bytes; `path` says the format by its ending and names the file in errors.

    Raises TranscriptFormatError also for what the libraries beneath stumble over: a damaged file costs itself alone.
    """
    try:
        return _read_known(data, path)
    except (SessionDeidError, MemoryError):
        raise
    except Exception as error:
        why = f"it is damaged, or in a form that is not read ({type(error).__name__})"
        raise TranscriptFormatError(file=path, why=why) from None


def _read_known(data: bytes, path: Path) -> Source:
    suffix = path.suffix.lower()
    if not data:
        raise EmptyFileError(file=path)
    if suffix in _PACKED:
        from pipeline.readers.archives import check_archive

        check_archive(data, path)
        source = Source(_reader(suffix)(data, path))
    else:
        from pipeline.readers.decoding import decode

        text, notes = decode(data, path)
        if not text.strip():
            raise TranscriptFormatError(file=path, why="nothing but empty lines is in it")
        source = Source(_reader(suffix)(text, path, notes))
    if not any(u.text.strip() for u in source.utterances):
        raise TranscriptFormatError(file=path, why="no words that somebody said were found in it")
    return source


def _reader(suffix: str) -> Callable[..., Layout]:
    reader: Callable[..., Layout] = import_module(f"pipeline.readers.{_MODULES.get(suffix, suffix[1:])}").read
    return reader


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileMissingError(file=path) from None
    except OSError as error:
        raise FileUnreadableError(file=path, why=error.strerror or type(error).__name__) from None
