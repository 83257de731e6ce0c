"""Recordings that were once heard in part (tests/data/cases), and others of their kinds."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from pipeline.audio.decode import decode
from pipeline.audio.quality import check
from pipeline.errors import DictationError, TruncatedAudioError
from pipeline.records import Audio, Transcription, Word
from pipeline.transcribe.doubts import doubts
from tests.audio.sounds import TONE_HZ, encode, pitch_of, tone

CASES = Path(__file__).resolve().parent.parent / "data" / "cases"


def opened(case: str) -> Audio:
    return decode(CASES / case, name=case)


@pytest.mark.parametrize(
    ("case", "seconds", "told"),
    [
        ("mp4-two-audio-tracks.mp4", 15.0, "2 tracks, 2 of them heard together"),
        ("mkv-first-track-silent.mkv", 30.1, "2 tracks, sound in 1 of them"),
        ("wav-header-says-4s-holds-11s.wav", 11.5, "all of them were read"),
        ("mp3-five-seconds-unreadable.mp3", 30.0, "cannot be read and are silent"),
    ],
)
def test_a_case_is_heard_whole(case: str, seconds: float, told: str) -> None:
    """All of it is there, at its true time, and what was decided is told in a line."""
    audio = opened(case)
    assert audio.duration == pytest.approx(seconds, abs=0.4)
    assert told in " ".join(audio.notes)
    check(audio, name=case)  # not silent


def test_what_cannot_be_read_is_a_gap_in_its_place() -> None:
    """The sound behind the damage is where it was: the stretch itself is silent."""
    audio = opened("mp3-five-seconds-unreadable.mp3")
    assert np.abs(audio.samples[16_000 * 10 : 16_000 * 14]).max() == 0.0
    assert np.abs(audio.samples[16_000 * 15 :]).max() > 0.1


def test_a_dictation_file_is_called_by_its_name() -> None:
    """What only another program opens is said to be that, with what to do."""
    with pytest.raises(DictationError, match=r"Olympus/Philips.*Export it as WAV"):
        opened("recorder.ds2")
    with pytest.raises(DictationError, match="Sony"):
        decode(b"MS_VOICE" + bytes(5000), name="talk.msv")


def test_an_offset_is_no_sound() -> None:
    """A constant offset far above faint speech is taken away before levels are measured."""
    audio = opened("dc-offset-faint-speech.flac")
    assert abs(float(audio.samples.mean())) < 1e-4
    steps = np.where(np.arange(64_000) < 32_000, 0.4, -0.2).astype(np.float32)  # an offset that jumps, too
    jumping = decode(encode(tone(4.0, level=0.001) + steps, "flac", "flac", 16_000, "mono"), name="a.flac")
    assert float(np.abs(jumping.samples[8_000:30_000]).max()) < 0.01


def wav(samples: NDArray[np.int16], channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


@pytest.mark.parametrize("stated", [0, 8_000])
def test_a_header_that_was_not_finished(stated: int) -> None:
    """A size of nothing, or of the first seconds, where the recorder lost power: all of it is read."""
    data = bytearray(wav((tone(5.0) * 20_000).astype(np.int16)))
    at = data.index(b"data") + 4
    data[at : at + 4] = stated.to_bytes(4, "little")
    assert decode(bytes(data), name="a.wav").duration == pytest.approx(5.0, abs=0.01)


@pytest.mark.parametrize(
    ("container", "codec", "mark"), [("aiff", "pcm_s16be", b"SSND"), ("au", "pcm_s16be", b".snd")]
)
def test_other_formats_that_lie_as_they_are(container: str, codec: str, mark: bytes) -> None:
    """AIFF and AU with a size that is too small are read to their end as well."""
    data = bytearray(encode(tone(5.0), container, codec, 16_000, "mono"))
    at = data.index(mark) + (8 if mark == b".snd" else 4)
    data[at : at + 4] = (16_008).to_bytes(4, "big")
    assert decode(bytes(data), name=f"a.{container}").duration == pytest.approx(5.0, abs=0.05)


def test_chunks_behind_the_sound_are_no_sound() -> None:
    """A list of tags after the samples stays what it is."""
    data = bytearray(wav((tone(2.0) * 20_000).astype(np.int16)))
    data += b"LIST" + (6000).to_bytes(4, "little") + bytes(6000)
    audio = decode(bytes(data), name="a.wav")
    assert audio.duration == pytest.approx(2.0, abs=0.01)
    assert audio.notes == ()


def test_a_channel_of_noise_does_not_drown_the_other() -> None:
    """Of a good and a bad channel the good one is taken, and that is told."""
    moments = (np.arange(80_000) // 8_000) % 2  # speech comes and goes, noise stays
    speech = tone(5.0, level=0.2) * moments
    noise = np.random.default_rng(1).normal(0, 0.2, 80_000)
    both = np.stack([noise, speech], axis=1)
    audio = decode(wav((both * 30_000).clip(-32_000, 32_000), 2), name="a.wav")
    assert pitch_of(audio.samples[8_000:16_000]) == pytest.approx(TONE_HZ, abs=3)
    assert float(np.abs(audio.samples[:7_900]).max()) < 0.01
    assert "only channel 2" in audio.notes[0]


def test_two_speakers_on_two_channels_are_both_heard() -> None:
    """A channel that is quiet while the other speaks is no bad one."""
    moments = (np.arange(80_000) // 8_000) % 2
    both = np.stack([tone(5.0, level=0.3) * moments, tone(5.0, level=0.3, pitch=900) * (1 - moments)], axis=1)
    audio = decode(wav(both * 30_000, 2), name="a.wav")
    assert pitch_of(audio.samples[:8_000]) == pytest.approx(900, abs=5)
    assert pitch_of(audio.samples[8_000:16_000]) == pytest.approx(TONE_HZ, abs=5)
    assert audio.notes == ()


def test_mostly_damage_is_refused() -> None:
    """More than a third that cannot be read is no recording."""
    data = bytearray(encode(tone(30.0), "mp3", "libmp3lame", 16_000, "mono"))
    data[5_000 : len(data) - 5_000] = b"\x55" * (len(data) - 10_000)
    with pytest.raises(TruncatedAudioError):
        decode(bytes(data), name="a.mp3")


def heard(words: int, language: str = "en") -> Transcription:
    said = tuple(Word(n / 10, n / 10 + 0.1, "so", 1.0) for n in range(words))
    return Transcription(60.0, language, "engine", "model", said)


def test_much_sound_and_few_words_is_told() -> None:
    """A minute of sound that gave three words is worth a look; a minute of silence is not, nor is an ordinary one."""
    loud, silent = Audio(tone(60.0)), Audio(np.zeros(960_000, np.float32))
    assert "gave 3 words" in doubts(loud, heard(3), chosen="en")[0]
    assert doubts(loud, heard(100), chosen="en") == doubts(silent, heard(0), chosen="en") == ()


def test_an_unlikely_language_is_asked_about() -> None:
    """What was taken for Welsh by itself is told; what somebody chose is not."""
    assert "'cy'" in doubts(Audio(tone(60.0)), heard(100, "cy"), chosen=None)[0]
    assert doubts(Audio(tone(60.0)), heard(100, "cy"), chosen="cy") == ()


@pytest.mark.slow
def test_the_words_are_there_through_the_front_door(tmp_path: Path) -> None:
    """`deidentify` of all of them at once: each gives its words and its line; the dictation file costs itself alone."""
    from pipeline.cli.main import main

    cases = ["recorder.ds2", "mkv-first-track-silent.mkv", "mp4-two-audio-tracks.mp4", "wav-header-says-4s-holds-11s.wav",
             "mp3-five-seconds-unreadable.mp3", "dc-offset-faint-speech.flac"]  # fmt: skip
    result = CliRunner().invoke(
        main, ["deidentify", *(str(CASES / c) for c in cases), "--out", str(tmp_path)]
    )
    assert "Olympus/Philips" in result.output
    texts = {c: (tmp_path / f"{Path(c).stem}.txt").read_text() for c in cases[1:]}
    assert all("make a start" in text for text in texts.values())
    assert "for the next" in texts["wav-header-says-4s-holds-11s.wav"]
    assert "next six weeks" in texts["dc-offset-faint-speech.flac"]
    assert "crisis team" in texts["mp3-five-seconds-unreadable.mp3"]
    assert "crisis team" in texts["mkv-first-track-silent.mkv"]
    assert "2 tracks, 2 of them heard together" in result.output
