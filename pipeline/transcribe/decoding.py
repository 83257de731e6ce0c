"""The way both engines go through a recording: speech found, decoded, second looks, marks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pipeline.records import Audio, Word
from pipeline.transcribe.base import Progress
from pipeline.transcribe.hinted import settle
from pipeline.transcribe.names_heard import Question, Rescorer
from pipeline.transcribe.vad import Region, find_speech
from pipeline.transcribe.windows import Window, pack
from pipeline.transcribe.words import (
    clip_to_speech,
    in_order,
    mark_inaudible,
    merge_again,
    stretched,
    uncovered,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

SECOND_LOOK_SHARE = 0.05  # of the progress shown


class Decoder(Rescorer, Protocol):
    """An engine set up for one recording: `parallel` batches at the same time, each in a thread of its own."""

    @property
    def batch(self) -> int:
        """The most windows of a batch."""

    @property
    def hinted(self) -> frozenset[str]:
        """The single words of the hints, bare; empty where there are none."""

    def decode(self, windows: Sequence[Window], *, hinted: bool = True) -> list[list[Word]]:
        """Each window's words, in times of the recording.

        Without the hints where `hinted` is False: cheaper, and right after the same windows with them.
        """


class Speech:
    """One recording with its speech found and packed into windows."""

    def __init__(self, audio: Audio, probabilities: NDArray[np.float32], progress: Progress | None) -> None:
        self.audio = audio
        self.probabilities = probabilities
        self._progress = progress
        self._shown = 0.0
        self._lock = Lock()

    @cached_property
    def regions(self) -> list[Region]:
        return find_speech(self.probabilities)

    @cached_property
    def windows(self) -> list[Window]:
        return pack(self.regions, self.probabilities, self.audio.duration)

    def report(self, share: float) -> None:
        """Tell how much is done; never less than before. Raises what ends a hearing nobody waits for."""
        with self._lock:
            self._shown = max(self._shown, min(1.0, share))
            if self._progress is not None:
                self._progress(self._shown)


def decode_all(speech: Speech, decoder: Decoder) -> list[Word]:
    """All words of a recording, and [inaudible] where speech gave none."""
    heard = _decode_each(speech, decoder, speech.windows, 0.0, 1.0 - SECOND_LOOK_SHARE)
    flat = [word for window in heard for word in window]
    words = in_order(clip_to_speech(flat, speech.regions), speech.audio.duration)
    words = _second_look(speech, decoder, words)
    missed = uncovered(speech.regions, words)
    speech.report(1.0)
    return mark_inaudible(words, missed, speech.audio.duration)


def _decode_each(
    speech: Speech, decoder: Decoder, windows: Sequence[Window], begin: float, end: float
) -> list[list[Word]]:
    def decode(batch: Sequence[Window]) -> list[list[Word]]:
        speech.report(begin)  # ends here when nobody waits any more
        return _settled(decoder, batch)

    found: list[list[Word]] = []
    threads = ThreadPoolExecutor(decoder.parallel)
    try:
        for heard in threads.map(decode, shared_out(windows, decoder.batch, decoder.parallel)):
            found.extend(heard)
            speech.report(begin + (end - begin) * len(found) / len(windows))
    finally:
        threads.shutdown(cancel_futures=True)  # after an error or Ctrl-C only what has begun is ended
    return found


def _settled(decoder: Decoder, windows: Sequence[Window]) -> list[list[Word]]:
    """Each window's words; where there are hints, from what is decoded with them and without."""
    heard = decoder.decode(windows)
    if not decoder.hinted:
        return heard
    plain = decoder.decode(windows, hinted=False)
    return [
        settle(words, without, decoder.hinted, partial(_evidence, decoder, window))
        for words, without, window in zip(heard, plain, windows, strict=True)
    ]


def _evidence(decoder: Decoder, window: Window, named: Sequence[Word], other: Sequence[Word]) -> float:
    """See pipeline.transcribe.hinted.Evidence: pointwise mutual information of text and sound, against silence's."""
    begin, end = min(w.start for w in named), max(w.end for w in named)
    texts = tuple(" ".join(w.text for w in words) for words in (other, named))
    question = Question(window.own_time(begin), window.own_time(end), texts)
    (by_sound,), (by_words,) = (decoder.rescore(given, [question]) for given in (window, None))
    return (by_sound[1] - by_sound[0]) - (by_words[1] - by_words[0])


def shared_out(windows: Sequence[Window], batch: int, parallel: int) -> list[Sequence[Window]]:
    """The windows in order, in batches of at most `batch` and of like size, so that all that go on at once end together."""
    rounds = -(-len(windows) // (batch * parallel))
    count = min(len(windows), rounds * parallel)
    borders = [len(windows) * n // count for n in range(count + 1)] if count else []
    return [windows[first:last] for first, last in pairwise(borders)]


def _second_look(speech: Speech, decoder: Decoder, words: list[Word]) -> list[Word]:
    """Speech the recogniser passed over is heard once more, on its own.

    Passed over is speech without words, and the time of a word that lasts too long to be one word
    (the aligner stretches the neighbour over skipped speech): that word gives way to what the
    second look hears, if it hears more than one word there.
    """
    suspects = [word for word in words if stretched(word)]
    missed = [*uncovered(speech.regions, words), *(Region(word.start, word.end) for word in suspects)]
    spans = sorted((region for region in missed if region.length > 0), key=lambda region: region.start)
    windows = [pack([span], speech.probabilities, speech.audio.duration) for span in spans]
    each = [window for group in windows for window in group]
    heard = iter(_decode_each(speech, decoder, each, 1.0 - SECOND_LOOK_SHARE, 1.0))
    for span, group in zip(spans, windows, strict=True):
        found = [word for _ in group for word in next(heard)]
        words = merge_again(words, clip_to_speech(found, [span]), span)
    return in_order(words, speech.audio.duration)
