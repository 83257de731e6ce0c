"""Who spoke when, and each voice's print: the diarization engine, in onnxruntime alone.

Sliding windows tell who speaks within ten seconds (segmentation.py); the segments in which one voice speaks alone
(segments.py) each get one voiceprint (embedding.py); these are clustered to the recording's voices (clustering.py);
and the windows vote again, now with voices, for turns that may overlap (reconstruction.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.records import Diarization, Voiceprint
from pipeline.speakers.diarization.choice import DIARIZER, models_of
from pipeline.speakers.diarization.networks import load_segmentation, load_voiceprints

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.records import Audio
    from pipeline.speakers.diarization.networks import Network, VoiceprintNetwork
    from pipeline.speakers.diarization.solo_segments import Segments

WINDOW_STEP_FRAMES = 118
"""A window every 1.99 s: one every second costs twice the time for a tenth of a point of error."""
_SEGMENTATION_SHARE = 0.5
"""Of the time, for the progress shown."""


def load(threads: int | None = None, diarizer: str = DIARIZER) -> SpeakerDiarizer:
    """The engine with the two models that `diarizer` names loaded and tried (under a second).

    Raises DiarizerUnknownError, ModelMissingError when one is not installed, NetworkUnfitError when one is not of the
    form that networks.py describes.
    """
    from pipeline.malloc import one_arena

    segmentation, voiceprints = models_of(diarizer)
    one_arena()
    return SpeakerDiarizer(
        load_segmentation(segmentation, threads), load_voiceprints(voiceprints, threads), model=diarizer
    )


class SpeakerDiarizer:
    """Diarizes recordings with the two loaded networks; see `load`. `model` names both, as its results do."""

    name = "windows"

    def __init__(
        self, segmentation: Network, voiceprint: VoiceprintNetwork, *, model: str = DIARIZER
    ) -> None:
        self.model = model
        self._segmentation = segmentation
        self._voiceprint = voiceprint

    def diarize(
        self,
        audio: Audio,
        *,
        speakers: int | None = None,
        at_most: int | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Diarization:
        """Turns in order of start, speakers "S1", "S2" ... by first appearance, a voiceprint for each.

        `speakers` guides how many voices are looked for, without it `at_most` (a roster's size) does from above;
        recordings that clearly hold more or fewer keep theirs.
        `progress` gets the share done, 0 to 1. Silence gives no turns.
        """
        from pipeline.malloc import settle
        from pipeline.speakers.diarization import local_speakers as local
        from pipeline.speakers.diarization.clustering import find_voices
        from pipeline.speakers.diarization.reconstruction import name_by_appearance, reconstruct
        from pipeline.speakers.diarization.segmentation import segment
        from pipeline.speakers.diarization.solo_segments import find_overlaps, find_segments

        settle()
        windows = segment(
            self._segmentation, audio.samples, WINDOW_STEP_FRAMES, _part(progress, 0, _SEGMENTATION_SHARE)
        )
        segments, overlaps = find_segments(windows), find_overlaps(windows)
        vectors, mixed = self._embed(audio, [segments, overlaps], _part(progress, _SEGMENTATION_SHARE, 1))
        voices = find_voices(*_phrase_means(segments, vectors), speakers, at_most)
        if not len(voices):
            return Diarization(audio.duration, (), (), self.model)
        heard = local.find_local_speakers(windows, segments, vectors, voices)
        owner = local.match_segments(heard, segments, vectors, voices)
        local.match_local_speakers(heard, windows, segments, owner, overlaps, mixed @ voices.T)
        turns = reconstruct(windows, heard, len(voices), audio.duration)
        names = name_by_appearance(turns)
        prints = tuple(
            _voiceprint(
                name, vectors[owner == int(old)], segments.seconds[owner == int(old)], voices[int(old)]
            )
            for old, name in names.items()
        )
        if progress:
            progress(1.0)
        turns = tuple(replace(t, speaker=names[t.speaker]) for t in turns)
        return Diarization(audio.duration, turns, prints, self.model)

    def embed(
        self, audio: Audio, regions: Sequence[tuple[float, float]] | None = None, *, speaker: str = ""
    ) -> Voiceprint | None:
        """The voiceprint of the one voice in `regions` (start and end in seconds; without: all solo speech).

        None when there is not half a second of speech in them.
        """
        from pipeline.speakers.diarization.segmentation import segment
        from pipeline.speakers.diarization.solo_segments import find_segments

        segments = find_segments(segment(self._segmentation, audio.samples, WINDOW_STEP_FRAMES))
        if regions is not None:
            segments = segments.within(regions)
        if segments.seconds.sum() < 0.5:
            return None
        (vectors,) = self._embed(audio, [segments])
        return _voiceprint(speaker, vectors, segments.seconds, np.zeros(vectors.shape[1]))

    def _embed(
        self, audio: Audio, kinds: Sequence[Segments], progress: Callable[[float], None] | None = None
    ) -> list[NDArray[np.float32]]:
        """The voiceprints of all segments of each kind."""
        from pipeline.speakers.diarization.embedding import embed, feature_frames
        from pipeline.speakers.diarization.fbank import compute_fbank

        features = compute_fbank(audio.samples, self._voiceprint.filterbank)
        pieces = [feature_frames(frames, len(features)) for kind in kinds for frames in kind.frames]
        vectors = embed(self._voiceprint, features, pieces, progress)
        return np.split(vectors, np.cumsum([len(kind.frames) for kind in kinds])[:-1])


def _phrase_means(
    segments: Segments, vectors: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The voiceprint and the seconds of each phrase."""
    phrases, seconds = segments.phrases, segments.seconds
    means = np.zeros((len(phrases), vectors.shape[1]), dtype=np.float32)
    for row, members in zip(means, phrases, strict=True):
        row[:] = seconds[members] @ vectors[members]
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), np.float32(1e-9))
    return means, np.array([seconds[members].sum() for members in phrases])


def _voiceprint(
    speaker: str, vectors: NDArray[np.float32], seconds: NDArray[np.float64], voice: NDArray[np.float64]
) -> Voiceprint:
    """Mean of a speaker's voiceprints weighted by seconds; `voice` stands in where it never speaks alone.

    `spread` is the mean cosine distance of its segments from that mean.
    """
    if not len(vectors):
        return Voiceprint(speaker, tuple(float(x) for x in voice), 0.0)
    mean = seconds @ vectors / seconds.sum()
    distance = 1 - vectors @ mean / np.linalg.norm(mean)
    spread = max(0.0, float(seconds @ distance / seconds.sum()))  # rounding may fall below
    return Voiceprint(speaker, tuple(float(x) for x in mean), float(seconds.sum()), spread)


def _part(
    progress: Callable[[float], None] | None, start: float, end: float
) -> Callable[[float], None] | None:
    """A stage's own 0 to 1 as its part of the whole."""
    return None if progress is None else lambda share: progress(start + share * (end - start))
