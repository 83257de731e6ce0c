"""Is there sound in a file at all? Answered before it is taken in, as soon as the first of it is heard."""

from __future__ import annotations

import io
from typing import BinaryIO

from pipeline.audio.container import breaks_off, is_protected
from pipeline.audio.dictation import dictation_format
from pipeline.audio.promised import present_share
from pipeline.audio.tracks import FORMATS, SILENT_LEVEL, swing
from pipeline.errors import (
    DictationError,
    EmptyFileError,
    EncryptedFileError,
    NotAudioError,
    SilentAudioError,
    TruncatedAudioError,
)


def check_usable(stream: BinaryIO, *, name: str) -> None:
    """Raise the InputError that fits where a file holds no sound that could be heard, or breaks off.

    Decodes only up to the first sound; of silence, all of it.
    """
    if stream.seek(0, io.SEEK_END) == 0:
        raise EmptyFileError(file=name)
    if is_protected(stream):
        raise EncryptedFileError(file=name)
    if not _has_sound(stream, name):
        raise SilentAudioError(file=name, peak="-inf")
    if present_share(stream) < 1.0 or breaks_off(stream):
        raise TruncatedAudioError(file=name, seconds="some", expected="more")


def _has_sound(stream: BinaryIO, name: str) -> bool:
    import av

    from pipeline.audio.mix import as_planes

    stream.seek(0)
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    try:
        with av.open(stream, metadata_errors="replace", options=options) as container:
            if not container.streams.audio:
                raise NotAudioError(file=name)
            decoded = 0
            for packet in container.demux(*container.streams.audio):
                try:
                    for frame in packet.decode():
                        decoded += 1
                        if any(swing(plane) > SILENT_LEVEL for plane in as_planes(frame)):
                            return True
                except av.error.FFmpegError:
                    continue
            if not decoded:
                raise NotAudioError(file=name)
            return False
    except (av.error.FFmpegError, NotAudioError):
        if breaks_off(stream):
            raise TruncatedAudioError(file=name, seconds="some", expected="more") from None
        if what := dictation_format(stream, name):
            raise DictationError(file=name, what=what) from None
        raise NotAudioError(file=name) from None
