"""A token classifier (ONNX, WordPiece, uncased) over a whole dialogue, a turn a line and [SEP] behind each turn.

The pieces are cut into overlapping windows run in batches; of the two opinions on a piece in an overlap,
the one further from its window's edge counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WINDOW_PIECES = 254
STRIDE_PIECES = 206
BATCH_WINDOWS = 2  # a larger batch is no faster on a processor and takes 0.02 GB more a window


class TokenClassifier:
    """Loaded from an ONNX file and the tokenizer it was trained with."""

    def __init__(self, model: Path, tokenizer: Path, threads: int = 2) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # else the largest batch's memory stays taken
        # Waiting threads sleep: spinning takes the cores from whatever else runs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def judge(self, text: str, words: Sequence[tuple[int, int]]) -> list[NDArray[np.float32]]:
        """The probability of each label for each word, given by its offsets in the text (a turn a line), in order.

        A word that gives no pieces has no opinion: zeros.
        """
        import numpy as np

        ids, offsets = self._pieces(text)
        if not len(ids) or not words:
            return []
        rows = self._label(ids)
        nothing = np.zeros(rows.shape[1], dtype=np.float32)
        return [rows[at].mean(axis=0) if at else nothing for at in _pieces_of(words, offsets)]

    def _pieces(self, text: str) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
        import numpy as np

        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        start = 0
        end = int(self._tokenizer.token_to_id("[SEP]") or 0)
        for line in text.split("\n"):
            encoded = self._tokenizer.encode(line, add_special_tokens=False)
            ids += encoded.ids
            offsets += [(start + first, start + last) for first, last in encoded.offsets]
            start += len(line) + 1
            ids.append(end)
            offsets.append((start - 1, start - 1))
        return np.asarray(ids, dtype=np.int64), offsets

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
