"""Stretches of solo speech: the pieces of a recording in which one voice speaks alone.

The windows overlap, so each frame is seen by several of them. Where most agree that one voice speaks, speech
is solo; where most see another local speaker go on after a frame, the voice changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.speakers.segmentation import FRAME_SAMPLES, nearest_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pipeline.speakers.segmentation import Windows

FRAME_SECONDS = FRAME_SAMPLES / 16_000
LONGEST_FRAMES = round(3.0 / FRAME_SECONDS)
"""Longer speech is cut evenly: a voiceprint of 3 s is as sure as a longer one, and a missed change costs less."""
SHORTEST_FRAMES = round(0.3 / FRAME_SECONDS)
_PAUSE_FRAMES = round(0.25 / FRAME_SECONDS)
_CHANGE_REACH_FRAMES = 60
_CHANGE_SMEAR_FRAMES = 9
_MAJORITY = 0.5


@dataclass(frozen=True)
class Stretches:
    """Stretches in order of time on a recording's grid of `grid` frames.

    `frames[i]` are the grid frames of stretch i in which speech is solo.
    """

    frames: tuple[NDArray[np.int64], ...]
    grid: int

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many frames of solo speech each holds."""
        import numpy as np

        return np.array([len(f) for f in self.frames], dtype=np.int64)

    @property
    def seconds(self) -> NDArray[np.float64]:
        """How much solo speech each holds."""
        return self.sizes * FRAME_SECONDS

    @cached_property
    def by_frame(self) -> NDArray[np.int64]:
        """For each grid frame the stretch it lies in, -1 where there is none."""
        import numpy as np

        owner = np.full(self.grid, -1, dtype=np.int64)
        for index, inside in enumerate(self.frames):
            owner[inside[0] : inside[-1] + 1] = index
        return owner


    def within(self, regions: Sequence[tuple[float, float]]) -> Stretches:
        """What of the stretches lies in `regions` (start and end in seconds), without what is then under 0.3 s."""
        import numpy as np

        inside = np.zeros(self.grid, dtype=np.bool_)
        for start, end in regions:
            inside[max(0, nearest_frame(start)) : max(0, nearest_frame(end))] = True
        kept = (f[inside[f]] for f in self.frames)
        return Stretches(tuple(f for f in kept if len(f) >= SHORTEST_FRAMES), self.grid)


def find_stretches(windows: Windows) -> Stretches:
    """Cut the solo speech at pauses and changes of voice, and into at most 3 s; drop what is under 0.3 s."""
    import numpy as np

    solo, change = _vote(windows)
    frames = np.flatnonzero(solo)
    if not len(frames):
        return Stretches((), windows.frames)
    cuts_before = np.cumsum(_peaks(change))
    gap = np.diff(frames) > _PAUSE_FRAMES
    changed = np.diff(cuts_before[frames]) > 0
    runs = np.split(frames, np.flatnonzero(gap | changed) + 1)
    pieces = []
    for run in runs:
        if len(run) >= SHORTEST_FRAMES:
            pieces += np.array_split(run, -(-len(run) // LONGEST_FRAMES))
    return Stretches(tuple(pieces), windows.frames)


def _vote(windows: Windows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each grid frame: do most windows hear one voice alone; do most hear the voice change here."""
    import numpy as np

    seen, solo, change = (np.zeros(windows.frames) for _ in range(3))
    length = windows.active.shape[1]
    for first, active in zip(windows.first_frames, windows.active > _MAJORITY, strict=True):
        here = slice(first, first + length)
        alone = active.sum(axis=1) == 1
        seen[here] += 1
        solo[here] += alone
        change[here][_changes(active, alone)] += 1
    smeared = np.convolve(change, np.ones(_CHANGE_SMEAR_FRAMES), "same")  # windows differ by some frames
    return solo > _MAJORITY * seen, smeared > _MAJORITY * seen


def _changes(active: NDArray[np.bool_], alone: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Frames at which another voice goes on within a second of the one before."""
    import numpy as np

    frames = np.flatnonzero(alone)
    voice = active[frames].argmax(axis=1)
    changed = (np.diff(voice) != 0) & (np.diff(frames) < _CHANGE_REACH_FRAMES)
    return frames[1:][changed]


def _peaks(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The middle frame of each run of marked frames."""
    import numpy as np

    middles = np.zeros(len(marked), dtype=np.bool_)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(np.int8), [0]])))
    middles[(edges[::2] + edges[1::2]) // 2] = True
    return middles
