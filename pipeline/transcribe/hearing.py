"""The way both engines go through a recording: speech found, decoded, second looks, marks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from pipeline.records import Audio, Word
from pipeline.transcribe.base import Progress
from pipeline.transcribe.vad import Region, find_speech
from pipeline.transcribe.windows import Window, pack
from pipeline.transcribe.words import clip_to_speech, in_order, mark_inaudible, uncovered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SECOND_LOOK_SHARE = 0.05  # of the progress shown


class Ear(Protocol):
    """An engine set up for one recording."""

    def decode(self, windows: Sequence[Window]) -> list[list[Word]]: ...


class Hearing:
    """One recording with its speech found."""

    def __init__(self, audio: Audio, probabilities: NDArray[np.float32], progress: Progress | None) -> None:
        self.audio = audio
        self.probabilities = probabilities
        self._progress = progress
        self._shown = 0.0

    @cached_property
    def regions(self) -> list[Region]:
        return find_speech(self.probabilities)

    @cached_property
    def windows(self) -> list[Window]:
        return pack(self.regions, self.probabilities, self.audio.duration)

    def report(self, share: float) -> None:
        """Tell how much is done; never less than before."""
        self._shown = max(self._shown, min(1.0, share))
        if self._progress is not None:
            self._progress(self._shown)


def hear(hearing: Hearing, ear: Ear, batch: int) -> list[Word]:
    """All words of a recording, and [inaudible] where speech gave none."""
    words = _decode(hearing, ear, hearing.windows, batch, 0.0, 1.0 - SECOND_LOOK_SHARE)
    words = in_order(clip_to_speech(words, hearing.regions), hearing.audio.duration)
    words = _second_look(hearing, ear, words, batch)
    missed = uncovered(hearing.regions, words)
    hearing.report(1.0)
    return mark_inaudible(words, missed, hearing.audio.duration)


def _decode(
    hearing: Hearing, ear: Ear, windows: Sequence[Window], batch: int, begin: float, end: float
) -> list[Word]:
    words: list[Word] = []
    for first in range(0, len(windows), batch):
        for found in ear.decode(windows[first : first + batch]):
            words.extend(found)
        done = min(first + batch, len(windows)) / len(windows)
        hearing.report(begin + (end - begin) * done)
    return words


def _second_look(hearing: Hearing, ear: Ear, words: list[Word], batch: int) -> list[Word]:
    """Speech the recogniser passed over is heard once more, on its own."""
    missed = uncovered(hearing.regions, words)
    if not missed:
        return words
    windows = [w for region in missed for w in pack([region], hearing.probabilities, hearing.audio.duration)]
    more = _decode(hearing, ear, windows, batch, 1.0 - SECOND_LOOK_SHARE, 1.0)
    more = [w for w in clip_to_speech(more, missed) if not _stands_already(w, words)]
    return in_order([*words, *more], hearing.audio.duration)


def _stands_already(word: Word, words: Sequence[Word]) -> bool:
    """The same word within a second: the second look's edge holds the neighbour again."""
    key = word.text.strip(".,?!").lower()
    return any(
        abs(other.start - word.start) < 1.0 and other.text.strip(".,?!").lower() == key for other in words
    )
