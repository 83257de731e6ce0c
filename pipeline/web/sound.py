"""The recording's sound as one WAV in memory, served in HTTP ranges.

Browsers seek badly in variable-rate MP3 and M4A; a WAV has every second where arithmetic says. 16 kHz,
16 bit, mono: 32 kB a second, 230 MB for two hours, never on disk.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.records import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEADER_BYTES = 44
CHUNK_BYTES = 256 * 1024
_CONVERT_SAMPLES = 1 << 20
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class WavView:
    """A WAV file that exists only as its header and the samples (int16)."""

    header: bytes
    pcm: memoryview = field(repr=False)

    def __len__(self) -> int:
        return HEADER_BYTES + len(self.pcm)

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """Bytes start..end (end excluded), a chunk at a time."""
        if start < HEADER_BYTES:
            yield self.header[start : min(end, HEADER_BYTES)]
        at = max(start - HEADER_BYTES, 0)
        stop = end - HEADER_BYTES
        while at < stop:
            yield bytes(self.pcm[at : min(at + CHUNK_BYTES, stop)])
            at += CHUNK_BYTES


def make_wav(audio: Audio) -> WavView:
    """Samples in [-1, 1] as 16-bit WAV, converted in pieces so that no second float copy is made."""
    import numpy as np

    pcm: NDArray[np.int16] = np.empty(len(audio.samples), np.dtype("<i2"))
    for at in range(0, len(pcm), _CONVERT_SAMPLES):
        piece = audio.samples[at : at + _CONVERT_SAMPLES]
        pcm[at : at + len(piece)] = np.clip(np.rint(piece * 32767.0), -32768, 32767).astype("<i2")
    size = pcm.nbytes
    header = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
    header += (
        struct.pack("<IHHIIHH", 16, 1, 1, audio.rate, audio.rate * 2, 2, 16)
        + b"data"
        + struct.pack("<I", size)
    )
    return WavView(header, memoryview(pcm.data).cast("B"))


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The one range asked for as (start, end excluded); None when it cannot be met (RFC 9110, 14.1.2)."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        last = int(found[2])
        return (max(size - last, 0), size) if last else None
    start, end = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
    return (start, end) if start < end else None


def sound_response(view: WavView, request: Any) -> Any:
    """The whole WAV, or the range asked for."""
    from starlette.responses import Response, StreamingResponse

    headers = {"accept-ranges": "bytes", "content-type": "audio/wav"}
    asked = request.headers.get("range")
    if asked is None:
        headers["content-length"] = str(len(view))
        body = view.chunks(0, len(view)) if request.method == "GET" else iter(())
        return StreamingResponse(body, 200, headers)
    part = parse_range(asked, len(view))
    if part is None:
        return Response(status_code=416, headers={"content-range": f"bytes */{len(view)}"})
    start, end = part
    headers |= {"content-range": f"bytes {start}-{end - 1}/{len(view)}", "content-length": str(end - start)}
    return StreamingResponse(view.chunks(start, end), 206, headers)
