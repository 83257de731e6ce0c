"""Short pieces of sound for the review page, in memory only."""

from __future__ import annotations

import io

from pipeline.audio.segment import as_segment
from pipeline.records import Audio

FADE_MS = 10  # so that a cut inside a word does not click


def cut(audio: Audio, start: float, end: float) -> bytes:
    """A WAV (16 bit, 16 kHz, mono) of the seconds from `start` to `end`, kept within the recording.

    Raises ValueError when `end` is not after `start` or the piece lies outside the recording.
    """
    first = max(0, round(start * audio.rate))
    last = min(len(audio.samples), round(end * audio.rate))
    if not start < end or first >= last:
        raise ValueError(f"no sound between {start} and {end} s")
    piece = as_segment(audio.samples[first:last])
    fade = min(FADE_MS, len(piece) // 2)
    out = io.BytesIO()
    piece.fade_in(fade).fade_out(fade).export(out, format="wav")
    return out.getvalue()
