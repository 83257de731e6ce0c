"""Sound files made for the tests: a tone in any container, codec, rate and number of channels."""

from __future__ import annotations

import io

import av
import numpy as np
from numpy.typing import NDArray

TONE_HZ = 440.0

# name: (container, codec, sample rate, layout). Sample formats follow from the codec.
FILES: dict[str, tuple[str, str, int, str]] = {
    "8 bit telephone wav": ("wav", "pcm_u8", 8_000, "mono"),
    "16 bit wav": ("wav", "pcm_s16le", 16_000, "mono"),
    "cd wav": ("wav", "pcm_s16le", 44_100, "stereo"),
    "24 bit wav": ("wav", "pcm_s24le", 48_000, "stereo"),
    "32 bit wav": ("wav", "pcm_s32le", 48_000, "stereo"),
    "float wav": ("wav", "pcm_f32le", 48_000, "mono"),
    "double wav": ("wav", "pcm_f64le", 22_050, "mono"),
    "a-law wav": ("wav", "pcm_alaw", 8_000, "mono"),
    "adpcm wav": ("wav", "adpcm_ima_wav", 22_050, "mono"),
    "surround wav": ("wav", "pcm_s16le", 48_000, "5.1"),
    "mp3": ("mp3", "libmp3lame", 44_100, "stereo"),
    "m4a": ("mp4", "aac", 44_100, "stereo"),
    "flac": ("flac", "flac", 48_000, "stereo"),
    "ogg vorbis": ("ogg", "vorbis", 44_100, "stereo"),
    "ogg opus": ("ogg", "libopus", 48_000, "mono"),
    "wma": ("asf", "wmav2", 44_100, "stereo"),
    "aiff": ("aiff", "pcm_s16be", 44_100, "stereo"),
    "caf": ("caf", "pcm_s16be", 44_100, "mono"),
    "webm": ("webm", "libopus", 48_000, "mono"),
    "wave64": ("w64", "pcm_s16le", 48_000, "mono"),
}

LOSSLESS = ("flac", *(codec for _, codec, _, _ in FILES.values() if codec.startswith(("pcm", "adpcm"))))


def tone(
    seconds: float, rate: int = 16_000, level: float = 0.5, pitch: float = TONE_HZ
) -> NDArray[np.float32]:
    """A sine: float32 mono."""
    times = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * pitch * times)).astype(np.float32)


def encode(
    samples: NDArray[np.float32], container: str, codec: str, rate: int, layout: str, *, video: bool = False
) -> bytes:
    """Samples (channels, count), or (count,) for all channels alike, as a file's bytes."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        picture = file.add_stream("mpeg4", rate=5) if video else None
        sound = file.add_stream(codec, rate=rate, layout=layout, options={"strict": "experimental"})
        if codec not in LOSSLESS:
            sound.bit_rate = 128_000
        if picture is not None:
            _show_black(file, picture, samples.shape[-1] / rate)
        channels = av.AudioLayout(layout).nb_channels
        planes = np.ascontiguousarray(
            np.broadcast_to(samples, (channels, samples.shape[-1])), dtype=np.float32
        )
        for at in range(0, planes.shape[1], 1024):
            frame = av.AudioFrame.from_ndarray(planes[:, at : at + 1024].copy(), format="fltp", layout=layout)
            frame.sample_rate = rate
            frame.pts = at
            file.mux(sound.encode(frame))
        file.mux(sound.encode(None))
    return out.getvalue()


def _show_black(file: av.container.OutputContainer, stream: av.VideoStream, seconds: float) -> None:
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for _ in range(round(seconds * 5)):
        file.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
    file.mux(stream.encode(None))


def pitch_of(samples: NDArray[np.float32]) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * 16_000 / len(samples))
