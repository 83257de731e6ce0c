"""Which voice each window's local speakers are.

The network hears well who goes on after a pause, but mixes up like voices within its window. So each segment of solo
speech decides by its own voiceprint together with those of the local speakers it belongs to; a local speaker's
other frames follow the nearest segment; and of two local speakers at once, the one with less solo speech gets
another voice than the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from pipeline.speakers.diarization.solo_segments import FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.speakers.diarization.segmentation import Windows
    from pipeline.speakers.diarization.solo_segments import Segments

_ON = 0.5
_CONTEXT_SECONDS = 0.6
"""A segment this long trusts its own voiceprint and the window's equally, a longer one its own more."""
_NEAR_FRAMES = round(1.0 / FRAME_SECONDS)


@dataclass(frozen=True)
class LocalSpeaker:
    """One local speaker of one window.

    `frames` are those of the window in which it speaks, `voice` its voice in each of them (-1 unknown). `anchors` are
    the frames in which it speaks alone within a segment of its own, `segments` these segments; `likeness`
    (voices,) says how like each voice they sound together, None when it never speaks alone.
    """

    frames: NDArray[np.int64]
    voice: NDArray[np.int64]
    anchors: NDArray[np.int64]
    segments: NDArray[np.int64]
    likeness: NDArray[np.float64] | None


def find_local_speakers(
    windows: Windows, segments: Segments, vectors: NDArray[np.float32], voices: NDArray[np.float64]
) -> list[list[LocalSpeaker]]:
    """Every window's local speakers, the one with most solo speech first, their `voice` not yet known.

    `vectors` (segments, numbers) and `voices` (voices, numbers) have length 1.
    """
    return [
        list(_of_window(index, windows, segments, vectors, voices)) for index in range(len(windows.active))
    ]


def _of_window(
    index: int,
    windows: Windows,
    segments: Segments,
    vectors: NDArray[np.float32],
    voices: NDArray[np.float64],
) -> Iterator[LocalSpeaker]:
    active, first = windows.active[index] > _ON, windows.first_frames[index]
    here = segments.by_frame[first : first + len(active)]
    inside = active & (active.sum(axis=1, keepdims=True) == 1) & (here >= 0)[:, None]
    for local in np.argsort(-inside.sum(axis=0), kind="stable"):
        frames = np.flatnonzero(active[:, local])
        if not len(frames):
            continue
        touched, counts = np.unique(here[inside[:, local]], return_counts=True)
        mostly = counts > 0.5 * np.minimum(segments.sizes[touched], len(active))
        anchors = np.flatnonzero(inside[:, local] & np.isin(here, touched[mostly]))
        likeness = None
        if len(touched):
            chosen = mostly if mostly.any() else np.ones(len(touched), dtype=np.bool_)
            mean = counts[chosen] @ vectors[touched[chosen]]
            likeness = voices @ (mean / np.linalg.norm(mean))
        yield LocalSpeaker(frames, np.full(len(frames), -1), anchors, touched[mostly], likeness)


def match_segments(
    heard: list[list[LocalSpeaker]],
    segments: Segments,
    vectors: NDArray[np.float32],
    voices: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Each segment's voice."""
    own = vectors @ voices.T
    context, seen = np.zeros_like(own), np.zeros(len(own))
    for speaker in chain.from_iterable(heard):
        if speaker.likeness is not None:
            context[speaker.segments] += speaker.likeness
            seen[speaker.segments] += 1
    context = np.where(seen[:, None] > 0, context / np.maximum(seen, 1)[:, None], own)
    trust = (segments.seconds / (segments.seconds + _CONTEXT_SECONDS))[:, None]
    best: NDArray[np.int64] = (trust * own + (1 - trust) * context).argmax(axis=1)
    return best


def match_local_speakers(
    heard: list[list[LocalSpeaker]],
    windows: Windows,
    segments: Segments,
    owner: NDArray[np.int64],
    overlaps: Segments,
    overlap_likeness: NDArray[np.float64],
) -> None:
    """Fill in the `voice` of all local speakers in place.

    `owner` (segments,) is each segment's voice; `overlap_likeness` (overlaps, voices) says how like each voice an
    overlap sounds.
    """
    length, voices = windows.active.shape[1], overlap_likeness.shape[1]
    for first, speakers in zip(windows.first_frames, heard, strict=True):
        here = slice(first, first + length)
        taken = np.zeros((length, voices), dtype=np.bool_)
        for speaker in speakers:
            speaker.voice[:] = _by_nearest_anchor(
                speaker, owner[segments.by_frame[here]] if len(owner) else owner
            )
            _settle_conflicts(speaker, taken, overlaps.by_frame[here], overlap_likeness)
            known = speaker.voice >= 0
            taken[speaker.frames[known], speaker.voice[known]] = True


def _by_nearest_anchor(speaker: LocalSpeaker, owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """The voice of the nearest anchor within a second, else what the speaker sounds like, else -1."""
    fallback = -1 if speaker.likeness is None else int(speaker.likeness.argmax())
    anchors, frames = speaker.anchors, speaker.frames
    if not len(anchors):
        return np.full(len(frames), fallback)
    after = np.searchsorted(anchors, frames)
    left, right = anchors[np.maximum(after - 1, 0)], anchors[np.minimum(after, len(anchors) - 1)]
    nearest = np.where(np.abs(frames - left) <= np.abs(right - frames), left, right)
    return np.where(np.abs(frames - nearest) <= _NEAR_FRAMES, owner[nearest], fallback)


def _settle_conflicts(
    speaker: LocalSpeaker,
    taken: NDArray[np.bool_],
    overlap_of: NDArray[np.int64],
    likeness: NDArray[np.float64],
) -> None:
    """Where the voice is unknown or another's already, choose the likeliest of the others, run by run."""
    unsettled = (speaker.voice < 0) | taken[speaker.frames, np.maximum(speaker.voice, 0)]
    places = np.flatnonzero(unsettled)
    if not len(places):
        return
    for run in np.split(places, np.flatnonzero(np.diff(speaker.frames[places]) > 1) + 1):
        frames = speaker.frames[run]
        free = taken[frames].mean(axis=0) <= 0.5
        overlap = overlap_of[frames][overlap_of[frames] >= 0]
        if not free.any() or (speaker.likeness is None and not len(overlap)):
            continue
        score = np.zeros(len(free)) if speaker.likeness is None else speaker.likeness.copy()
        if len(overlap):
            score += likeness[np.bincount(overlap).argmax()]
        speaker.voice[run] = np.where(free, score, -np.inf).argmax()
