"""The one door to pydub: our samples as its AudioSegment and back."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from pipeline.records import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FULL_SCALE = 32767


def as_segment(samples: NDArray[np.float32]) -> Any:
    """Float samples in [-1, 1] as a 16-bit mono pydub.AudioSegment."""
    import numpy as np

    with warnings.catch_warnings():
        # on import pydub complains that it found no ffmpeg program; we never let it decode
        warnings.simplefilter("ignore")
        from pydub import AudioSegment

    data = np.rint(np.clip(samples, -1.0, 1.0) * FULL_SCALE).astype("<i2").tobytes()
    return AudioSegment(data=data, sample_width=2, frame_rate=SAMPLE_RATE_HZ, channels=1)
