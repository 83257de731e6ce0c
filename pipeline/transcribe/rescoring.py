"""How likely texts are, given the sound: the engines' decoders read along instead of writing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.records import SAMPLE_RATE_HZ
from pipeline.transcribe.names_heard import Question
from pipeline.transcribe.windows import Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAMES_PER_SECOND = 50  # of the encoder's output
SLICE = 200  # frames a question gets: 4 s, so that all questions of a window are one batch
BATCH = 32  # texts read at once: about 0.2 GB with base
KEPT_BYTES = 100_000_000  # half an hour of windows with base
FLOOR = 1e-10  # of a token's probability


def silence() -> NDArray[np.float32]:
    """Sound in which nothing is said: what a decoder makes of a text then is its prior alone."""
    return np.zeros(round(SLICE / FRAMES_PER_SECOND) * SAMPLE_RATE_HZ, dtype=np.float32)


def cut(encoded: NDArray[np.float16], question: Question) -> NDArray[np.float16]:
    """The 4 s of an encoded window (frames, size) around a question's middle."""
    middle = round((question.start + question.end) / 2 * FRAMES_PER_SECOND)
    first = max(0, min(middle - SLICE // 2, len(encoded) - SLICE))
    return encoded[first : first + SLICE]


class KeptSound:
    """Windows' encoded sound as it was decoded, so that a question about them costs no second encoding.

    Only as many windows as fit in KEPT_BYTES, so that a long recording needs no more memory.
    """

    def __init__(self) -> None:
        self._kept: dict[Window, NDArray[np.float16]] = {}
        self._left = KEPT_BYTES

    def keep(self, windows: Sequence[Window], encoded: Any) -> None:
        """Keep what the encoder made of some windows, while there is room."""
        for window, each in zip(windows, as_array(encoded), strict=True):
            if each.nbytes <= self._left:
                self._left -= each.nbytes
                self._kept[window] = each

    def get(self, window: Window | None) -> NDArray[np.float16] | None:
        """(frames, size), or None when it was not kept."""
        return self._kept.get(window) if window else None


def as_array(encoded: Any) -> NDArray[np.float16]:
    """What CTranslate2's encoder returns, in the processor's memory: (windows, frames, size).

    In half precision whether it is kept or not, so that an answer does not depend on which windows were.
    """
    import ctranslate2

    return np.array(encoded.to_device(ctranslate2.Device.cpu)).astype(np.float16)


def one_of(encoded: Any, at: int) -> Any:
    """The window at this place of a batch that CTranslate2 has encoded, as a batch of its own."""
    import ctranslate2

    on = ctranslate2.Device.cuda if encoded.device == "cuda" else ctranslate2.Device.cpu
    rows = np.array(encoded.to_device(ctranslate2.Device.cpu))[at : at + 1]
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(rows)).to_device(on)


def by_ctranslate2(
    model: Any, whole: NDArray[np.float16], questions: Sequence[Question], tokenizer: Any
) -> list[list[float]]:
    """Each text's log probability by CTranslate2's Whisper, some texts at a time; `whole` is (frames, size)."""
    import ctranslate2

    sound = [cut(whole, q).astype(np.float32) for q in questions for _ in q.texts]
    tokens = [tokenizer.encode(f" {text}") for q in questions for text in q.texts]
    scores: list[float] = []
    for first in range(0, len(tokens), BATCH):
        batch = slice(first, first + BATCH)
        view = ctranslate2.StorageView.from_array(np.stack(sound[batch]))
        lengths = [SLICE] * len(tokens[batch])
        read = model.align(view, list(tokenizer.sot_sequence), tokens[batch], lengths)
        scores += [sum(math.log(max(p, FLOOR)) for p in r.text_token_probs) for r in read]
    each = iter(scores)
    return [[next(each) for _ in q.texts] for q in questions]


def by_torch(model: Any, encoded: Any, questions: Sequence[Question], tokenizer: Any) -> list[list[float]]:
    """Each text's log probability by OpenAI's Whisper; `encoded` is (1, frames, size)."""
    return [[_by_torch(model, cut(encoded[0], q), text, tokenizer) for text in q.texts] for q in questions]


def _by_torch(model: Any, sound: Any, text: str, tokenizer: Any) -> float:
    import torch

    lead = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    said = tokenizer.encode(f" {text}")
    tokens = torch.tensor([lead + said], device=sound.device)
    with torch.no_grad():
        likely = model.logits(tokens, sound[None])[0, len(lead) - 1 : -1].float().log_softmax(-1)
    picked = likely[range(len(said)), said]
    return float(picked.clamp(min=math.log(FLOOR)).sum())
