"""Solo segments: the pieces of a recording in which one voice speaks alone.

The windows overlap, so each frame is seen by several of them. Where most agree that one voice speaks, speech
is solo; where most see another local speaker go on after a frame, the voice changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pipeline.speakers.diarization.segmentation import FRAME_SAMPLES, nearest_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.speakers.diarization.segmentation import Windows

FRAME_SECONDS = FRAME_SAMPLES / 16_000
LONGEST_FRAMES = round(1.5 / FRAME_SECONDS)
"""Longer speech is cut evenly, so that a change of voice the windows missed costs little."""
SHORTEST_FRAMES = round(0.3 / FRAME_SECONDS)
_PAUSE_FRAMES = round(0.25 / FRAME_SECONDS)
_CHANGE_REACH_FRAMES = 60
_CHANGE_SMEAR_FRAMES = 9
_MAJORITY = 0.5
_PHRASE_STRETCHES = 3
_OVERLAP_BREAK_FRAMES = 6


@dataclass(frozen=True)
class Segments:
    """Segments in order of time on a recording's grid of `grid` frames.

    `frames[i]` are the grid frames of segment i in which speech is solo. Segments of one number in `runs` follow one
    another without a pause or change of voice.
    """

    frames: tuple[NDArray[np.int64], ...]
    runs: tuple[int, ...]
    grid: int

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many frames of solo speech each holds."""
        return np.array([len(f) for f in self.frames], dtype=np.int64)

    @property
    def seconds(self) -> NDArray[np.float64]:
        """How much solo speech each holds."""
        return np.array([len(f) * FRAME_SECONDS for f in self.frames], dtype=np.float64)

    @cached_property
    def by_frame(self) -> NDArray[np.int64]:
        """For each grid frame the segment it lies in, -1 where there is none."""
        owner = np.full(self.grid, -1, dtype=np.int64)
        for index, inside in enumerate(self.frames):
            owner[inside[0] : inside[-1] + 1] = index
        return owner

    @property
    def phrases(self) -> list[list[int]]:
        """Up to three segments of one run together: their mean voiceprint is surer than one segment's."""
        members: dict[int, list[int]] = {}
        for index, run in enumerate(self.runs):
            members.setdefault(run, []).append(index)
        return [
            part.tolist()
            for run in members.values()
            for part in np.array_split(run, -(-len(run) // _PHRASE_STRETCHES))
        ]

    def within(self, regions: Sequence[tuple[float, float]]) -> Segments:
        """What of the segments lies in `regions` (start and end in seconds), without what is then under 0.3 s."""
        inside = np.zeros(self.grid, dtype=np.bool_)
        for start, end in regions:
            inside[max(0, nearest_frame(start)) : max(0, nearest_frame(end))] = True
        cut = [(f[inside[f]], run) for f, run in zip(self.frames, self.runs, strict=True)]
        kept = [(f, run) for f, run in cut if len(f) >= SHORTEST_FRAMES]
        return Segments(tuple(f for f, _ in kept), tuple(run for _, run in kept), self.grid)


def find_segments(windows: Windows) -> Segments:
    """Cut the solo speech at pauses and changes of voice, and into at most 1.5 s; drop what is under 0.3 s."""
    solo, change = _vote(windows)
    frames = np.flatnonzero(solo)
    cuts_before = np.cumsum(_peaks(change))
    changed = np.diff(cuts_before[frames]) > 0
    pieces, numbers = [], []
    for number, run in enumerate(_split(frames, (np.diff(frames) > _PAUSE_FRAMES) | changed)):
        if len(run) >= SHORTEST_FRAMES:
            parts = np.array_split(run, -(-len(run) // LONGEST_FRAMES))
            pieces += parts
            numbers += [number] * len(parts)
    return Segments(tuple(pieces), tuple(numbers), windows.frames)


def find_overlaps(windows: Windows) -> Segments:
    """Where most windows hear two voices at once, cut into at most 3 s: what those together sound like is a clue."""
    seen, several = np.zeros(windows.frames), np.zeros(windows.frames)
    length = windows.active.shape[1]
    for first, active in zip(windows.first_frames, windows.active, strict=True):
        seen[first : first + length] += 1
        several[first : first + length] += (active > _MAJORITY).sum(axis=1) >= 2
    frames = np.flatnonzero(several > _MAJORITY * seen)
    runs = _split(frames, np.diff(frames) > _OVERLAP_BREAK_FRAMES)
    pieces = [
        part
        for run in runs
        if len(run) >= SHORTEST_FRAMES
        for part in np.array_split(run, -(-len(run) // (2 * LONGEST_FRAMES)))
    ]
    return Segments(tuple(pieces), tuple(range(len(pieces))), windows.frames)


def _split(frames: NDArray[np.int64], breaks: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Cut after each frame that `breaks` marks; no parts of no frames."""
    return np.split(frames, np.flatnonzero(breaks) + 1) if len(frames) else []


def _vote(windows: Windows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each grid frame: do most windows hear one voice alone; do most hear the voice change here."""
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
    frames = np.flatnonzero(alone)
    voice = active[frames].argmax(axis=1)
    changed = (np.diff(voice) != 0) & (np.diff(frames) < _CHANGE_REACH_FRAMES)
    after: NDArray[np.int64] = frames[1:][changed]
    return after


def _peaks(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The middle frame of each run of marked frames."""
    middles = np.zeros(len(marked), dtype=np.bool_)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(np.int8), [0]])))
    middles[(edges[::2] + edges[1::2]) // 2] = True
    return middles
