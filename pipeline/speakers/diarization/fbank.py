"""Log mel filterbank features as Kaldi computes them, in numpy: what voiceprint networks are trained on.

Frames of 25 ms every 10 ms, whole frames only; each frame's mean removed, pre-emphasis 0.97, a window,
512-point power spectrum, 80 triangular mel bands from 20 Hz to 8 kHz, natural logarithm floored at the
float32 epsilon. No dither. Equals kaldi-native-fbank to 1e-3. Two kinds are in use:

    3d-speaker   Povey window, samples in [-1, 1] (3D-Speaker's settings)
    wespeaker    Hamming window, samples as 16-bit numbers (WeSpeaker's settings, and pyannote's for its networks)
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FilterbankKind = Literal["3d-speaker", "wespeaker"]
BANDS = 80
FRAME_STEP_SAMPLES = 160
FRAMES_PER_SECOND = 100
_FRAME_SAMPLES = 400
_FFT_SIZE = 512
_PREEMPHASIS = 0.97
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 8000.0
_BLOCK_FRAMES = 3000
_FULL_SCALE = 1 << 15


def compute_fbank(samples: NDArray[np.float32], kind: FilterbankKind = "3d-speaker") -> NDArray[np.float32]:
    """Features (frames, 80) of float32 samples at 16 kHz; no frames when shorter than 25 ms."""
    count = max(0, 1 + (len(samples) - _FRAME_SAMPLES) // FRAME_STEP_SAMPLES)
    features = np.empty((count, BANDS), dtype=np.float32)
    if not count:
        return features
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME_SAMPLES)[::FRAME_STEP_SAMPLES]
    for start in range(0, count, _BLOCK_FRAMES):
        block = frames[start : min(count, start + _BLOCK_FRAMES)]
        features[start : start + len(block)] = _fbank_of_frames(block, kind)
    return features


def _fbank_of_frames(frames: NDArray[np.float32], kind: FilterbankKind) -> NDArray[np.float32]:
    window, bands = _window_and_bands(kind)
    centred = frames - frames.mean(axis=1, keepdims=True)
    emphasised = centred.copy()
    emphasised[:, 1:] -= _PREEMPHASIS * centred[:, :-1]
    emphasised[:, 0] -= _PREEMPHASIS * centred[:, 0]
    spectrum = np.fft.rfft(emphasised * window, n=_FFT_SIZE)
    power = spectrum.real**2 + spectrum.imag**2
    logs: NDArray[np.float32] = np.log(np.maximum(power @ bands, np.finfo(np.float32).eps))
    return logs


@cache
def _window_and_bands(kind: FilterbankKind) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The window, and the mel triangles (257, 80) as Kaldi's mel-computations.cc: Povey's (Hann to the power 0.85), or
    Hamming's, by which the samples are brought to 16-bit numbers too."""
    if kind == "wespeaker":
        window = np.hamming(_FRAME_SAMPLES) * _FULL_SCALE
    else:
        window = np.hanning(_FRAME_SAMPLES) ** 0.85
    edges = np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), BANDS + 2)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    bins = np.array([_mel(i * 16_000 / _FFT_SIZE) for i in range(_FFT_SIZE // 2 + 1)])[:, None]
    triangles = np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)).clip(min=0)
    triangles[-1] = 0  # Kaldi leaves the Nyquist bin out
    return window.astype(np.float32), triangles.astype(np.float32)


def _mel(hz: float) -> float:
    import math

    return 1127.0 * math.log(1.0 + hz / 700.0)
