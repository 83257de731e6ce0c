"""Engines and models tried on a person's own recording, and a setting chosen for their machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Audio, Transcription
from pipeline.transcribe.base import INAUDIBLE
from pipeline.transcribe.choosing import DEFAULT_ENGINE, HOURS_AT_NIGHT, pick
from pipeline.transcribe.loading import load

TRIAL_S = 120.0


@dataclass(frozen=True, slots=True)
class Trial:
    """One engine and model on the sample: where it ran, seconds of work a second of sound, what it made of it."""

    engine: str
    model: str
    device: str
    share: float
    words: int
    doubtful: float

    @property
    def minutes_per_hour(self) -> int:
        """What an hour of sound will take, in minutes, at least one."""
        return max(1, round(60 * self.share))


def loudest_part(audio: Audio, seconds: float = TRIAL_S) -> Audio:
    """The stretch with the most sound in it: a fair sample of the work, unlike a silent beginning."""
    import numpy as np

    if audio.duration <= seconds:
        return audio
    step = 10 * audio.rate
    power = [
        float(np.square(audio.samples[at : at + step]).mean()) for at in range(0, len(audio.samples), step)
    ]
    count = round(seconds / 10)
    sums = np.convolve(np.sqrt(power), np.ones(count), mode="valid")
    first = int(np.argmax(sums)) * step
    return Audio(audio.samples[first : first + round(seconds * audio.rate)], audio.rate)


def try_all(
    audio: Audio,
    pairs: Iterable[tuple[str, str]],
    *,
    language: str | None,
    device: str = "auto",
    tell: Callable[[str, str], Callable[[float], None]],
    clock: Callable[[], float] = time.perf_counter,
) -> list[Trial]:
    """Each engine and model on the same sound; loading is not counted, a run does it once."""
    trials = []
    for engine, model in pairs:
        loaded = load(engine, model, device=device)
        begun = clock()
        heard = loaded.transcribe(audio, language=language, progress=tell(engine, model))
        trials.append(_trial(heard, loaded.device, (clock() - begun) / audio.duration))
    return trials


def _trial(heard: Transcription, device: str, share: float) -> Trial:
    words = [word for word in heard.words if word.text != INAUDIBLE]
    doubtful = sum(word.probability < 0.5 for word in words) / max(1, len(words))
    return Trial(heard.engine, heard.model, device, share, len(words), doubtful)


def choose(
    trials: Sequence[Trial], hours: float = HOURS_AT_NIGHT, language: str | None = None
) -> Trial | None:
    """The model that "auto" takes by these speeds, with its faster engine; None for no trial.

    The usual engine's speeds decide where it was tried, as they do for "auto" and `doctor`.
    """
    usual = [trial for trial in trials if trial.engine == DEFAULT_ENGINE] or trials
    if not usual:
        return None
    shares: dict[str, float] = {}
    for trial in usual:
        shares[trial.model] = min(trial.share, shares.get(trial.model, trial.share))
    model = pick(shares, hours, language)
    return min((trial for trial in trials if trial.model == model), key=lambda trial: trial.share)
