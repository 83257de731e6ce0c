"""A CTranslate2 Whisper folder to a checkpoint openai-whisper loads: the same weights for both engines.

Layout of CTranslate2's model.bin, version 6 (little endian; source: CTranslate2's public
model_spec.py, whose values are fp16 here exactly as in OpenAI's checkpoint):

    u32 version, string specification, u32 revision
    u32 count, then per variable: string name, u8 rank, u32 x rank shape, u8 type, u32 bytes, data
    u32 count, then per alias: string alias, string name
    string = u16 length (its closing zero byte included), bytes

Types: 0 float32, 1 int8, 2 int16, 3 int32, 4 float16.

The checkpoint written is a dict of tensors and numbers alone, so torch.load(weights_only=True)
reads it: "dims", "model_state_dict", and "alignment_heads" (pairs of layer and head, from
config.json; openai-whisper's own loader takes them from a table by model name instead).
"""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.errors import ModelDamagedError
from pipeline.files import patiently

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHECKPOINT = "openai.pt"  # the file's name beside model.bin in the model's folder

BINARY_VERSION = 6
TYPES = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}

# CTranslate2 names to openai-whisper names, outside the layers
OUTER = {
    "position_encodings/encodings": "positional_embedding",
    "embeddings/weight": "token_embedding.weight",
    "conv1/weight": "conv1.weight",
    "conv1/bias": "conv1.bias",
    "conv2/weight": "conv2.weight",
    "conv2/bias": "conv2.bias",
}
# within a layer: prefix of CTranslate2 to the prefixes its rows are split over
INNER = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
    "self_attention/layer_norm": ("attn_ln",),
    "attention/layer_norm": ("cross_attn_ln",),
    "ffn/layer_norm": ("mlp_ln",),
    "ffn/linear_0": ("mlp.0",),
    "ffn/linear_1": ("mlp.2",),
}
ENDINGS = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias"}
LAYER = re.compile(r"(encoder|decoder)/layer_(\d+)/(.+)/(weight|bias|gamma|beta)")


def convert(source: Path, target: Path) -> None:
    """Write the checkpoint `target` from the CTranslate2 folder `source`, atomically.

    A `target` that is a folder gets the file openai.pt, where the openai-whisper engine looks for it.
    Raises ModelDamagedError when model.bin or config.json is not what the format says.
    """
    import torch

    model = source.name
    target = target / CHECKPOINT if target.is_dir() else target
    try:
        variables = read_model(source / "model.bin")
        config = json.loads((source / "config.json").read_text("utf-8"))
        heads = [[int(layer), int(head)] for layer, head in config["alignment_heads"]]
        state = {name: torch.from_numpy(rows) for name, rows in _renamed(variables)}
        dims = _dimensions(variables, state)
    except (OSError, struct.error, KeyError, ValueError, UnicodeDecodeError) as error:
        damaged = "config.json" if isinstance(error, json.JSONDecodeError) else "model.bin"
        raise ModelDamagedError(model=model, file=damaged) from None
    checkpoint = {"dims": dims, "model_state_dict": state, "alignment_heads": torch.tensor(heads)}
    partial = target.with_name(target.name + ".part")
    try:
        with partial.open("wb") as file:
            torch.save(checkpoint, file)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: partial.replace(target))
    finally:
        partial.unlink(missing_ok=True)


def read_model(path: Path) -> dict[str, NDArray[Any]]:
    """Every variable of a CTranslate2 model.bin by name; raises ValueError when it is not one."""
    with path.open("rb") as file:
        (version,) = _unpack(file, "I")
        if version != BINARY_VERSION or _string(file) != "WhisperSpec":
            raise ValueError("not a CTranslate2 Whisper model of a version known here")
        _unpack(file, "I")
        (count,) = _unpack(file, "I")
        return dict(_variable(file) for _ in range(count))


def _variable(file: BinaryIO) -> tuple[str, NDArray[Any]]:
    import numpy as np

    name = _string(file)
    (rank,) = _unpack(file, "B")
    shape = _unpack(file, f"{rank}I")
    kind, length = _unpack(file, "BI")
    data = bytearray(file.read(length))
    if len(data) != length or kind not in TYPES:
        raise ValueError("model.bin ends early or holds an unknown type")
    return name, np.frombuffer(data, dtype=TYPES[kind]).reshape(shape)


def _string(file: BinaryIO) -> str:
    (length,) = _unpack(file, "H")
    return file.read(length)[:-1].decode("utf-8")


def _unpack(file: BinaryIO, kinds: str) -> tuple[Any, ...]:
    layout = struct.Struct("<" + kinds)
    return layout.unpack(file.read(layout.size))


def _renamed(variables: dict[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Tensors under openai-whisper's names, fused rows split; settings (scalars) are left out."""
    for name, rows in variables.items():
        side, _, rest = name.partition("/")
        if rest in OUTER:
            yield f"{side}.{OUTER[rest]}", rows
        elif rest.startswith("layer_norm/"):
            yield f"{side}.{'ln_post' if side == 'encoder' else 'ln'}.{ENDINGS[rest.split('/')[1]]}", rows
        elif found := LAYER.fullmatch(name):
            yield from _layer((found[1], found[2], found[3], found[4]), rows)


def _layer(name: tuple[str, str, str, str], rows: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    import numpy as np

    side, layer, part, ending = name
    parts = INNER[part]
    for target, piece in zip(parts, np.split(rows, len(parts)), strict=True):
        if target.endswith(".key") and ending == "bias":
            continue  # Whisper's keys have no bias; CTranslate2 fills the fused row with zeros
        yield f"{side}.blocks.{layer}.{target}.{ENDINGS[ending]}", piece.copy()


def _dimensions(variables: dict[str, NDArray[Any]], state: dict[str, Any]) -> dict[str, int]:
    """openai-whisper's ModelDimensions, read off the shapes."""
    audio_ctx, audio_state = state["encoder.positional_embedding"].shape
    text_ctx, text_state = state["decoder.positional_embedding"].shape
    layers = {
        side: {n.split(".")[2] for n in state if n.startswith(f"{side}.blocks.")}
        for side in ("encoder", "decoder")
    }
    return {
        "n_mels": state["encoder.conv1.weight"].shape[1],
        "n_audio_ctx": audio_ctx,
        "n_audio_state": audio_state,
        "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": len(layers["encoder"]),
        "n_vocab": state["decoder.token_embedding.weight"].shape[0],
        "n_text_ctx": text_ctx,
        "n_text_state": text_state,
        "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": len(layers["decoder"]),
    }
