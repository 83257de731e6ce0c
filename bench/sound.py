"""Small sounds for benchmarks that are not about what is heard."""

from __future__ import annotations

import io
import wave
from pathlib import Path

RATE_HZ = 16_000


def write_hiss(path: Path, seed: int = 0, seconds: float = 1.0) -> None:
    """A WAV file of noise, another one for each seed: an import looks whether there is sound in a file."""
    import numpy as np

    noise = np.random.default_rng(seed).normal(0, 3000, round(seconds * RATE_HZ)).astype("<i2")
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(noise.tobytes())
    path.write_bytes(made.getvalue())
