"""Any recording to 16 kHz mono float32 samples, in memory, without a system FFmpeg (PyAV carries its own).

The file is read as a stream: packet by packet it is decoded, mixed to one channel, resampled and
written into one growing buffer, so a long recording needs little more than its decoded samples
(230 MB an hour). Pauses a recorder left out of the file (timestamps that jump) become silence, so
that times stay true to the end.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.audio.container import breaks_off, is_protected
from pipeline.audio.mix import Mixer
from pipeline.audio.promised import present_share
from pipeline.errors import (
    EmptyFileError,
    EncryptedFileError,
    FileMissingError,
    FileUnreadableError,
    NotAudioError,
    TruncatedAudioError,
)
from pipeline.records import SAMPLE_RATE_HZ, Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Demuxers we let FFmpeg try: containers that hold sound themselves. Playlists (hls, dash, concat)
# stay out, because they open other files and network addresses.
FORMATS = (
    "wav,w64,aiff,mp3,aac,mov,mp4,m4a,3gp,3g2,mj2,flac,ogg,asf,matroska,webm,avi,mpeg,mpegts,mpegvideo,"
    "au,caf,amr,amrnb,amrwb,dss,ac3,eac3,mpc,mpc8,ape,wv,tta,flv,rm,opus,oma,voc"
)
SHORTFALL_S = 0.5  # what may be missing from the stated length: encoder padding, rounded headers
SHORTFALL_SHARE = 0.005
GAPLESS = ("wav", "w64", "aiff", "caf", "flac", "mp3", "au")  # their times are only counted samples
GAP_S = 0.25  # timestamps jumping further than this are a pause the recorder left out
UNSTATED_GAP_LIMIT_S = 600.0  # a wrong timestamp must not fill the memory with silence
CLEAN_STEP = 1 << 20  # samples
DAMAGED_PACKETS = 10  # more unreadable packets than this, or than the share below: damaged
DAMAGED_SHARE = 0.01


def decode(source: Path | BinaryIO | bytes, *, name: str) -> Audio:
    """Decode a recording given as a path, a binary file object or its bytes.

    `name` is the file name that errors show. Channels are averaged; where they cancel each other
    out (a cable with swapped polarity), the loudest channel is taken instead. A file object must
    be seekable and is read from its start.

    Raises an InputError: FileMissingError, FileUnreadableError (no permission, a folder),
    EmptyFileError, EncryptedFileError, NotAudioError (nothing to decode, or no sound in it),
    TruncatedAudioError (less sound than the header states, or damaged inside).
    """
    with _opened(source, name) as stream:
        try:
            return Audio(_decode_checked(stream, name))
        except OSError as error:  # the drive or the network share failed while we read
            raise FileUnreadableError(file=name, why=_reason(error)) from None


def _decode_checked(stream: BinaryIO, name: str) -> NDArray[np.float32]:
    if stream.seek(0, io.SEEK_END) == 0:
        raise EmptyFileError(file=name)
    if is_protected(stream):
        raise EncryptedFileError(file=name)
    mixer = Mixer()
    samples = _decode(stream, name, mixer)
    if (channel := mixer.better_channel()) is None:
        return samples
    return _decode(stream, name, Mixer(channel))


def _reason(error: OSError) -> str:
    return (error.strerror or "input/output error").lower()


@contextmanager
def _opened(source: Path | BinaryIO | bytes, name: str) -> Iterator[BinaryIO]:
    """The source as a seekable stream; what we opened is closed again."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    if not isinstance(source, Path):
        yield source
        return
    try:
        stream = source.open("rb")
    except FileNotFoundError:
        raise FileMissingError(file=name) from None
    except IsADirectoryError:
        raise FileUnreadableError(file=name, why="it is a folder") from None
    except PermissionError:
        why = "it is a folder" if source.is_dir() else "permission denied"
        raise FileUnreadableError(file=name, why=why) from None
    except OSError as error:
        raise FileUnreadableError(file=name, why=_reason(error)) from None
    with stream:
        yield stream


def _decode(stream: BinaryIO, name: str, mixer: Mixer) -> NDArray[np.float32]:
    """One pass over the file: 16 kHz mono samples."""
    import av

    logging.getLogger("libav").setLevel(logging.CRITICAL)  # its messages may quote metadata of the file
    stream.seek(0)
    buffer = _Buffer()
    try:
        with av.open(
            stream,
            metadata_errors="replace",
            options={"format_whitelist": FORMATS, "protocol_whitelist": "none"},
        ) as container:
            if not container.streams.audio:
                raise NotAudioError(file=name)
            track = container.streams.audio[0]
            stated = _stated_seconds(container, track)
            buffer.reserve(stated)
            lost = _fill(buffer, container, track, mixer, stated)
    except (av.error.InvalidDataError, av.error.EOFError):
        if breaks_off(stream):
            raise TruncatedAudioError(
                file=name, seconds=round(buffer.seconds, 1), expected="an unknown number of"
            ) from None
        raise NotAudioError(file=name) from None
    except av.error.FFmpegError:
        raise NotAudioError(file=name) from None
    _refuse_short(buffer, stated, lost, stream, name)
    return buffer.taken()


def _refuse_short(buffer: _Buffer, stated: float | None, lost: _Losses, stream: BinaryIO, name: str) -> None:
    """Less sound than stated, too many unreadable packets, or a file cut in its middle."""
    if lost.too_many:
        raise TruncatedAudioError(
            file=name, seconds=round(lost.first_s, 1), expected=round(stated or buffer.seconds, 1)
        )
    if stated is not None and stated - buffer.seconds > SHORTFALL_S + SHORTFALL_SHARE * stated:
        raise TruncatedAudioError(file=name, seconds=round(buffer.seconds, 1), expected=round(stated, 1))
    present = present_share(stream)
    if present < 1.0 or breaks_off(stream):
        expected = round(buffer.seconds / present, 1) if present < 1.0 else "an unknown number of"
        raise TruncatedAudioError(file=name, seconds=round(buffer.seconds, 1), expected=expected)
    if buffer.seconds == 0:
        raise NotAudioError(file=name)


def _stated_seconds(container: Any, track: Any) -> float | None:
    """The length the header states; None where FFmpeg can only estimate it from the bit rate."""
    if container.format.name in ("mp3", "aac", "amr", "ac3", "eac3"):
        return None
    if track.duration:
        return float(track.duration * track.time_base)
    if container.duration and not container.streams.video:
        return float(container.duration / 1_000_000)
    return None


@dataclass(slots=True)
class _Losses:
    """Packets that could not be decoded."""

    packets: int = 0
    unreadable: int = 0
    first_s: float = 0.0

    def add(self, seconds: float) -> None:
        self.first_s = self.first_s if self.unreadable else seconds
        self.unreadable += 1

    @property
    def too_many(self) -> bool:
        return self.unreadable > max(DAMAGED_PACKETS, DAMAGED_SHARE * self.packets)


def _fill(buffer: _Buffer, container: Any, track: Any, mixer: Mixer, stated: float | None) -> _Losses:
    """Decode every packet of the track into the buffer."""
    import av

    lost = _Losses()
    mono = _Resampler(buffer)
    begin: float | None = None
    pauses = container.format.name not in GAPLESS  # there a jump is damage, and leaves the sound short
    for packet in container.demux(track):
        lost.packets += 1
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            lost.add(buffer.seconds)
            continue
        for frame in frames:
            if pauses and frame.time is not None:
                begin = frame.time - mono.seconds_in if begin is None else begin
                mono.pause_until(frame.time - begin, stated)
            mono.push(mixer.mix(frame), frame.sample_rate)
    mono.finish()
    return lost


class _Resampler:
    """Mono samples at any rate into the buffer at 16 kHz; a change of rate inside a file is followed."""

    def __init__(self, buffer: _Buffer) -> None:
        self._buffer = buffer
        self._rate = 0
        self._converter: Any = None
        self.seconds_in = 0.0

    def pause_until(self, seconds: float, limit: float | None) -> None:
        """Silence up to that time of the recording, if the timestamps jumped forward."""
        gap = seconds - self.seconds_in
        if gap < GAP_S or gap > (UNSTATED_GAP_LIMIT_S if limit is None else limit):
            return
        import numpy as np

        if self._rate:
            self.push(np.zeros(round(gap * self._rate), dtype=np.float32), self._rate)

    def push(self, samples: NDArray[np.float32], rate: int) -> None:
        import av

        self.seconds_in += len(samples) / rate
        if rate == SAMPLE_RATE_HZ and self._converter is None:
            self._rate = rate
            self._buffer.append(samples)
            return
        if rate != self._rate:
            self.finish()
            self._rate = rate
            self._converter = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE_HZ)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate = rate
        self._drain(frame)

    def finish(self) -> None:
        """Hand over what the converter still holds back."""
        if self._converter is not None:
            self._drain(None)
            self._converter = None

    def _drain(self, frame: Any) -> None:
        for out in self._converter.resample(frame):
            self._buffer.append(out.to_ndarray()[0])


class _Buffer:
    """A float32 array that grows in place (realloc moves pages instead of copying them)."""

    def __init__(self) -> None:
        import numpy as np

        self._samples: NDArray[np.float32] = np.empty(0, dtype=np.float32)
        self._used = 0

    @property
    def seconds(self) -> float:
        return self._used / SAMPLE_RATE_HZ

    def reserve(self, seconds: float | None) -> None:
        """Room for that many seconds (a minute where the header states nothing, a day at most)."""
        self._resize(int((min(seconds or 60.0, 86_400.0) + 1) * SAMPLE_RATE_HZ))

    def append(self, samples: NDArray[np.float32]) -> None:
        end = self._used + len(samples)
        if end > len(self._samples):
            self._resize(int(end * 1.25))
        self._samples[self._used : end] = samples
        self._used = end

    def taken(self) -> NDArray[np.float32]:
        """The samples, cut to their number, within [-1, 1] (float files may exceed it)."""
        import numpy as np

        samples = self._samples[: self._used]
        for at in range(0, self._used, CLEAN_STEP):
            block = samples[at : at + CLEAN_STEP]
            np.nan_to_num(block, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
            np.clip(block, -1.0, 1.0, out=block)
        return samples

    def _resize(self, count: int) -> None:
        self._samples.resize(count, refcheck=False)
