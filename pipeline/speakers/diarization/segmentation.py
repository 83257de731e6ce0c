"""Who seems to speak when within ten seconds: a segmentation network over sliding windows.

The network (segmentation-3.0, or another of the form networks.py describes) tells up to three voices of one window apart, at most two at once; which voice of one window
is which of the next it does not know. Model card: huggingface.co/pyannote/segmentation-3.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pipeline.speakers.diarization.networks import Network

FRAME_SAMPLES = 270
"""One output frame for so many samples (16.875 ms): windows start on multiples of it, so all share one grid."""
FIELD_SAMPLES = 991
"""Samples one frame sees; a frame stands for the middle of these."""
WINDOW_SAMPLES = 160_000
LOCAL_SPEAKERS = 3
CLASSES = ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
_BATCH = 3
"""What the network makes of so many windows stays under 32 MB a layer, so its memory does not come from the system each time."""


@dataclass(frozen=True)
class Windows:
    """What the network said of each window.

    `active` is (windows, frames, 3), the probability of each local speaker; `first_frames` (windows,) says at
    which frame of the recording's grid each window starts; `frames` is the grid's length.
    """

    active: NDArray[np.float16]
    first_frames: NDArray[np.int64]
    frames: int


def frame_middle(frame: float) -> float:
    """The time in seconds a grid frame stands for."""
    return (frame * FRAME_SAMPLES + FIELD_SAMPLES / 2) / 16_000


def frames_of(samples: int) -> int:
    """How many frames the network answers so many samples with."""
    return 1 + (samples - FIELD_SAMPLES) // FRAME_SAMPLES


def nearest_frame(seconds: float) -> int:
    """The grid frame whose middle is nearest to a time; below 0 for the first 0.02 s."""
    return round((seconds * 16_000 - FIELD_SAMPLES / 2) / FRAME_SAMPLES)


def segment(
    network: Network,
    samples: NDArray[np.float32],
    step_frames: int,
    progress: Callable[[float], None] | None = None,
) -> Windows:
    """Run the network over `samples` (16 kHz), a window every `step_frames` frames and one flush with the end.

    Sound shorter than a window is one window, padded with silence to at least a second.
    """
    starts = _window_starts(len(samples), step_frames)
    length = min(WINDOW_SAMPLES, max(len(samples), 16_000))
    membership = np.array([[float(s in c) for s in range(LOCAL_SPEAKERS)] for c in CLASSES], dtype=np.float32)
    # One block from the beginning: small results between the network's large ones would keep the heap from shrinking.
    active = np.empty((len(starts), frames_of(length), LOCAL_SPEAKERS), dtype=np.float16)
    for at in range(0, len(starts), _BATCH):
        batch = np.zeros((len(starts[at : at + _BATCH]), 1, length), dtype=np.float32)
        for row, start in zip(batch, starts[at : at + _BATCH], strict=True):
            piece = samples[start * FRAME_SAMPLES : start * FRAME_SAMPLES + length]
            row[0, : len(piece)] = piece
        active[at : at + len(batch)] = np.exp(network.run(batch)) @ membership
        if progress:
            progress(min(1.0, (at + _BATCH) / len(starts)))
    return Windows(active, np.array(starts), starts[-1] + active.shape[1])


def _window_starts(samples: int, step_frames: int) -> list[int]:
    """Start frames of the windows; the last ends within a frame of the recording's end."""
    last = max(0, (samples - WINDOW_SAMPLES) // FRAME_SAMPLES)
    return [*range(0, last, step_frames), last]
