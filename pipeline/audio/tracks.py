"""All tracks of a file: each decoded whole, and heard together.

Some programs write a track for each microphone or each side of a call, some a silent one beside the real one.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.audio.buffer import UNSTATED_GAP_LIMIT_S, Buffer, ImplausibleLengthError, Resampler
from pipeline.audio.container import breaks_off
from pipeline.audio.level import BLOCK
from pipeline.audio.mix import Mixer
from pipeline.audio.promised import present_share
from pipeline.errors import NotAudioError, TruncatedAudioError

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
BY_BYTES = ("mp3", "aac", "ac3", "eac3", "amr")  # so even that many bytes are that much time
DAMAGED_PACKETS = 10  # more unreadable packets than this, or than the share below: damaged
DAMAGED_SHARE = 0.01
LOST_SHARE = 0.34  # more of a recording than this that cannot be read: damaged
TOLD_S = 0.2  # a gap shorter than this is not worth a line
SILENT_LEVEL = 5e-4  # the peak of a track nothing can be heard in (-66 dBFS)


@dataclass(slots=True)
class _Losses:
    """Packets that could not be decoded, and the stretches silence stands for (start, seconds)."""

    packets: int
    unreadable: int
    gaps: list[tuple[float, float]]

    def add(self, at: float, seconds: float) -> None:
        self.unreadable += 1
        self.gaps.append((at, seconds))

    @property
    def seconds(self) -> float:
        return sum(seconds for _, seconds in self.gaps)

    @property
    def too_many(self) -> bool:
        return self.unreadable > max(DAMAGED_PACKETS, DAMAGED_SHARE * self.packets)

    @property
    def notes(self) -> list[str]:
        """What to tell of the stretches that are silent because they cannot be read."""
        told = [(at, seconds) for at, seconds in self.gaps if seconds >= TOLD_S]
        return [
            f"{seconds:.1f} s from {at:.1f} s on cannot be read and are silent: copy the file again from the recorder"
            for at, seconds in told
        ]


def decode_tracks(stream: BinaryIO, name: str) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The sound of all tracks, 16 kHz mono, and what to tell of them. Raises the InputError that fits."""
    samples, notes, count = _decode_channels(stream, name, 0)
    heard = 1 if _is_heard(samples) else 0
    for track in range(1, count):
        try:
            more, told, _ = _decode_channels(stream, name, track)
        except (NotAudioError, TruncatedAudioError) as error:
            if not heard and track == count - 1:
                raise
            notes = (*notes, f"track {track + 1} of {count} cannot be heard ({type(error).__name__})")
            continue
        notes = (*notes, *told)
        if _is_heard(more):
            samples = _together(samples, more) if heard else more
            heard += 1
    if count > 1:
        what = f"{heard} of them heard together" if heard > 1 else f"sound in {heard} of them"
        notes = (f"it has {count} tracks, {what}", *notes)
    return samples, notes


def _is_heard(samples: NDArray[np.float32]) -> bool:
    """Whether anything but an offset is in it, looked at in blocks: a copy of an hour is 230 MB."""
    blocks = (samples[at : at + BLOCK] for at in range(0, len(samples), BLOCK))
    return any(swing(block) > SILENT_LEVEL for block in blocks)


def swing(block: NDArray[np.float32]) -> float:
    """The largest distance of a sample from the block's mean."""
    mean = float(block.mean())
    return max(float(block.max()) - mean, mean - float(block.min()))


def _together(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sum of two tracks, of the longer one's length, within full scale."""
    import numpy as np

    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    longer[: len(shorter)] += shorter
    peak = float(np.abs(longer).max(initial=0.0))
    return longer / peak if peak > 1.0 else longer


def _decode_channels(
    stream: BinaryIO, name: str, track: int
) -> tuple[NDArray[np.float32], tuple[str, ...], int]:
    """One track's samples, notes, and how many tracks there are: a second time without channels that do harm."""
    mixer = Mixer()
    samples, notes, count = _decode(stream, name, mixer, track)
    if (channels := mixer.better_channels()) is None:
        return samples, notes, count
    samples, notes, count = _decode(stream, name, Mixer(channels), track)
    numbers = ", ".join(str(c + 1) for c in channels)
    return samples, (*notes, f"only channel {numbers} was taken: the others are noise or cancel it"), count


def _decode(
    stream: BinaryIO, name: str, mixer: Mixer, number: int
) -> tuple[NDArray[np.float32], tuple[str, ...], int]:
    """One pass over the file: one track's samples, what to tell, and how many tracks there are."""
    import av

    logging.getLogger("libav").setLevel(logging.CRITICAL)  # its messages may quote metadata of the file
    buffer = Buffer(stream.seek(0, io.SEEK_END))
    stream.seek(0)
    try:
        with av.open(
            stream,
            metadata_errors="replace",
            options={"format_whitelist": FORMATS, "protocol_whitelist": "none"},
        ) as container:
            count = len(container.streams.audio)
            if not count:
                raise NotAudioError(file=name)
            track = container.streams.audio[number]
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
    except ImplausibleLengthError:
        raise TruncatedAudioError(
            file=name, seconds=round(buffer.seconds, 1), expected="an unknown number of"
        ) from None
    _refuse_short(buffer, stated, lost, stream, name)
    return buffer.taken(), tuple(lost.notes), count


def _refuse_short(buffer: Buffer, stated: float | None, lost: _Losses, stream: BinaryIO, name: str) -> None:
    """Less sound than stated, too many unreadable packets, or a file cut in its middle."""
    if lost.too_many or lost.seconds > LOST_SHARE * buffer.seconds:
        first = lost.gaps[0][0] if lost.gaps else 0.0
        raise TruncatedAudioError(
            file=name, seconds=round(first, 1), expected=round(stated or buffer.seconds, 1)
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
    if container.format.name in BY_BYTES:
        return None
    if track.duration:
        return float(track.duration * track.time_base)
    if container.duration and not container.streams.video and len(container.streams.audio) == 1:
        return float(container.duration / 1_000_000)
    return None


def _fill(buffer: Buffer, container: Any, track: Any, mixer: Mixer, stated: float | None) -> _Losses:
    """Decode every packet of the track into the buffer."""
    import av

    lost = _Losses(0, 0, [])
    mono = Resampler(buffer)
    begin: float | None = None
    rate = _ByteRate(container.format.name in BY_BYTES)
    pauses = container.format.name not in GAPLESS  # there a jump is damage, and leaves the sound short
    for packet in container.demux(track):
        lost.packets += 1
        if missing := rate.skipped(packet):
            lost.add(mono.seconds_in, missing)
            mono.be_silent(missing)
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            missing = rate.worth(packet)
            lost.add(mono.seconds_in, missing)
            mono.be_silent(missing)
            continue
        for frame in frames:
            if pauses and frame.time is not None:
                begin = frame.time - mono.seconds_in if begin is None else begin
                mono.pause_until(frame.time - begin, stated)
            mono.push(mixer.mix(frame), frame.sample_rate)
        rate.count(packet, sum(frame.samples / frame.sample_rate for frame in frames))
    mono.finish()
    return lost


class _ByteRate:
    """How much time bytes are worth that cannot be read, in formats without times of their own."""

    def __init__(self, is_known: bool) -> None:
        self._is_known = is_known
        self._bytes = 0
        self._seconds = 0.0
        self._end: int | None = None

    def count(self, packet: Any, seconds: float) -> None:
        """A packet that was read."""
        self._bytes += packet.size
        self._seconds += seconds

    def skipped(self, packet: Any) -> float:
        """Seconds that the parser passed over before this packet."""
        if not self._is_known or packet.pos is None or not packet.size:
            return 0.0
        before, self._end = self._end, packet.pos + packet.size
        between = packet.pos - before if before is not None else 0
        return self._seconds_of(between) if between > 2 * packet.size else 0.0

    def worth(self, packet: Any) -> float:
        """Seconds of a packet that cannot be read."""
        return self._seconds_of(packet.size or 0) if self._is_known else 0.0

    def _seconds_of(self, count: int) -> float:
        if not self._bytes or not self._seconds:
            return 0.0
        return min(count * self._seconds / self._bytes, UNSTATED_GAP_LIMIT_S)
