"""Dialogues as word pieces with a label each, in windows as the classifier sees them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.talk.dialogues import Dialogue
from pipeline.deidentify.talk import LABELS

NUMBER = {label: number for number, (label, _) in enumerate(LABELS)}
IGNORED = -100


def label_pieces(dialogue: Dialogue, tokenizer: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pieces of all turns, [SEP] behind each turn, and the label of each piece."""
    ids: list[int] = []
    labels: list[int] = []
    end = tokenizer.token_to_id("[SEP]")
    for turn in dialogue:
        text = "".join(piece.text for piece in turn)
        kinds = [NUMBER[piece.kind or "O"] for piece in turn for _ in piece.text]
        encoded = tokenizer.encode(text, add_special_tokens=False)
        ids += [*encoded.ids, end]
        labels += [*(kinds[first] for first, _ in encoded.offsets), IGNORED]
    return np.asarray(ids, dtype=np.int64), np.asarray(labels, dtype=np.int64)
