"""A header that says less than there is: the recorder lost power, or a program wrote on and did not come back
to correct the size. FFmpeg stops where the header says; the sound behind it is sound all the same.

Knows WAV, AIFF and Sun/NeXT AU, whose sound lies as it is up to the file's end.
"""

from __future__ import annotations

import io
from typing import BinaryIO

SLACK_BYTES = 4096
_ODD_CHUNKS = 64  # more chunks behind the sound than this are no chunks


class Patched(io.RawIOBase):
    """A stream with some bytes read as others; the stream itself is not changed."""

    def __init__(self, stream: BinaryIO, at: int, new: bytes):
        self._stream, self._at, self._new = stream, at, new

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        begin = self._stream.tell()
        data = bytearray(self._stream.read(len(view)))
        for index, byte in enumerate(self._new, self._at - begin):
            if 0 <= index < len(data):
                data[index] = byte
        view[: len(data)] = data
        return len(data)


def whole(stream: BinaryIO) -> tuple[BinaryIO, tuple[str, ...]]:
    """The stream so that all of its sound is read, and what to tell of that."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(64)
    found = None
    if head[:4] in (b"RIFF", b"FORM"):
        found = _chunked(stream, size, big=head[:4] == b"FORM")
    elif head[:4] == b".snd":
        found = _sun(head, size)
    stream.seek(0)
    if found is None:
        return stream, ()
    at, field, stated, there = found
    patched = io.BufferedReader(Patched(stream, at, field))
    told = f"its header says {stated:,} bytes of sound, there are {there:,}: all of them were read"
    return patched, (told,)


def _chunked(stream: BinaryIO, size: int, *, big: bool) -> tuple[int, bytes, int, int] | None:
    """Where the size of a WAV's or AIFF's sound stands, with the right one; None when it is right."""
    order = "big" if big else "little"
    wanted = b"SSND" if big else b"data"
    at = 12
    while at + 8 <= size:
        stream.seek(at)
        chunk = stream.read(8)
        length = int.from_bytes(chunk[4:8], order)  # type: ignore[arg-type]
        if chunk[:4] == wanted:
            behind = at + 8 + length + length % 2
            if size - behind <= SLACK_BYTES or _are_chunks(stream, behind, size, order):
                return None
            there = min(size - at - 8, 0xFFFF_FFFF)
            return at + 4, there.to_bytes(4, order), length, there  # type: ignore[arg-type]
        at += 8 + length + length % 2
    return None


def _are_chunks(stream: BinaryIO, at: int, size: int, order: str) -> bool:
    """True when what stands behind the sound are chunks up to the file's end."""
    for _ in range(_ODD_CHUNKS):
        if at >= size:
            return True
        stream.seek(at)
        chunk = stream.read(8)
        length = int.from_bytes(chunk[4:8], order)  # type: ignore[arg-type]
        if len(chunk) < 8 or not all(32 <= byte < 127 for byte in chunk[:4]) or at + 8 + length > size + 1:
            return False
        at += 8 + length + length % 2
    return False


def _sun(head: bytes, size: int) -> tuple[int, bytes, int, int] | None:
    start, stated = int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:12], "big")
    there = size - start
    if stated == 0xFFFF_FFFF or there - stated <= SLACK_BYTES:
        return None
    return 8, there.to_bytes(4, "big"), stated, there
