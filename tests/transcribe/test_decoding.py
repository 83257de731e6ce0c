"""Batches are shared out over threads without losing, doubling or mixing up a window."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Audio, Word
from pipeline.transcribe.decoding import Speech, decode_all, shared_out
from pipeline.transcribe.vad import FRAME_S, Region
from pipeline.transcribe.windows import Window

PATIENCE_S = 20.0
MINUTES = 4


@given(st.integers(0, 100), st.integers(1, 8), st.integers(1, 8))
def test_every_window_is_in_one_batch(count: int, batch: int, parallel: int) -> None:
    """In order, no batch empty or too large, and the largest one window larger than the smallest."""
    windows = [Window((Region(at, at + 1.0),)) for at in range(count)]
    batches = shared_out(windows, batch, parallel)
    assert [window for each in batches for window in each] == windows
    sizes = [len(each) for each in batches]
    assert all(0 < size <= batch for size in sizes)
    assert max(sizes, default=0) - min(sizes, default=0) <= 1
    assert len(batches) % parallel == 0 or len(batches) == count


@dataclass
class TwoAtOnce:
    """Hears one word a window; the first batch ends only when the second is through."""

    parallel: int = 2
    hinted: frozenset[str] = frozenset()
    batch: int = 2
    second_done: threading.Event = field(default_factory=threading.Event)

    def decode(self, windows: Sequence[Window], *, hinted: bool = True) -> list[list[Word]]:
        if windows[0].start < 1.0:
            assert self.second_done.wait(PATIENCE_S)
        words = [[Word(w.start, w.start + 0.3, f"at{round(w.start)}")] for w in windows]
        self.second_done.set()
        return words


def test_words_are_in_order_whichever_batch_is_first() -> None:
    """Two batches are decoded at the same time, and progress rises."""
    samples = np.zeros(MINUTES * 60 * 16_000, np.float32)
    speech = np.tile([0.9] * 900 + [0.0] * 100, 8)[: round(MINUTES * 60 / FRAME_S)].astype(np.float32)
    shares: list[float] = []
    recording = Speech(Audio(samples), speech, shares.append)
    heard = [word.text for word in decode_all(recording, TwoAtOnce()) if word.probability == 1.0]
    first_look = [f"at{round(window.start)}" for window in recording.windows]
    assert [word for word in heard if word in first_look] == first_look
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_after_an_error_no_further_batch_is_begun() -> None:
    """A run that is stopped need not hear the rest of an hour."""
    decoded: list[float] = []

    class Decoder:
        parallel = batch = 1
        hinted: frozenset[str] = frozenset()

        def decode(self, windows: Sequence[Window], *, hinted: bool = True) -> list[list[Word]]:
            decoded.append(windows[0].start)
            return [[]]

    def stop(_: float) -> None:
        if decoded:
            time.sleep(0.2)  # a thread that is free would go on meanwhile
            raise KeyboardInterrupt

    speech = np.full(round(MINUTES * 60 / FRAME_S), 0.9, np.float32)
    recording = Speech(Audio(np.zeros(MINUTES * 60 * 16_000, np.float32)), speech, stop)
    with pytest.raises(KeyboardInterrupt):
        decode_all(recording, Decoder())
    assert len(decoded) == 1 < len(recording.windows)
