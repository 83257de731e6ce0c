"""The text the talk classifier is taught on, and the way from a trained network to the file that runs."""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest

from models.talk.dialogues import DIALOGUES, Dialogue, Piece, read, read_all
from pipeline.deidentify.talk import LABELS
from pipeline.resources import talk_folder


def words(dialogue: Dialogue) -> str:
    """What is said in a dialogue."""
    return "\n".join("".join(piece.text for piece in turn) for turn in dialogue)


def test_every_mark_of_the_dialogues_is_read_and_known() -> None:
    known = {label for label, _ in LABELS[1:]} | {""}
    dialogues = read_all()
    assert len(dialogues) > 150
    for dialogue in dialogues:
        assert {piece.kind for turn in dialogue for piece in turn} <= known
        assert not re.search(r"[{}|]", words(dialogue))


def test_a_line_is_cut_into_what_identifies_and_what_does_not(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_text("D: Hello, {given|Oriel} {sur|Fennimore}.\nP: Hi: me.\n", encoding="utf-8")
    assert read(file) == (
        (
            Piece("", "Hello, "),
            Piece("given", "Oriel"),
            Piece("", " "),
            Piece("sur", "Fennimore"),
            Piece("", "."),
        ),
        (Piece("", "Hi: me."),),
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_dialogue_told_anew_keeps_its_marks_and_names_stay_the_same_throughout(seed: int) -> None:
    from models.talk.vary import Pools, vary

    rng = random.Random(seed)
    dialogues = read_all(DIALOGUES / "groups")
    told = vary(dialogues[seed], Pools(dialogues, rng), rng)
    kinds = [[piece.kind for piece in turn] for turn in told]
    assert kinds == [[piece.kind for piece in turn] for turn in dialogues[seed]]
    assert all(piece.text.strip() for turn in told for piece in turn if piece.kind)


def test_a_network_goes_into_a_file_and_comes_back_and_the_file_runs(tmp_path: Path) -> None:
    import torch
    from onnxruntime import InferenceSession

    from models.talk.export import write
    from models.talk.network import from_onnx

    network = from_onnx(talk_folder() / "talk.onnx", len(LABELS)).eval()
    write(network, talk_folder() / "talk.onnx", tmp_path / "again.onnx")
    ids = np.random.default_rng(1).integers(100, 19_000, (2, 40))
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    session = InferenceSession(str(tmp_path / "again.onnx"), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        scores = network(torch.from_numpy(ids), torch.ones(2, 40, dtype=torch.bool)).numpy()
    assert np.allclose(session.run(None, feed)[0], scores, atol=1e-3)
