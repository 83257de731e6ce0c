"""Sound without a constant offset, which a cheap recorder's input adds and which hides how faint the rest is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 16_000 * 10  # samples
OFFSET_SHARE = 0.1  # of a block's level: less is an ordinary rounding of low tones
LEAST_OFFSET = 1e-4
POLE = 0.995  # a one-pole high-pass at 16 kHz: -3 dB at 13 Hz, below any voice


def without_offset(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The samples, high-passed in place when a block of them stands off zero."""
    import numpy as np

    if not any(_stands_off(samples[at : at + BLOCK]) for at in range(0, len(samples), BLOCK)):
        return samples
    from scipy.signal import lfilter, lfiltic

    begin = float(samples[:BLOCK].mean(dtype=np.float64))
    state = lfiltic([1.0, -1.0], [1.0, -POLE], y=[0.0], x=[begin])
    for at in range(0, len(samples), BLOCK):
        block, state = lfilter([1.0, -1.0], [1.0, -POLE], samples[at : at + BLOCK], zi=state)
        samples[at : at + BLOCK] = block
    return samples


def _stands_off(block: NDArray[np.float32]) -> bool:
    import numpy as np

    offset = abs(float(block.mean(dtype=np.float64)))
    level = float(np.sqrt(np.mean(np.square(block, dtype=np.float64))))
    return offset > max(LEAST_OFFSET, OFFSET_SHARE * level)
