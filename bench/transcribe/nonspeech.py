"""Sounds in which nobody speaks, made from numbers: silence, noise, hum, music, laughter, knocks.

Every word a recogniser writes about them is invented. All sounds are 16 kHz mono and repeatable.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, lfilter

from pipeline.records import SAMPLE_RATE_HZ as RATE
from pipeline.records import Audio

Samples = NDArray[np.float64]


def _times(seconds: float) -> Samples:
    return np.arange(round(seconds * RATE)) / RATE


def _noise(seconds: float, seed: int) -> Samples:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def silence(seconds: float) -> Samples:
    """A muted room: the last bits of a recorder's converter."""
    return _noise(seconds, 1) * 1e-4


def white_noise(seconds: float) -> Samples:
    """A fan close to the microphone."""
    return _noise(seconds, 2) * 0.05


def pink_noise(seconds: float) -> Samples:
    """Rain, traffic: power falling with frequency (Kellet's filter)."""
    top = [0.049922035, -0.095993537, 0.050612699, -0.004408786]
    bottom = [1, -2.494956002, 2.017265875, -0.522189400]
    return lfilter(top, bottom, _noise(seconds, 3)) * 0.3


def hum(seconds: float) -> Samples:
    """Mains hum with harmonics."""
    times = _times(seconds)
    return sum(0.1 / k * np.sin(2 * np.pi * 50 * k * times) for k in range(1, 8))


def music(seconds: float) -> Samples:
    """A slow melody over chords, plucked strings with six harmonics."""
    rng = np.random.default_rng(4)
    out = np.zeros(round(seconds * RATE))
    scale = 220.0 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    for beat in np.arange(0.0, seconds - 2.0, 0.5):
        notes = [rng.choice(scale) * 2] + ([scale[0], scale[2], scale[4]] if beat % 2 == 0 else [])
        times = _times(2.0)
        for pitch in notes:
            sound = sum(np.sin(2 * np.pi * pitch * k * times) / k**1.5 for k in range(1, 7))
            at = round(beat * RATE)
            out[at : at + len(times)] += 0.06 * sound * np.exp(-2.5 * times)
    return out


def laughter(seconds: float) -> Samples:
    """Bursts of "ha ha ha": a falling voice pitch through two vowel formants, between breaths."""
    rng = np.random.default_rng(5)
    out = np.zeros(round(seconds * RATE))
    at = 0.5
    while at < seconds - 3.0:
        pitch = rng.uniform(180, 320)
        for number in range(rng.integers(4, 9)):
            _add_burst(out, at, pitch * 0.97**number, 0.4 * 0.9**number, rng)
            at += rng.uniform(0.19, 0.24)
        at += rng.uniform(0.6, 2.0)
    return out


def _add_burst(out: Samples, at: float, pitch: float, level: float, rng: np.random.Generator) -> None:
    times = _times(0.11)
    voice = np.sign(np.sin(2 * np.pi * pitch * times)) + 0.8 * rng.standard_normal(len(times))
    for formant in (750.0, 1250.0):
        low, high = (formant - 120) / (RATE / 2), (formant + 120) / (RATE / 2)
        voice = voice + 2 * lfilter(*butter(1, [low, high], "band"), voice)
    first = round(at * RATE)
    out[first : first + len(times)] += level * 0.15 * voice * np.sin(np.pi * times / 0.11)


def knocks(seconds: float) -> Samples:
    """Cups put down, a pen tapped, chairs: short decaying bursts at odd moments."""
    rng = np.random.default_rng(6)
    out = _noise(seconds, 7) * 0.002
    for at in np.sort(rng.uniform(0, seconds - 0.3, int(seconds * 2))):
        times = _times(0.2)
        burst = rng.standard_normal(len(times)) * np.exp(-times * rng.uniform(30, 120))
        first = round(at * RATE)
        out[first : first + len(times)] += rng.uniform(0.1, 0.6) * burst
    return out


def coughs(seconds: float) -> Samples:
    """Coughs and throats cleared: two-stage noise through a throat's resonance."""
    rng = np.random.default_rng(8)
    out = _noise(seconds, 9) * 0.003
    band = butter(2, [400 / (RATE / 2), 2500 / (RATE / 2)], "band")
    for at in np.arange(1.0, seconds - 1.0, 3.0):
        times = _times(0.35)
        shape = np.exp(-times * 25) + 0.5 * np.exp(-(((times - 0.22) / 0.05) ** 2))
        first = round(at * RATE)
        out[first : first + len(times)] += 0.8 * lfilter(*band, rng.standard_normal(len(times))) * shape
    return out


def _vowel(seconds: float, pitch: Samples, formants: tuple[float, ...]) -> Samples:
    """A voice without words: a pulse train at `pitch` (Hz, one a sample) through formants."""
    phase = np.cumsum(pitch) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0) + 0.02 * _noise(seconds, 10)
    voice = np.zeros(len(pulses))
    for number, formant in enumerate(formants):
        width = 60 + 30 * number
        band = butter(1, [(formant - width) / (RATE / 2), (formant + width) / (RATE / 2)], "band")
        voice += lfilter(*band, pulses) / (number + 1)
    return voice / np.abs(voice).max()


def choir(seconds: float) -> Samples:
    """Voices that hold notes on "ah" and "oo": music most like speech."""
    times = _times(seconds)
    out = np.zeros(len(times))
    for number, base in enumerate((130.8, 164.8, 196.0, 261.6)):
        vibrato = base * (1 + 0.01 * np.sin(2 * np.pi * 5.3 * times + number))
        formants = (700.0, 1100.0, 2450.0) if number % 2 else (310.0, 870.0, 2250.0)
        out += _vowel(seconds, vibrato, formants) * (0.6 + 0.4 * np.sin(2 * np.pi * times / (4 + number)))
    return 0.2 * out


def voiced_laughter(seconds: float) -> Samples:
    """Hearty laughter: "ha" after "ha" of a true voice with falling pitch, and breaths between."""
    times = _times(seconds)
    bout = np.mod(times, 3.1)
    pitch = 260.0 - 35.0 * bout + 8.0 * np.sin(2 * np.pi * 4.6 * times)
    beats = np.clip(np.sin(2 * np.pi * 4.6 * times), 0, None) ** 0.7
    return 0.4 * _vowel(seconds, pitch, (800.0, 1250.0, 2600.0)) * beats * (bout < 1.9)


SOUNDS: dict[str, Callable[[float], Samples]] = {
    "silence": silence,
    "white noise": white_noise,
    "pink noise": pink_noise,
    "hum": hum,
    "music": music,
    "laughter": laughter,
    "voiced laughter": voiced_laughter,
    "choir": choir,
    "knocks": knocks,
    "coughs": coughs,
}


def make(name: str, seconds: float = 60.0) -> Audio:
    """One of SOUNDS."""
    return Audio(np.clip(SOUNDS[name](seconds), -1, 1).astype(np.float32))
