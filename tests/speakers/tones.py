"""Voices a test can make up: modulated tones, and two networks that hear them as the real ones hear people."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.records import SAMPLE_RATE_HZ, Audio
from pipeline.speakers.diarization.diarize import SpeakerDiarizer
from pipeline.speakers.diarization.fbank import FilterbankKind
from pipeline.speakers.diarization.segmentation import FIELD_SAMPLES, FRAME_SAMPLES, frames_of

PITCHES_HZ = [700 * (math.exp((600 + 105 * n) / 1127) - 1) for n in range(20)]  # three mel bands apart

SWELL_HZ = 8


def speak(voice: int, seconds: float, level: float = 0.3) -> NDArray[np.float32]:
    """One voice: a tone of its own pitch whose loudness swells eight times a second, over faint noise."""
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    swell = 0.55 + 0.45 * np.sin(2 * np.pi * SWELL_HZ * times)
    noise = np.random.default_rng(voice).normal(0, 0.003, len(times))
    return (level * swell * np.sin(2 * np.pi * PITCHES_HZ[voice] * times) + noise).astype(np.float32)


def silence(seconds: float) -> NDArray[np.float32]:
    """No sound at all."""
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)


def conversation(*turns: tuple[int, float]) -> Audio:
    """Voices one after the other, half a second apart."""
    return Audio(np.concatenate([part for v, s in turns for part in (speak(v, s), silence(0.6))]))


def tone_diarizer() -> SpeakerDiarizer:
    """The real engine over networks that know tones."""
    return SpeakerDiarizer(TonesApart(), TonePrints())


class TonesApart:
    """Stands in for the segmentation network: up to three pitches of a window are its local speakers."""

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log probabilities of the seven classes (batch, frames, 7)."""
        return np.stack([self._window(wave[0]) for wave in batch])

    def _window(self, wave: NDArray[np.float32]) -> NDArray[np.float32]:
        count = frames_of(len(wave))
        starts = np.arange(count) * FRAME_SAMPLES
        crossings = np.concatenate([[0], np.cumsum(np.abs(np.diff(np.signbit(wave).astype(np.int8))))])
        energy = np.concatenate([[0], np.cumsum(wave.astype(np.float64) ** 2)])
        pitch = (
            (crossings[starts + FIELD_SAMPLES - 1] - crossings[starts]) * SAMPLE_RATE_HZ / FIELD_SAMPLES / 2
        )
        loud = (energy[starts + FIELD_SAMPLES] - energy[starts]) / FIELD_SAMPLES > 1e-4
        voice = np.abs(np.log(np.maximum(pitch, 1))[:, None] - np.log(PITCHES_HZ)).argmin(axis=1)
        local = {v: n for n, v in enumerate(dict.fromkeys(voice[loud].tolist()))}
        classes = [1 + min(2, local[v]) if on else 0 for v, on in zip(voice.tolist(), loud, strict=True)]
        scores = np.full((count, 7), -10.0, dtype=np.float32)
        scores[np.arange(count), classes] = -0.001
        return scores


class TonePrints:
    """Stands in for the voiceprint network: which band swells is the voice."""

    filterbank: FilterbankKind = "3d-speaker"
    numbers = 192

    def run(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Voiceprints (batch, 192)."""
        times = np.arange(features.shape[1]) / 100
        swell = np.abs(np.einsum("bft,f->bt", features, np.exp(-2j * np.pi * SWELL_HZ * times)))
        sharpened = (swell / swell.max(axis=1, keepdims=True)) ** 8
        padded: NDArray[np.float32] = np.pad(sharpened, ((0, 0), (0, 192 - swell.shape[1]))).astype(
            np.float32
        )
        return padded
