"""The setting chosen suits the machine: accurate where that is fast enough, fast where nothing is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.records import Audio
from pipeline.transcribe.choosing import Machine, candidates
from pipeline.transcribe.trial import Trial, choose, loudest_part


def _trial(model: str, share: float, engine: str = "faster-whisper") -> Trial:
    return Trial(engine, model, "cpu", share, 100, 0.1)


def test_the_most_accurate_model_that_is_fast_enough_is_chosen() -> None:
    """Small takes a third of the length here, medium longer than a session can wait."""
    trials = [_trial("whisper-base", 0.05), _trial("whisper-small", 0.3), _trial("whisper-medium", 0.9)]
    assert choose(trials, hours=0.5) == trials[1]
    assert choose(trials) == trials[2]  # a night has hours enough


def test_of_two_engines_with_one_model_the_faster_is_chosen() -> None:
    """The weights are the same, so are the words within noise."""
    trials = [_trial("whisper-base", 0.45, "openai-whisper"), _trial("whisper-base", 0.05)]
    assert choose(trials) == trials[1]


def test_on_a_slow_machine_the_fastest_is_chosen() -> None:
    """Something must be said even when nothing is fast; a model for English alone only for English."""
    trials = [_trial("whisper-small", 3.0), _trial("whisper-base", 2.0), _trial("whisper-tiny.en", 1.0)]
    assert choose(trials, hours=0.5) == trials[1]
    assert choose(trials, hours=0.5, language="en") == trials[2]
    assert choose([]) is None


@pytest.mark.parametrize(("share", "minutes"), [(0.06, 4), (0.001, 1), (0.49, 29)])
def test_an_hour_is_said_in_minutes(share: float, minutes: int) -> None:
    """Never "0 minutes"."""
    assert _trial("whisper-base", share).minutes_per_hour == minutes


def test_models_are_tried_that_fit_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model is left out where it would not fit, the reference engine where it has no checkpoint."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path))
    for name, size in (("whisper-base", 100), ("whisper-small", 2_000_000_000)):
        (tmp_path / name).mkdir()
        with (tmp_path / name / "model.bin").open("wb") as file:
            file.truncate(size)
    (tmp_path / "whisper-base" / "openai.pt").touch()
    found = candidates(Machine(2, 4.0))
    assert found == [("faster-whisper", "whisper-base"), ("openai-whisper", "whisper-base")]


def test_the_trial_is_made_where_people_speak() -> None:
    """A recording that begins with silence is tried at its loud part; a short one as a whole."""
    samples = np.zeros(16_000 * 300, np.float32)
    samples[16_000 * 150 : 16_000 * 200] = 0.3
    part = loudest_part(Audio(samples), 60.0)
    assert part.duration == 60.0
    assert float(np.abs(part.samples).mean()) > 0.2
    short = Audio(samples[:16_000])
    assert loudest_part(short, 60.0) is short
