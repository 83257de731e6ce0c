"""Stretches of speech packed into windows of at most 30 s, the length Whisper hears at once.

A window is cut in pauses; only where speech runs on for longer than a window is it cut at the
moment least like speech. Long pauses inside a window are shortened (Whisper invents text in
silence); a window remembers from where each of its pieces came, so times are mapped back exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.records import Audio
from pipeline.transcribe.vad import FRAME_S, Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW_S = 30.0
PAD_S = 0.4  # sound kept on both sides of speech: soft beginnings and ends of words
LATEST_CUT_S = 28.0
EARLIEST_CUT_S = 18.0
MIN_PIECE_S = 0.3


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of the recording, in order, to be heard as one sound of at most 30 s."""

    pieces: tuple[Region, ...]

    @property
    def length(self) -> float:
        return sum(piece.length for piece in self.pieces)

    @property
    def start(self) -> float:
        return self.pieces[0].start

    @property
    def end(self) -> float:
        return self.pieces[-1].end

    def samples(self, audio: Audio) -> NDArray[np.float32]:
        """The window's sound."""
        return np.concatenate(
            [audio.samples[round(p.start * audio.rate) : round(p.end * audio.rate)] for p in self.pieces]
        )

    def real_time(self, seconds: float, *, ending: bool = False) -> float:
        """A time within the window's sound as a time of the recording.

        On the joint of two pieces an ending belongs to the first, a beginning to the second.
        """
        left = max(0.0, seconds)
        for piece in self.pieces:
            if left < piece.length or (ending and left <= piece.length):
                return piece.start + left
            left -= piece.length
        return self.end

    def own_time(self, seconds: float) -> float:
        """A time of the recording as a time within the window's sound; in a cut pause, the joint's."""
        passed = 0.0
        for piece in self.pieces:
            if seconds <= piece.end:
                return passed + max(0.0, seconds - piece.start)
            passed += piece.length
        return passed


def pack(regions: Sequence[Region], probabilities: NDArray[np.float32], duration: float) -> list[Window]:
    """All of the speech in windows, in order of time; every second of a region is in one window."""
    windows: list[Window] = []
    pieces: list[Region] = []
    filled = 0.0
    queue = pad(cut_long(regions, probabilities), duration)
    for piece in queue:
        if pieces and filled + piece.length > WINDOW_S:
            windows.append(Window(joined(pieces)))
            pieces, filled = [], 0.0
        pieces.append(piece)
        filled += piece.length
    if pieces:
        windows.append(Window(joined(pieces)))
    return windows


def pad(regions: Sequence[Region], duration: float) -> list[Region]:
    """Each region with up to 0.4 s of its surroundings; neighbours meet in the middle of their pause."""
    padded: list[Region] = []
    for at, region in enumerate(regions):
        before = regions[at - 1].end if at else -PAD_S
        after = regions[at + 1].start if at + 1 < len(regions) else duration + PAD_S
        start = max(0.0, region.start - min(PAD_S, (region.start - before) / 2 if at else PAD_S))
        end = min(duration, region.end + min(PAD_S, (after - region.end) / 2))
        padded.append(Region(start, end))
    return padded


def joined(pieces: Sequence[Region]) -> tuple[Region, ...]:
    """Pieces that touch become one."""
    whole: list[Region] = []
    for piece in pieces:
        if whole and piece.start - whole[-1].end < 1e-6:
            whole[-1] = Region(whole[-1].start, piece.end)
        else:
            whole.append(piece)
    return tuple(whole)


def cut_long(regions: Sequence[Region], probabilities: NDArray[np.float32]) -> list[Region]:
    """Regions longer than a window can hold, cut where they are least like speech."""
    short: list[Region] = []
    for region in regions:
        while region.length > LATEST_CUT_S:
            cut = _weakest(probabilities, region.start + EARLIEST_CUT_S, region.start + LATEST_CUT_S)
            short.append(Region(region.start, cut))
            region = Region(cut, region.end)
        if region.length > 0:
            short.append(region)
    return short


def _weakest(probabilities: NDArray[np.float32], earliest: float, latest: float) -> float:
    """The middle of the 0.16 s least like speech between two times."""
    first, last = int(earliest / FRAME_S), int(latest / FRAME_S)
    stretch = probabilities[first:last]
    if len(stretch) < 5:
        return latest
    smooth = np.convolve(stretch, np.full(5, 0.2), mode="valid")
    return float((first + int(np.argmin(smooth)) + 2.5) * FRAME_S)
