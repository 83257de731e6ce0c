"""Rampart, a token classifier for personal data (ONNX, WordPiece, uncased), over a whole dialogue.

The text is cut into overlapping windows run in batches; of the two opinions on a word in an overlap,
the one further from its window's edge counts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WINDOW_PIECES = 254
STRIDE_PIECES = 206
BATCH_WINDOWS = 2  # a larger batch is no faster on a processor and takes 0.02 GB more a window
GROUPS = {
    "given": ("GIVEN_NAME",),
    "surname": ("SURNAME",),
    "place": ("CITY", "STATE"),
    "street": ("BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS", "ZIP_CODE"),
    "contact": ("EMAIL", "PHONE", "URL"),
    "number": ("TAX_ID", "BANK_ACCOUNT", "ROUTING_NUMBER", "GOVERNMENT_ID", "PASSPORT", "DRIVERS_LICENSE"),
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """Probabilities that a word is part of each group, in [0, 1]."""

    given: float = 0.0
    surname: float = 0.0
    place: float = 0.0
    street: float = 0.0
    contact: float = 0.0
    number: float = 0.0

    @property
    def name(self) -> float:
        """Probability of a given name or a surname."""
        return min(1.0, self.given + self.surname)


class Rampart:
    """The classifier, loaded from its folder (model_q4.onnx, tokenizer.json, config.json)."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # else the largest batch's memory stays taken
        # Waiting threads sleep: spinning takes the cores from whatever else runs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / "model_q4.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        names = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
        self._columns = {
            group: [int(k) for k, v in names.items() if v[2:] in kinds] for group, kinds in GROUPS.items()
        }

    def judge(self, text: str, words: Sequence[tuple[int, int]]) -> list[Opinion]:
        """An opinion on each word, given by its offsets in the text, in order."""
        import numpy as np

        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        if not encoded.ids or not words:
            return [Opinion()] * len(words)
        probabilities = self._label(np.asarray(encoded.ids, dtype=np.int64))
        grouped = np.stack([probabilities[:, c].sum(axis=1) for c in self._columns.values()], axis=1)
        return [_opinion(rows, grouped) for rows in _pieces_of(words, encoded.offsets)]

    def _label(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        starts = list(range(0, max(1, len(ids) - WINDOW_PIECES + STRIDE_PIECES), STRIDE_PIECES))
        result: Any = None
        margin = np.full(len(ids), -1)
        for first in range(0, len(starts), BATCH_WINDOWS):
            batch = starts[first : first + BATCH_WINDOWS]
            for start, rows in zip(
                batch, self._run([ids[s : s + WINDOW_PIECES] for s in batch]), strict=True
            ):
                if result is None:
                    result = np.zeros((len(ids), rows.shape[1]), dtype=np.float32)
                at = np.arange(start, min(start + WINDOW_PIECES, len(ids)))
                inside = np.minimum(at - start, start + WINDOW_PIECES - 1 - at)
                better = inside > margin[at]
                result[at[better]] = rows[: len(at)][better]
                margin[at[better]] = inside[better]
        return result  # type: ignore[no-any-return]

    def _run(self, windows: Sequence[NDArray[np.int64]]) -> NDArray[np.float32]:
        """Softmax over labels for each piece of each window; special tokens added and taken off."""
        import numpy as np

        cls, sep = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        size = max(map(len, windows)) + 2
        ids = np.zeros((len(windows), size), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window) + 2] = [cls, *window, sep]
            mask[row, : len(window) + 2] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (logits,) = self._session.run(None, feed)
        scaled = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return (scaled / scaled.sum(axis=-1, keepdims=True))[:, 1:-1]  # type: ignore[no-any-return]


def _pieces_of(words: Sequence[tuple[int, int]], offsets: Sequence[tuple[int, int]]) -> list[list[int]]:
    """For each word the indices of the word pieces inside it; both are in order of the text."""
    found, at = [], 0
    for start, end in words:
        while at < len(offsets) and offsets[at][1] <= start:
            at += 1
        stop = at
        while stop < len(offsets) and offsets[stop][0] < end:
            stop += 1
        found.append(list(range(at, stop)))
        at = max(at, stop - 1)
    return found


def _opinion(rows: list[int], grouped: Any) -> Opinion:
    if not rows:
        return Opinion()
    return Opinion(*(float(x) for x in grouped[rows].mean(axis=0)))
