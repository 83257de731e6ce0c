"""Decoded sound as it grows: resampled to 16 kHz mono, in one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.records import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GAP_S = 0.25  # timestamps jumping further than this are a pause the recorder left out
SILENCE_LEAST_S = 3600.0  # this much silence may be filled in whatever was heard before: a long break
SILENCE_SHARE = 4.0  # or so many times what was heard
LEAST_BYTES_A_SECOND = 16.0  # less than any codec of speech needs, and FLAC for digital silence
RESERVED_BYTES_A_SECOND = (
    500.0  # room is made at once for sound that takes at least so much; the rest as it comes
)
LEAST_LIMIT_S = 600.0  # a file however small may hold this much
UNSTATED_GAP_LIMIT_S = 600.0  # a wrong timestamp must not fill the memory with silence
CLEAN_STEP = 1 << 20  # samples


class ImplausibleLengthError(Exception):
    """More sound than a file of this size can hold, or more silence than a recorder leaves out: it is damaged."""


class Resampler:
    """Mono samples at any rate into the buffer at 16 kHz; a change of rate inside a file is followed."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer = buffer
        self._rate = 0
        self._converter: Any = None
        self.seconds_in = 0.0
        self._silent_s = 0.0

    def pause_until(self, seconds: float, limit: float | None) -> None:
        """Silence up to that time of the recording, if the timestamps jumped forward."""
        gap = seconds - self.seconds_in
        if GAP_S <= gap <= (UNSTATED_GAP_LIMIT_S if limit is None else limit):
            self.be_silent(gap)

    def be_silent(self, seconds: float) -> None:
        """That much silence, where there was any sound before; raises ImplausibleLengthError for far too much."""
        import numpy as np

        heard = self.seconds_in - self._silent_s
        if self._rate and self._silent_s + seconds > max(SILENCE_LEAST_S, SILENCE_SHARE * heard):
            raise ImplausibleLengthError
        if round(seconds * self._rate):
            self._silent_s += seconds
            self._buffer.allow(seconds)
            self.push(np.zeros(round(seconds * self._rate), dtype=np.float32), self._rate)

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


class Buffer:
    """A float32 array that grows in place (realloc moves pages instead of copying them).

    `file_bytes`, the size of the file, bounds what it may grow to: a header may say anything.
    """

    def __init__(self, file_bytes: int) -> None:
        import numpy as np

        self._file_bytes = file_bytes
        self._limit = int(max(LEAST_LIMIT_S, file_bytes / LEAST_BYTES_A_SECOND) * SAMPLE_RATE_HZ)

        self._samples: NDArray[np.float32] = np.empty(0, dtype=np.float32)
        self._used = 0

    @property
    def seconds(self) -> float:
        return self._used / SAMPLE_RATE_HZ

    def reserve(self, seconds: float | None) -> None:
        """Room for that many seconds (a minute where the header states nothing, no more than such a file may hold)."""
        likely = max(60.0, self._file_bytes / RESERVED_BYTES_A_SECOND)
        self._resize(int((min(seconds or 60.0, likely, 86_400.0) + 1) * SAMPLE_RATE_HZ))

    def allow(self, seconds: float) -> None:
        """Let it grow by silence that the file does not hold."""
        self._limit += int((seconds + 1) * SAMPLE_RATE_HZ)

    def append(self, samples: NDArray[np.float32]) -> None:
        end = self._used + len(samples)
        if end > self._limit:
            raise ImplausibleLengthError
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
