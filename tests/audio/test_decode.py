"""Any recording becomes 16 kHz mono; whatever is not a whole recording is refused with the right error."""

from __future__ import annotations

import contextlib
import io
import os
import tracemalloc
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.audio.buffer import Buffer, ImplausibleLengthError, Resampler
from pipeline.audio.decode import decode
from pipeline.errors import (
    EmptyFileError,
    EncryptedFileError,
    FileMissingError,
    FileUnreadableError,
    InputError,
    NotAudioError,
    TruncatedAudioError,
)
from tests.audio.sounds import FILES, TONE_HZ, encode, pitch_of, tone

NAME = "week-1.wav"


@pytest.mark.parametrize("kind", FILES)
def test_every_format_keeps_length_and_pitch(kind: str) -> None:
    """A 2 s tone of any format decodes to 2 s of the same pitch and level."""
    container, codec, rate, layout = FILES[kind]
    audio = decode(encode(tone(2.0, rate), container, codec, rate, layout), name=NAME)
    assert audio.rate == 16_000
    assert audio.samples.dtype == np.float32
    assert audio.duration == pytest.approx(2.0, abs=0.08)
    assert pitch_of(audio.samples) == pytest.approx(TONE_HZ, abs=2)
    assert np.abs(audio.samples[1600:-1600]).max() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi"])
def test_sound_of_a_video_is_taken(container: str) -> None:
    """A video's picture is passed over and its sound decoded."""
    codec = "aac" if container == "mp4" else "libmp3lame"
    audio = decode(encode(tone(2.0, 44_100), container, codec, 44_100, "stereo", video=True), name=NAME)
    assert audio.duration == pytest.approx(2.0, abs=0.1)


def test_path_file_object_and_bytes_give_the_same(tmp_path: Path) -> None:
    """The vault decodes from memory what the command line decodes from a path."""
    data = encode(tone(1.0, 44_100), "flac", "flac", 44_100, "stereo")
    (tmp_path / "a.flac").write_bytes(data)
    ways = [decode(source, name=NAME).samples for source in (tmp_path / "a.flac", io.BytesIO(data), data)]
    assert np.array_equal(ways[0], ways[1])
    assert np.array_equal(ways[0], ways[2])


def test_twelve_channels_are_averaged() -> None:
    """A conference recorder's twelve unnamed channels become one."""
    frames = np.zeros((16_000, 12), dtype="<i2")
    frames[:, 3] = tone(1.0) * 32767
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((12, 2, 16_000, 0, "NONE", ""))
        file.writeframes(frames.tobytes())
    audio = decode(out.getvalue(), name=NAME)
    assert np.abs(audio.samples).max() == pytest.approx(0.5 / 12, abs=0.01)


def test_channels_that_cancel_each_other_are_not_lost() -> None:
    """A cable with swapped polarity: the mix would be silence, one channel is taken instead."""
    one = tone(1.0, 44_100)
    data = encode(np.stack([one, -one]), "wav", "pcm_s16le", 44_100, "stereo")
    assert np.abs(decode(data, name=NAME).samples).max() == pytest.approx(0.5, abs=0.01)


def test_samples_beyond_full_scale_are_brought_back() -> None:
    """Float files may exceed 1 or hold numbers that are none."""
    samples = tone(1.0, level=3.0)
    samples[100] = np.nan
    audio = decode(encode(samples, "wav", "pcm_f32le", 16_000, "mono"), name=NAME)
    assert np.isfinite(audio.samples).all()
    assert np.abs(audio.samples).max() == 1.0


def test_a_pause_the_recorder_left_out_becomes_silence() -> None:
    """Timestamps that jump by 3 s leave later sound at its true time."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as file:
        stream = file.add_stream("pcm_s16le", rate=16_000, layout="mono")
        for at in [*range(0, 16_000, 1000), *range(64_000, 80_000, 1000)]:
            frame = av.AudioFrame.from_ndarray(
                np.tile([9000, -9000], 500).astype(np.int16)[None], format="s16", layout="mono"
            )
            frame.sample_rate, frame.pts = 16_000, at
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    audio = decode(out.getvalue(), name=NAME)
    assert audio.duration == pytest.approx(5.0, abs=0.1)
    assert np.abs(audio.samples[20_000:60_000]).max() == 0.0
    assert np.abs(audio.samples[66_000:78_000]).min() > 0.2


def test_a_folder_a_missing_and_an_empty_file_have_their_own_errors(tmp_path: Path) -> None:
    """Each of the three is named by its file name alone, never by its path."""
    (tmp_path / "empty.wav").touch()
    for file, error in (
        (tmp_path, FileUnreadableError),
        (tmp_path / "no.wav", FileMissingError),
        (tmp_path / "empty.wav", EmptyFileError),
    ):
        with pytest.raises(error) as caught:
            decode(file, name=file.name)
        assert str(tmp_path.parent) not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    """The message says that permission is the reason."""
    file = tmp_path / NAME
    file.write_bytes(b"x")
    file.chmod(0)
    with pytest.raises(FileUnreadableError, match="permission"):
        decode(file, name=NAME)


def test_a_failing_drive_is_unreadable() -> None:
    """An input error of the medium is reported as such, not as "not audio"."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(FileUnreadableError):
        decode(Failing(encode(tone(1.0), "wav", "pcm_s16le", 16_000, "mono")), name=NAME)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"Minutes of the meeting\n" * 50, id="text"),
        pytest.param(bytes(range(256)) * 40, id="bytes"),
        pytest.param(
            b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", id="playlist"
        ),
        pytest.param(b"ffconcat version 1.0\nfile a.wav\n", id="concat script"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVEfmt ", id="header alone"),
    ],
)
def test_what_is_not_sound_is_refused(data: bytes) -> None:
    """Text, noise bytes and playlists (which would open other files) are not audio."""
    with pytest.raises(NotAudioError):
        decode(data, name=NAME)


def test_a_video_without_sound_is_refused() -> None:
    """A screen recording without a sound track has nothing to transcribe."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            file.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        file.mux(stream.encode(None))
    with pytest.raises(NotAudioError):
        decode(out.getvalue(), name=NAME)


def test_sound_without_a_sample_is_refused() -> None:
    """A WAV header over zero samples is no recording."""
    whole = encode(tone(1.0), "wav", "pcm_s16le", 16_000, "mono")
    head = whole[: whole.index(b"data")] + b"data" + bytes(4)
    with pytest.raises(NotAudioError):
        decode(head, name=NAME)


@pytest.mark.parametrize("kind", [k for k in FILES if k not in ("8 bit telephone wav", "a-law wav")])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_recording_cut_off_is_noticed(kind: str, share: float) -> None:
    """Half or nine tenths of a file raise TruncatedAudioError in every container."""
    container, codec, rate, layout = FILES[kind]
    data = encode(tone(10.0, rate), container, codec, rate, layout)
    with pytest.raises(TruncatedAudioError):
        decode(data[: int(len(data) * share)], name=NAME)


def test_a_recording_damaged_inside_is_noticed() -> None:
    """A quarter of a FLAC overwritten is not passed over in silence."""
    data = bytearray(encode(tone(10.0), "flac", "flac", 16_000, "mono"))
    middle = len(data) // 2
    data[middle : middle + len(data) // 4] = bytes(len(data) // 4)
    with pytest.raises(TruncatedAudioError):
        decode(bytes(data), name=NAME)


def test_a_stream_of_unknown_length_is_whole() -> None:
    """Programs writing to a pipe state the largest length; that is no truncation."""
    data = bytearray(encode(tone(1.0), "wav", "pcm_s16le", 16_000, "mono"))
    at = data.index(b"data") + 4
    data[at : at + 4] = b"\xff\xff\xff\xff"
    assert decode(bytes(data), name=NAME).duration == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    "start",
    [
        b"age-encryption.org/v1\n",
        b"-----BEGIN PGP MESSAGE-----\n",
        b"Salted__",
        b"\x03enc",
        b"PK\x03\x04\x14\x00\x01\x00",
    ],
)
def test_encrypted_files_are_called_encrypted(start: bytes) -> None:
    """The user is told to open it first, not that it is broken."""
    with pytest.raises(EncryptedFileError):
        decode(start + os.urandom(400), name=NAME)


def test_a_copy_protected_m4a_is_called_protected() -> None:
    """An MP4 whose sound is of the protected kind cannot be decoded."""
    data = encode(tone(1.0, 44_100), "mp4", "aac", 44_100, "mono")
    with pytest.raises(EncryptedFileError):
        decode(data.replace(b"mp4a", b"enca"), name=NAME)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["cd wav", "flac", "m4a", "mp3", "ogg opus"]),
    at=st.integers(0, 9999),
    data=st.data(),
)
def test_no_damage_ends_in_anything_but_an_input_error(kind: str, at: int, data: st.DataObject) -> None:
    """Cut anywhere and with bytes overwritten, a file decodes or raises an InputError."""
    container, codec, rate, layout = FILES[kind]
    whole = bytearray(encode(tone(0.5, rate), container, codec, rate, layout))
    place = at * len(whole) // 10_000
    whole[place : place + 40] = data.draw(st.binary(max_size=40))
    with contextlib.suppress(InputError):
        decode(bytes(whole[: data.draw(st.integers(0, len(whole)))]), name=NAME)


def test_decoding_needs_little_more_than_its_samples() -> None:
    """Ten minutes of FLAC peak at no more than 1.25 times their decoded samples."""
    data = encode(np.tile(tone(10.0), 60), "flac", "flac", 16_000, "mono")
    tracemalloc.start()
    audio = decode(data, name=NAME)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.25 * audio.samples.nbytes


def with_samples(flac: bytes, count: int) -> bytes:
    """A FLAC file whose header says that many samples (36 bits behind rate and channels)."""
    at = flac.index(b"fLaC") + 8 + 13
    return (
        flac[:at]
        + bytes([flac[at] & 0xF0 | count >> 32 & 0xF])
        + (count & 0xFFFFFFFF).to_bytes(4, "big")
        + flac[at + 5 :]
    )


def peak_of(content: bytes) -> int:
    """The most memory it took, in bytes, to refuse a file as damaged."""
    tracemalloc.start()
    try:
        with pytest.raises(TruncatedAudioError):
            decode(content, name=NAME)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_damaged_header_does_not_take_the_memory() -> None:
    """A small file that says it holds a day of sound, or weeks: room is made for what it can hold."""
    flac = encode(tone(4.0, 16_000), "flac", "flac", 16_000, "mono")
    for count in (16_000 * 86_000, (1 << 36) - 1):
        assert peak_of(with_samples(flac, count)) < 60_000_000


@pytest.mark.parametrize("container", ["matroska", "ogg"])
def test_a_timestamp_that_jumps_a_day_is_damage(container: str) -> None:
    """It was filled in as silence: 25 hours of sound out of some kilobytes."""
    assert peak_of(jumping(container, 25 * 3600.0)) < 700_000_000


def test_a_break_of_half_an_hour_is_silence() -> None:
    """What a recorder leaves out while it is paused keeps its length, so that times stay true."""
    audio = decode(jumping("matroska", 1800.0), name=NAME)
    assert audio.duration == pytest.approx(1804.0, abs=0.5)


def jumping(container: str, seconds: float) -> bytes:
    """Two seconds of a tone, a jump in time, two seconds more."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream("libopus", rate=48_000, layout="mono")
        for begin in (0.0, 2.0 + seconds):
            samples = tone(2.0, 48_000).reshape(1, -1).astype(np.float32)
            for at in range(0, samples.shape[1] - 960, 960):
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(samples[:, at : at + 960]), format="flt", layout="mono"
                )
                frame.sample_rate, frame.pts = 48_000, int(begin * 48_000) + at
                frame.time_base = Fraction(1, 48_000)
                file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def test_more_sound_than_a_file_can_hold_is_damage() -> None:
    """Decoders give what packets say; ten minutes are let through whatever the file's size."""
    buffer = Buffer(file_bytes=72_000)
    minute = np.zeros(60 * 16_000, dtype=np.float32)
    for _ in range(75):
        buffer.append(minute)
    with pytest.raises(ImplausibleLengthError):
        buffer.append(minute)
    assert buffer.seconds == 4500


def test_silence_is_filled_in_for_a_long_break_and_not_for_ever() -> None:
    """Many jumps that are each let through add up."""
    buffer = Buffer(file_bytes=1_000_000)
    resampler = Resampler(buffer)
    resampler.push(np.ones(16_000, dtype=np.float32), 16_000)
    for _ in range(6):
        resampler.be_silent(600.0)
    with pytest.raises(ImplausibleLengthError):
        resampler.be_silent(600.0)
    assert buffer.seconds == 3601
