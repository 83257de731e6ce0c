"""A CTranslate2 folder becomes a checkpoint with the same numbers under openai-whisper's names."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.errors import ModelDamagedError
from pipeline.models.convert.whisper import convert, read_model
from pipeline.models.store import find, installed

HEADS = [[0, 1], [1, 0]]


def _text(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def _write_model(folder: Path, variables: dict[str, np.ndarray]) -> None:
    """A model.bin as CTranslate2 writes it."""
    body = struct.pack("<I", 6) + _text("WhisperSpec") + struct.pack("<II", 3, len(variables))
    kinds = {"float16": 4, "int16": 2}
    for name, rows in variables.items():
        body += _text(name) + struct.pack(f"<B{rows.ndim}I", rows.ndim, *rows.shape)
        body += struct.pack("<BI", kinds[rows.dtype.name], rows.nbytes) + rows.tobytes()
    (folder / "model.bin").write_bytes(body + struct.pack("<I", 0))
    (folder / "config.json").write_text(json.dumps({"alignment_heads": HEADS}))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A model of one layer a side and width four, its numbers all different."""
    rng = np.random.default_rng(1)

    def rows(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float16)

    variables = {"encoder/num_heads": np.int16(2).reshape(()), "decoder/num_heads": np.int16(2).reshape(())}
    variables |= {"encoder/conv1/weight": rows(4, 80, 3), "encoder/conv1/bias": rows(4)}
    variables |= {"encoder/conv2/weight": rows(4, 4, 3), "encoder/conv2/bias": rows(4)}
    variables |= {"decoder/embeddings/weight": rows(51865, 4)}
    for side, length in (("encoder", 1500), ("decoder", 448)):
        variables[f"{side}/position_encodings/encodings"] = rows(length, 4)
        variables |= {f"{side}/layer_norm/gamma": rows(4), f"{side}/layer_norm/beta": rows(4)}
        parts = {"self_attention/linear_0": 12, "self_attention/linear_1": 4}
        if side == "decoder":
            parts |= {"attention/linear_0": 4, "attention/linear_1": 8, "attention/linear_2": 4}
        for part, height in parts.items():
            variables[f"{side}/layer_0/{part}/weight"] = rows(height, 4)
            variables[f"{side}/layer_0/{part}/bias"] = rows(height)
        variables |= {
            f"{side}/layer_0/ffn/linear_0/weight": rows(16, 4),
            f"{side}/layer_0/ffn/linear_0/bias": rows(16),
        }
        variables |= {
            f"{side}/layer_0/ffn/linear_1/weight": rows(4, 16),
            f"{side}/layer_0/ffn/linear_1/bias": rows(4),
        }
        for norm in ("self_attention", "ffn", *(["attention"] if side == "decoder" else [])):
            variables[f"{side}/layer_0/{norm}/layer_norm/gamma"] = rows(4)
            variables[f"{side}/layer_0/{norm}/layer_norm/beta"] = rows(4)
    _write_model(tmp_path, variables)
    return tmp_path


def test_the_checkpoint_loads_strictly_into_openai_whisper(small: Path) -> None:
    """Every tensor is there under its name, none is left over, and only weights are read."""
    from whisper.model import ModelDimensions, Whisper

    convert(small, small)
    checkpoint = torch.load(small / "openai.pt", weights_only=True)
    model = Whisper(ModelDimensions(**checkpoint["dims"]))
    model.load_state_dict(checkpoint["model_state_dict"], strict=True)
    assert checkpoint["alignment_heads"].tolist() == HEADS


def test_fused_rows_are_split_in_order(small: Path) -> None:
    """Query, key, value; the key's bias, which Whisper does not have, is left out."""
    convert(small, small / "out.pt")
    state = torch.load(small / "out.pt", weights_only=True)["model_state_dict"]
    fused = read_model(small / "model.bin")["encoder/layer_0/self_attention/linear_0/weight"]
    for number, name in enumerate(("query", "key", "value")):
        assert np.array_equal(
            state[f"encoder.blocks.0.attn.{name}.weight"], fused[4 * number : 4 * number + 4]
        )
    assert "encoder.blocks.0.attn.key.bias" not in state


@pytest.mark.parametrize("damage", ["cut", "version", "not json", "no heads"])
def test_a_damaged_model_is_refused_and_leaves_nothing(small: Path, damage: str) -> None:
    """No half-written checkpoint stays behind."""
    data = (small / "model.bin").read_bytes()
    if damage == "cut":
        (small / "model.bin").write_bytes(data[: len(data) // 2])
    elif damage == "version":
        (small / "model.bin").write_bytes(b"\x07" + data[1:])
    else:
        (small / "config.json").write_text("{" if damage == "not json" else "{}")
    with pytest.raises(ModelDamagedError):
        convert(small, small)
    assert {file.name for file in small.iterdir()} == {"model.bin", "config.json"}


@pytest.mark.slow
@pytest.mark.skipif(not installed("whisper-base"), reason="whisper-base is not installed")
def test_the_real_model_converts(tmp_path: Path) -> None:
    """The default model becomes one of 74 million parameters."""
    convert(find("whisper-base"), tmp_path / "base.pt")
    state = torch.load(tmp_path / "base.pt", weights_only=True)["model_state_dict"]
    assert sum(rows.numel() for rows in state.values()) == pytest.approx(72.6e6, rel=0.05)
