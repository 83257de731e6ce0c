"""What a file's bytes say about it apart from its sound: protected, or cut off in its middle.

FFmpeg passes over much of this: it plays what is left of a cut WAV as if that were all.
`pipeline.audio.promised` compares the sizes that headers state.
"""

from __future__ import annotations

import io
from typing import BinaryIO

HEAD_BYTES = 1 << 16

# Files made by encrypting programs: age, OpenPGP (armoured), OpenSSL, encrypted Olympus DSS/DS2
# dictation, LUKS and VeraCrypt have no or other marks and are simply not audio.
PROTECTED_STARTS = (
    b"age-encryption.org/",
    b"-----BEGIN PGP MESSAGE",
    b"Salted__",
    b"\x03enc",
    b"LUKS\xba\xbe",
)
ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
# ASF (WMA) content encryption objects, ASF specification 3.14 and 3.15 and the newer PlayReady header
ASF_ENCRYPTION = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),
    bytes.fromhex("d4a3ce8d0c3a4a4cbbaa8be2ab3ff0d1"),
)
# MP4 sample entries of protected sound (ISO/IEC 14496-12 "enca", Apple FairPlay "drms")
MP4_PROTECTED = (b"enca", b"drms")


def is_protected(stream: BinaryIO) -> bool:
    """True for encrypted archives and messages and for copy-protected (DRM) sound files."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if head.startswith(PROTECTED_STARTS):
        return True
    if head.startswith(b"PK\x03\x04"):  # a ZIP: bit 0 of the flags at offset 6 says encrypted
        return len(head) > 7 and bool(head[6] & 1)
    if head.startswith(ASF_HEADER):
        return any(mark in head for mark in ASF_ENCRYPTION)
    if head[4:8] == b"ftyp":
        return any(mark in _movie_box(stream) for mark in MP4_PROTECTED)
    return False


def breaks_off(stream: BinaryIO) -> bool:
    """True when an MP4 lacks its index or a box is longer than the file, or an Ogg ends inside a page."""
    stream.seek(0)
    head = stream.read(8)
    if head[4:8] == b"ftyp":
        return _mp4_breaks_off(stream)
    return head.startswith(b"OggS") and _ogg_breaks_off(stream)


def _boxes(stream: BinaryIO) -> list[tuple[bytes, int, int]]:
    """Top-level MP4 boxes as (type, start, end); a box may end beyond the file."""
    size = stream.seek(0, io.SEEK_END)
    boxes: list[tuple[bytes, int, int]] = []
    at = 0
    while at + 8 <= size and len(boxes) < 100_000:
        stream.seek(at)
        header = stream.read(16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8:
            break
        boxes.append((header[4:8], at, at + length))
        at += length
    return boxes


def _movie_box(stream: BinaryIO) -> bytes:
    """The MP4 "moov" box (its sample descriptions say whether sound is protected)."""
    for kind, start, end in _boxes(stream):
        if kind == b"moov":
            stream.seek(start)
            return stream.read(min(end - start, 1 << 24))
    return b""


def _mp4_breaks_off(stream: BinaryIO) -> bool:
    boxes = _boxes(stream)
    size = stream.seek(0, io.SEEK_END)
    has_index = any(kind in (b"moov", b"moof") for kind, _, _ in boxes)
    return not has_index or bool(
        boxes and boxes[-1][2] > size and boxes[-1][0] in (b"mdat", b"moov", b"moof")
    )


def _ogg_breaks_off(stream: BinaryIO) -> bool:
    """The last page must be whole (RFC 3533: 27 bytes, segment table, segments)."""
    size = stream.seek(0, io.SEEK_END)
    start = max(0, size - 2 * 65_307)  # the largest page is 65,307 bytes
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(b"OggS")
    if at < 0:
        return True
    page = tail[at:]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    return len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]])
