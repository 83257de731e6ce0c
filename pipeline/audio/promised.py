"""How many bytes a file's header promises, against those that are there."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO

HEAD_BYTES = 1 << 16
# Programs that write to a pipe do not know the length and state the largest number (or none)
UNKNOWN_RIFF = 0x7FFF_0000
SLACK_BYTES = 4096
SLACK_SHARE = 0.005
ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


def present_share(stream: BinaryIO) -> float:
    """The share of the promised bytes that the file holds: 1.0 when it is whole or promises nothing.

    Knows WAV, RF64, Wave64, CAF, WMA/ASF and MP3 with a Xing or Info header.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    promised = next((read(head, stream) for marks, read in READERS.items() if head.startswith(marks)), None)
    if not promised or size + SLACK_BYTES + SLACK_SHARE * promised >= promised:
        return 1.0
    return size / promised


def _riff(head: bytes, stream: BinaryIO) -> int | None:
    """The end of the data chunk (RIFF's own size field is often wrong)."""
    at = 12
    size = stream.seek(0, io.SEEK_END)
    while head[8:12] == b"WAVE" and at + 8 <= size:
        stream.seek(at)
        chunk = stream.read(8)
        length = int.from_bytes(chunk[4:8], "little")
        if chunk[:4] == b"data":
            return at + 8 + length if 0 < length < UNKNOWN_RIFF else None
        at += 8 + length + length % 2
    return None


def _rf64(head: bytes, _: BinaryIO) -> int | None:
    """The ds64 chunk's size of the whole (EBU Tech 3306)."""
    return int.from_bytes(head[20:28], "little") + 8 if head[12:16] == b"ds64" else None


def _wave64(head: bytes, _: BinaryIO) -> int | None:
    return int.from_bytes(head[16:24], "little")


def _caf(_: bytes, stream: BinaryIO) -> int | None:
    """The end of the data chunk; a size of -1 means up to the end of the file."""
    size = stream.seek(0, io.SEEK_END)
    at = 8
    while at + 12 <= size:
        stream.seek(at)
        chunk = stream.read(12)
        length = int.from_bytes(chunk[4:12], "big", signed=True)
        if chunk[:4] == b"data" or length < 0:
            return at + 12 + length if length > 0 else None
        at += 12 + length
    return None


def _asf(head: bytes, _: BinaryIO) -> int | None:
    """The file properties object's size; 0 in a broadcast."""
    at = head.find(ASF_FILE_PROPERTIES)
    return int.from_bytes(head[at + 40 : at + 48], "little") if at >= 0 else None


def _mp3(head: bytes, _: BinaryIO) -> int | None:
    """The Xing/Info header's byte count (flag 2), which begins at its own frame."""
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or not int.from_bytes(head[at + 4 : at + 8], "big") & 2:
        return None
    field = at + 8 + 4 * (head[at + 7] & 1)
    return int.from_bytes(head[field : field + 4], "big")


READERS: dict[tuple[bytes, ...], Callable[[bytes, BinaryIO], int | None]] = {
    (b"RIFF",): _riff,
    (b"RF64", b"BW64"): _rf64,
    (b"riff",): _wave64,
    (b"caff",): _caf,
    (ASF_HEADER,): _asf,
    (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"): _mp3,
}
