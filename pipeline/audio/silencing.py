"""Stretches of a recording made silent, and the rest kept as a file: FLAC, lossless, of the 16 kHz that were heard."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.records import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AROUND_S = 0.2  # the ends of turns are estimates: so much more goes on either side
FRAME = 4096  # samples


def join_stretches(
    stretches: Iterable[tuple[float, float]], duration: float, around: float = AROUND_S
) -> tuple[tuple[float, float], ...]:
    """Stretches (seconds) widened on either side and joined where they meet, in order, inside the recording."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(stretches):
        low, high = max(0.0, start - around), min(duration, end + around)
        if low >= high:
            continue
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def silence(audio: Audio, stretches: Iterable[tuple[float, float]]) -> bytes:
    """The recording as a FLAC file in which nothing is heard in the stretches (seconds); whoever spoke there."""
    import numpy as np

    samples = np.array(audio.samples, dtype=np.float32)
    for start, end in stretches:
        samples[int(start * audio.rate) : int(np.ceil(end * audio.rate))] = 0.0
    return _flac(np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16), audio.rate)


def _flac(samples: NDArray[np.int16], rate: int) -> bytes:
    import av

    target = io.BytesIO()
    with av.open(target, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate, layout="mono", format="s16")
        for at in range(0, len(samples), FRAME):
            block = samples[at : at + FRAME].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate, at
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()
