"""Voiceprints: a network turns some seconds of one voice into numbers that tell voices apart.

By default CAM++ (Wang et al., 2023; 192 numbers; weights by 3D-Speaker, Apache-2.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.speakers.diarization.fbank import FRAME_STEP_SAMPLES
from pipeline.speakers.diarization.segmentation import FIELD_SAMPLES, FRAME_SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.speakers.diarization.networks import VoiceprintNetwork

_FBANK_MIDDLE_SAMPLES = 200
_BATCH, _AT_ONCE = 16, 8
"""So many pieces share one length, and so many of them go through the network at once: more do not stay in the cache."""
_TRIMMED_SHARE = 0.07
"""Pieces of a batch share one length: the longer ones lose at most this share of their frames."""


def embed(
    network: VoiceprintNetwork,
    features: NDArray[np.float32],
    pieces: Sequence[NDArray[np.int64]],
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float32]:
    """One voiceprint of length 1 for each piece, (pieces, numbers of the network).

    `features` is the recording's filterbank (frames, 80); a piece lists the feature frames of one voice.
    """
    vectors = np.zeros((len(pieces), network.numbers), dtype=np.float32)
    order = sorted(range(len(pieces)), key=lambda i: -len(pieces[i]))
    done = 0
    while done < len(order):
        longest = len(pieces[order[done]])
        batch = [i for i in order[done : done + _BATCH] if len(pieces[i]) >= (1 - _TRIMMED_SHARE) * longest]
        shared = len(pieces[batch[-1]])
        for first in range(0, len(batch), _AT_ONCE):
            some = batch[first : first + _AT_ONCE]
            inputs = np.stack([_centred(features[pieces[i]])[:shared] for i in some])
            vectors[some] = network.run(inputs)
        done += len(batch)
        if progress:
            progress(done / len(order))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-9))
    return vectors


def _centred(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each band's mean removed, as in training: what is left does not depend on level and microphone."""
    centred: NDArray[np.float32] = features - features.mean(axis=0)
    return centred


def feature_frames(grid_frames: NDArray[np.int64], features: int) -> NDArray[np.int64]:
    """The 10 ms feature frames whose middles fall on these frames of the segmentation's grid (in order)."""
    first = int(grid_frames[0] * FRAME_SAMPLES // FRAME_STEP_SAMPLES)
    last = int((grid_frames[-1] + 4) * FRAME_SAMPLES // FRAME_STEP_SAMPLES)
    frames = np.arange(first, min(last, features))
    middles = frames * FRAME_STEP_SAMPLES + _FBANK_MIDDLE_SAMPLES
    on_grid = np.rint((middles - FIELD_SAMPLES / 2) / FRAME_SAMPLES).astype(np.int64)
    return frames[np.isin(on_grid, grid_frames)]
