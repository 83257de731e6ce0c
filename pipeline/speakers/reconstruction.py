"""From voices told apart to turns: every window's local speakers get their voice, and the windows vote."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.records import Turn
from pipeline.speakers.segmentation import LOCAL_SPEAKERS, frame_middle
from pipeline.speakers.stretches import FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from pipeline.speakers.segmentation import Windows
    from pipeline.speakers.stretches import Stretches

_ON = 0.5
_CONTEXT_SECONDS = 1.0
"""A stretch this long trusts its own voiceprint and the window's equally, a longer one its own more."""
_NEAR_FRAMES = round(1.0 / FRAME_SECONDS)
_FILLED_GAP_SECONDS = 0.5


@dataclass(frozen=True)
class LocalSpeaker:
    """One local speaker of one window: the stretches that are its own, and how like each voice it sounds.

    `inside` marks the window's frames where it speaks alone within one of its stretches.
    """

    local: int
    stretches: NDArray[np.int64]
    inside: NDArray[np.bool_]
    likeness: NDArray[np.float64] | None


def reconstruct(
    windows: Windows, stretches: Stretches, vectors: NDArray[np.float32], voices: NDArray[np.float64], duration: float
) -> tuple[tuple[Turn, ...], NDArray[np.int64]]:
    """Turns in order of start, and the voice of every stretch.

    `vectors` (stretches, 192) and `voices` (voices, 192) have length 1. A speaker is called after its voice,
    "0", "1" ...; see `name_by_appearance`.
    """
    import numpy as np

    if not len(voices):
        return (), np.zeros(0, dtype=np.int64)
    heard = [
        list(_local_speakers(index, windows, stretches, vectors, voices)) for index in range(len(windows.active))
    ]
    owner = _voices_of_stretches(heard, stretches, vectors, voices)
    activity, count = _vote(windows, stretches, heard, owner, len(voices))
    return _turns(_strongest(activity, count), duration), owner


def _local_speakers(
    index: int, windows: Windows, stretches: Stretches, vectors: NDArray[np.float32], voices: NDArray[np.float64]
) -> Iterator[LocalSpeaker]:
    """The window's local speakers, the mean voiceprint of each one's stretches compared to all voices."""
    import numpy as np

    active, first = windows.active[index] > _ON, windows.first_frames[index]
    length = len(active)
    here = stretches.by_frame[first : first + length]
    alone = active.sum(axis=1) == 1
    for local in np.flatnonzero(active.any(axis=0)):
        inside = active[:, local] & alone & (here >= 0)
        touched, frames = np.unique(here[inside], return_counts=True)
        mostly = frames > 0.5 * np.minimum(stretches.sizes[touched], length)
        own, likeness = touched[mostly], None
        if len(touched):
            chosen = mostly if mostly.any() else np.ones(len(touched), dtype=np.bool_)
            mean = frames[chosen] @ vectors[touched[chosen]]
            likeness = voices @ (mean / np.linalg.norm(mean))
        yield LocalSpeaker(int(local), own, inside & np.isin(here, own), likeness)


def _voices_of_stretches(
    heard: list[list[LocalSpeaker]],
    stretches: Stretches,
    vectors: NDArray[np.float32],
    voices: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Each stretch's voice: by its own voiceprint, and by those of the local speakers it belongs to.

    The network hears who goes on after a pause, which short stretches need; but it mixes up like voices within a
    window, which the stretch's own voiceprint mends.
    """
    import numpy as np

    own = vectors @ voices.T
    context, seen = np.zeros_like(own), np.zeros(len(own))
    for speaker in chain.from_iterable(heard):
        if speaker.likeness is not None:
            context[speaker.stretches] += speaker.likeness
            seen[speaker.stretches] += 1
    context = np.where(seen[:, None] > 0, context / np.maximum(seen, 1)[:, None], own)
    trust = (stretches.seconds / (stretches.seconds + _CONTEXT_SECONDS))[:, None]
    best: NDArray[np.int64] = (trust * own + (1 - trust) * context).argmax(axis=1)
    return best


def _vote(
    windows: Windows,
    stretches: Stretches,
    heard: list[list[LocalSpeaker]],
    owner: NDArray[np.int64],
    voices: int,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """For each grid frame, the share of windows that hear each voice, and how many voices speak at once."""
    import numpy as np

    length = windows.active.shape[1]
    activity = np.zeros((windows.frames, voices), dtype=np.float32)
    seen, count = np.zeros(windows.frames, dtype=np.float32), np.zeros(windows.frames, dtype=np.float32)
    for first, scores, speakers in zip(windows.first_frames, windows.active, heard, strict=True):
        here = slice(first, first + length)
        active = scores > _ON
        seen[here] += 1
        count[here] += active.sum(axis=1)
        marked = np.zeros((length, voices), dtype=np.bool_)
        for speaker in speakers:
            frames = np.flatnonzero(active[:, speaker.local])
            voice = _voice_by_frame(speaker, frames, stretches.by_frame[here], owner)
            marked[frames[voice >= 0], voice[voice >= 0]] = True
        activity[here] += marked
    return activity / seen[:, None], np.floor(count / seen + 0.5).astype(np.int64)


def _voice_by_frame(
    speaker: LocalSpeaker, frames: NDArray[np.int64], stretch_of: NDArray[np.int64], owner: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The voice of each of a local speaker's frames: its nearest own stretch's, else what it sounds like, else -1."""
    import numpy as np

    fallback = -1 if speaker.likeness is None else int(speaker.likeness.argmax())
    own = np.flatnonzero(speaker.inside)
    if not len(own):
        return np.full(len(frames), fallback)
    after = np.searchsorted(own, frames)
    left, right = own[np.maximum(after - 1, 0)], own[np.minimum(after, len(own) - 1)]
    nearest = np.where(np.abs(frames - left) <= np.abs(right - frames), left, right)
    near = np.abs(frames - nearest) <= _NEAR_FRAMES
    return np.where(near, owner[stretch_of[nearest]], fallback)


def _strongest(activity: NDArray[np.float32], count: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of each frame's voices the `count` most heard."""
    import numpy as np

    speaking = np.zeros(activity.shape, dtype=np.bool_)
    ranked = np.argsort(-activity, axis=1, kind="stable")
    allowed = np.minimum(count, (activity > 0).sum(axis=1))
    for rank in range(min(LOCAL_SPEAKERS, activity.shape[1])):
        frames = np.flatnonzero(allowed > rank)
        speaking[frames, ranked[frames, rank]] = True
    return speaking


def _turns(speaking: NDArray[np.bool_], duration: float) -> tuple[Turn, ...]:
    """Each voice's runs of frames, pauses under half a second filled, in order of start."""
    import numpy as np

    turns = []
    for voice in range(speaking.shape[1]):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], speaking[:, voice].astype(np.int8), [0]])))
        for start, end in _fill_gaps(edges[::2], edges[1::2]):
            begin, stop = max(0.0, frame_middle(start - 0.5)), min(duration, frame_middle(end - 0.5))
            if begin < stop:
                turns.append(Turn(begin, stop, str(voice)))
    return tuple(sorted(turns, key=lambda t: (t.start, t.end, t.speaker)))


def _fill_gaps(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    import numpy as np

    if len(starts):
        breaks = (starts[1:] - ends[:-1]) * FRAME_SECONDS >= _FILLED_GAP_SECONDS
        yield from zip(
            (int(s) for s in starts[np.concatenate([[True], breaks])]),
            (int(e) for e in ends[np.concatenate([breaks, [True]])]),
            strict=True,
        )


def name_by_appearance(turns: tuple[Turn, ...]) -> dict[str, str]:
    """Old speaker names to "S1", "S2" ... by first appearance."""
    return {old: f"S{number}" for number, old in enumerate(dict.fromkeys(t.speaker for t in turns), start=1)}
