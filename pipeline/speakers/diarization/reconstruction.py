"""From voices told apart to turns: every window's local speakers get their voice, and the windows vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.records import Turn
from pipeline.speakers.diarization.segmentation import LOCAL_SPEAKERS, frame_middle
from pipeline.speakers.diarization.solo_segments import FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.speakers.diarization.local_speakers import LocalSpeaker
    from pipeline.speakers.diarization.segmentation import Windows

_FILLED_GAP_SECONDS = 0.5
"""People pause this long within what they say; references by hand and by forced alignment fill such pauses too."""
_SHORTEST_TURN_SECONDS = 0.1


def reconstruct(
    windows: Windows, heard: list[list[LocalSpeaker]], voices: int, duration: float
) -> tuple[Turn, ...]:
    """Turns in order of start from each window's local speakers; a turn's speaker is its voice's number as text."""
    if not voices:
        return ()
    activity, count = _vote(windows, heard, voices)
    return _turns(_strongest(activity, count), duration)


def _vote(
    windows: Windows, heard: list[list[LocalSpeaker]], voices: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """For each grid frame, the share of windows that hear each voice, and how many voices speak at once."""
    length = windows.active.shape[1]
    activity = np.zeros((windows.frames, voices), dtype=np.float32)
    seen, count = np.zeros(windows.frames, dtype=np.float32), np.zeros(windows.frames, dtype=np.float32)
    for first, speakers in zip(windows.first_frames, heard, strict=True):
        seen[first : first + length] += 1
        marked = np.zeros((length, voices), dtype=np.bool_)
        for speaker in speakers:
            count[first + speaker.frames] += 1
            known = speaker.voice >= 0
            marked[speaker.frames[known], speaker.voice[known]] = True
        activity[first : first + length] += marked
    return activity / seen[:, None], np.floor(count / seen + 0.5).astype(np.int64)


def _strongest(activity: NDArray[np.float32], count: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of each frame's voices the `count` most heard."""
    speaking = np.zeros(activity.shape, dtype=np.bool_)
    ranked = np.argsort(-activity, axis=1, kind="stable")
    allowed = np.minimum(count, (activity > 0).sum(axis=1))
    for rank in range(min(LOCAL_SPEAKERS, activity.shape[1])):
        frames = np.flatnonzero(allowed > rank)
        speaking[frames, ranked[frames, rank]] = True
    return speaking


def _turns(speaking: NDArray[np.bool_], duration: float) -> tuple[Turn, ...]:
    """Each voice's runs of frames, short pauses filled, in order of start."""
    turns = []
    for voice in range(speaking.shape[1]):
        for first, end in _runs(speaking[:, voice]):
            start, stop = max(0.0, frame_middle(first - 0.5)), min(duration, frame_middle(end - 0.5))
            if stop - start >= _SHORTEST_TURN_SECONDS:
                turns.append(Turn(start, stop, str(voice)))
    return tuple(sorted(turns, key=lambda t: (t.start, t.end, t.speaker)))


def _runs(speaking: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First frame and the frame after the last of each run, those less than the filled gap apart as one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], speaking.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    apart = (starts[1:] - ends[:-1]) * FRAME_SECONDS >= _FILLED_GAP_SECONDS
    bounds = (
        zip(starts[np.append(True, apart)], ends[np.append(apart, True)], strict=True) if len(starts) else ()
    )
    yield from ((int(start), int(end)) for start, end in bounds)


def name_by_appearance(turns: tuple[Turn, ...]) -> dict[str, str]:
    """Speaker names to "S1", "S2" ... by first appearance."""
    return {old: f"S{number}" for number, old in enumerate(dict.fromkeys(t.speaker for t in turns), start=1)}
