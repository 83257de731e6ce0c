"""Where somebody speaks: Silero VAD (MIT), version 6, the ONNX file with a state that faster-whisper made of it.

Run block by block with the network's state carried over, so that three hours need no copy of
their samples (faster-whisper's own function makes three).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.records import SAMPLE_RATE_HZ, Audio

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME = 512  # samples a probability stands for: 32 ms
FRAME_S = FRAME / SAMPLE_RATE_HZ
CONTEXT = 64  # samples of the previous frame the network sees
BLOCK_FRAMES = 8192  # 4.4 minutes a run
STATE = 128

SPEECH = 0.5  # Silero's own thresholds: speech begins above the first, ends below the second
SILENCE = 0.35
MIN_SPEECH_S = 0.1
MIN_SILENCE_S = 0.25


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of speech, in seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


class SpeechDetector:
    """Speech probability of each 32 ms frame."""

    def __init__(self, threads: int = 1) -> None:
        import onnxruntime

        from pipeline.resources import speech_detector_file

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session: Any = onnxruntime.InferenceSession(
            str(speech_detector_file()), options, providers=["CPUExecutionProvider"]
        )

    def probabilities(self, audio: Audio) -> NDArray[np.float32]:
        """One probability a frame; the last frame is filled up with silence."""
        frames = -(-len(audio.samples) // FRAME)
        found = np.empty(frames, dtype=np.float32)
        hidden = np.zeros((1, 1, STATE), dtype=np.float32)
        cell = np.zeros((1, 1, STATE), dtype=np.float32)
        for first in range(0, frames, BLOCK_FRAMES):
            last = min(frames, first + BLOCK_FRAMES)
            block = _framed(audio.samples, first, last)
            output, hidden, cell = self._session.run(None, {"input": block, "h": hidden, "c": cell})
            found[first:last] = output.reshape(-1)
        return found


def _framed(samples: NDArray[np.float32], first: int, last: int) -> NDArray[np.float32]:
    """Frames first to last, each led by the end of the one before: shape (last - first, 576)."""
    block = np.zeros(((last - first) * FRAME + CONTEXT,), dtype=np.float32)
    begin = first * FRAME - CONTEXT
    piece = samples[max(0, begin) : last * FRAME]
    block[max(0, -begin) : max(0, -begin) + len(piece)] = piece
    strides = (FRAME * block.itemsize, block.itemsize)
    view = np.lib.stride_tricks.as_strided(block, (last - first, FRAME + CONTEXT), strides)
    return np.ascontiguousarray(view)


def find_speech(
    probabilities: NDArray[np.float32], *, speech: float = SPEECH, silence: float = SILENCE
) -> list[Region]:
    """Stretches of speech by hysteresis; pauses under 0.25 s and speech under 0.1 s do not count."""
    regions: list[Region] = []
    start: int | None = None
    quiet = 0
    for at, value in enumerate(probabilities.tolist()):
        if start is None:
            if value >= speech:
                start, quiet = at, 0
        elif value >= silence:
            quiet = 0
        else:
            quiet += 1
            if quiet * FRAME_S >= MIN_SILENCE_S:
                regions.append(Region(start * FRAME_S, (at + 1 - quiet) * FRAME_S))
                start = None
    if start is not None:
        regions.append(Region(start * FRAME_S, (len(probabilities) - quiet) * FRAME_S))
    return [region for region in regions if region.length >= MIN_SPEECH_S]
