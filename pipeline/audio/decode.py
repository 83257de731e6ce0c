"""Any recording to 16 kHz mono float32 samples, in memory, without a system FFmpeg (PyAV carries its own).

The file is read as a stream: packet by packet it is decoded, mixed to one channel, resampled and
written into one growing buffer, so a long recording needs little more than its decoded samples
(230 MB an hour). Pauses a recorder left out of the file (timestamps that jump) become silence, so
that times stay true to the end. All tracks and channels are heard; what had to be decided about them is
in the record's notes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.audio.container import is_protected
from pipeline.audio.dictation import dictation_format
from pipeline.audio.level import without_offset
from pipeline.audio.tracks import decode_tracks
from pipeline.audio.understated import whole
from pipeline.errors import (
    DictationError,
    EmptyFileError,
    EncryptedFileError,
    FileMissingError,
    FileUnreadableError,
    NotAudioError,
)
from pipeline.records import Audio


def decode(source: Path | BinaryIO | bytes, *, name: str) -> Audio:
    """Decode a recording given as a path, a binary file object or its bytes.

    `name` is the file name that errors show. Channels are averaged; where they cancel each other
    out (a cable with swapped polarity), the loudest channel is taken instead, and where noise drowns the
    speech of some, the others. A file object must be seekable and is read from its start.

    Raises an InputError: FileMissingError, FileUnreadableError (no permission, a folder),
    EmptyFileError, EncryptedFileError, NotAudioError (nothing to decode, or no sound in it), its
    DictationError (a dictation program's own format), TruncatedAudioError (less sound than the header
    states, or damaged inside).
    """
    with _opened(source, name) as stream:
        try:
            return _decode_checked(stream, name)
        except OSError as error:  # the drive or the network share failed while we read
            raise FileUnreadableError(file=name, why=_reason(error)) from None


def _decode_checked(stream: BinaryIO, name: str) -> Audio:
    if stream.seek(0, io.SEEK_END) == 0:
        raise EmptyFileError(file=name)
    if is_protected(stream):
        raise EncryptedFileError(file=name)
    stream, understated = whole(stream)
    try:
        samples, notes = decode_tracks(stream, name)
    except NotAudioError:
        if what := dictation_format(stream, name):
            raise DictationError(file=name, what=what) from None
        raise
    return Audio(without_offset(samples), notes=(*understated, *notes))


def _reason(error: OSError) -> str:
    return (error.strerror or "input/output error").lower()


@contextmanager
def _opened(source: Path | BinaryIO | bytes, name: str) -> Iterator[BinaryIO]:
    """The source as a seekable stream; what we opened is closed again."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    if not isinstance(source, Path):
        yield source
        return
    try:
        stream = source.open("rb")
    except FileNotFoundError:
        raise FileMissingError(file=name) from None
    except IsADirectoryError:
        raise FileUnreadableError(file=name, why="it is a folder") from None
    except PermissionError:
        why = "it is a folder" if source.is_dir() else "permission denied"
        raise FileUnreadableError(file=name, why=why) from None
    except OSError as error:
        raise FileUnreadableError(file=name, why=_reason(error)) from None
    with stream:
        yield stream
