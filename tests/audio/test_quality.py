"""Level, clipping and silence are measured; a faint recording is brought to level; snippets are cut."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from pipeline.audio.decode import decode
from pipeline.audio.quality import check, normalise
from pipeline.audio.snippets import cut
from pipeline.errors import SilentAudioError
from pipeline.records import Audio
from tests.audio.sounds import pitch_of, tone


def test_levels_are_measured_in_dbfs() -> None:
    """A sine of half of full scale peaks at -6 dBFS and has -9 dBFS of power."""
    quality = check(Audio(tone(3.0)), name="a.wav")
    assert quality.peak_dbfs == pytest.approx(-6.0, abs=0.1)
    assert quality.speech_dbfs == pytest.approx(-9.0, abs=0.2)
    assert quality.clipped_share == 0.0
    assert quality.warnings == ()


@pytest.mark.parametrize("level", [0.0, 0.0003])
def test_silence_is_refused(level: float) -> None:
    """Digital silence and a muted microphone's hiss raise SilentAudioError with the peak."""
    with pytest.raises(SilentAudioError, match="dBFS"):
        check(Audio(tone(2.0, level=level)), name="a.wav")


def test_no_samples_are_silence() -> None:
    """A recording of no length cannot be heard either."""
    with pytest.raises(SilentAudioError):
        check(Audio(np.zeros(0, np.float32)), name="a.wav")


def test_overload_and_faintness_are_said() -> None:
    """The warnings tell which way to turn the recorder's level."""
    loud = check(Audio(np.clip(tone(2.0, level=4.0), -1, 1)), name="a.wav")
    faint = check(Audio(tone(2.0, level=0.01)), name="a.wav")
    assert "down" in loud.warnings[0]
    assert "closer" in faint.warnings[0]


def test_quiet_stretches_are_counted() -> None:
    """Half a recording of silence is a quiet share of one half."""
    samples = np.concatenate([tone(5.0), np.zeros(80_000, np.float32)])
    assert check(Audio(samples), name="a.wav").quiet_share == pytest.approx(0.5)


def test_a_faint_recording_is_brought_to_level_and_a_level_one_is_left_alone() -> None:
    """Speech comes to -20 dBFS, without overload; the same record comes back when nothing is to do."""
    faint = normalise(Audio(tone(2.0, level=0.01)))
    assert check(faint, name="a.wav").speech_dbfs == pytest.approx(-20.0, abs=0.3)
    level = Audio(tone(2.0, level=0.15))
    assert normalise(level) is level
    silent = Audio(np.zeros(16_000, np.float32))
    assert normalise(silent) is silent


def test_normalising_never_overloads() -> None:
    """One loud knock in a faint recording limits the gain."""
    samples = tone(5.0, level=0.005)
    samples[40_000] = 0.8
    assert np.abs(normalise(Audio(samples)).samples).max() <= 1.0


def test_a_snippet_is_a_wav_of_the_seconds_asked_for() -> None:
    """The review page plays it as it is."""
    audio = Audio(np.concatenate([tone(1.0, pitch=300.0), tone(1.0, pitch=900.0)]))
    data = cut(audio, 1.0, 1.5)
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
    piece = decode(data, name="snippet")
    assert piece.duration == pytest.approx(0.5, abs=0.001)
    assert pitch_of(piece.samples) == pytest.approx(900.0, abs=3)


def test_a_snippet_beyond_the_end_is_shortened_and_one_outside_refused() -> None:
    """Times are kept within the recording; no sound at all is a ValueError."""
    audio = Audio(tone(1.0))
    assert decode(cut(audio, 0.8, 3.0), name="snippet").duration == pytest.approx(0.2, abs=0.001)
    for start, end in ((2.0, 3.0), (0.5, 0.5), (0.6, 0.4)):
        with pytest.raises(ValueError, match="no sound"):
            cut(audio, start, end)
