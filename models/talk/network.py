"""The token classifier as a PyTorch network: Rampart's six layers read out of its ONNX file, a new head on top.

Rampart (National Design Studio, CC BY 4.0) is a MiniLM of 384 units whose weights are kept in blocks of 32
four-bit numbers with a scale each (ONNX Runtime's MatMulNBits). Trained weights go back into the same graph
with eight bits, so that what runs is what Rampart runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

LAYERS, SIZE, HEADS, INNER = 6, 384, 12, 1536
BLOCK = 32


class TalkNetwork(nn.Module):
    """Word pieces (batch, length) to a score for each label (batch, length, labels)."""

    def __init__(self, vocabulary: int, positions: int, labels: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, SIZE)
        self.places = nn.Embedding(positions, SIZE)
        self.kind = nn.Parameter(torch.zeros(SIZE))
        self.norm = nn.LayerNorm(SIZE, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(
            SIZE, HEADS, INNER, dropout, "gelu", layer_norm_eps=1e-12, batch_first=True
        )
        layer.self_attn.dropout = 0.0  # so that PyTorch's fast attention serves in training too
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.head = nn.Linear(SIZE, labels)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """`mask` is True where a piece stands."""
        place = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.dropout(self.norm(self.words(ids) + self.places(place) + self.kind))
        return self.head(self.dropout(self.layers(hidden, src_key_padding_mask=~mask)))  # type: ignore[no-any-return]


def from_onnx(file: Path, labels: int) -> TalkNetwork:
    """The network with the weights of Rampart or of one trained before; a head for other labels starts afresh."""
    graph = onnx.load(file).graph
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    words = _embedding(arrays, "word_embeddings")
    places = _embedding(arrays, "position_embeddings")
    network = TalkNetwork(len(words), len(places), labels)
    network.words.weight.data = torch.from_numpy(words)
    network.places.weight.data = torch.from_numpy(places)
    network.kind.data = torch.from_numpy(_embedding(arrays, "token_type_embeddings")[0])
    _load_norm(network.norm, arrays, "bert.embeddings.LayerNorm")
    matrices = [_unpacked(arrays[node.input[1]], arrays[node.input[2]]) for node in quantised(graph)]
    for number, layer in enumerate(network.layers.layers):
        _load_layer(layer, matrices[6 * number : 6 * number + 6], arrays, f"bert.encoder.layer.{number}")
    if len(matrices[-1]) == labels:
        network.head.weight.data = torch.from_numpy(matrices[-1])
        network.head.bias.data = torch.from_numpy(arrays["classifier.bias"].copy())
    return network


def quantised(graph: Any) -> list[Any]:
    """The graph's matrix products, in order: six a layer, then the head's."""
    return [node for node in graph.node if node.op_type == "MatMulNBits"]


def _load_layer(layer: Any, matrices: list[NDArray[Any]], arrays: dict[str, Any], name: str) -> None:
    query, key, value, out, up, down = (torch.from_numpy(m) for m in matrices)
    attention = layer.self_attn
    attention.in_proj_weight.data = torch.cat([query, key, value])
    biases = [arrays[f"{name}.attention.self.{part}.bias"] for part in ("query", "key", "value")]
    attention.in_proj_bias.data = torch.from_numpy(np.concatenate(biases))
    attention.out_proj.weight.data = out
    attention.out_proj.bias.data = torch.from_numpy(arrays[f"{name}.attention.output.dense.bias"].copy())
    layer.linear1.weight.data, layer.linear2.weight.data = up, down
    layer.linear1.bias.data = torch.from_numpy(arrays[f"{name}.intermediate.dense.bias"].copy())
    layer.linear2.bias.data = torch.from_numpy(arrays[f"{name}.output.dense.bias"].copy())
    _load_norm(layer.norm1, arrays, f"{name}.attention.output.LayerNorm")
    _load_norm(layer.norm2, arrays, f"{name}.output.LayerNorm")


def _load_norm(norm: nn.LayerNorm, arrays: dict[str, Any], name: str) -> None:
    norm.weight.data = torch.from_numpy(arrays[f"{name}.weight"].copy())
    norm.bias.data = torch.from_numpy(arrays[f"{name}.bias"].copy())


def _embedding(arrays: dict[str, Any], name: str) -> NDArray[np.float32]:
    full = f"bert.embeddings.{name}.weight"
    steps = arrays[f"{full}_quantized"].astype(np.float32) - float(arrays[f"{full}_zero_point"])
    return np.asarray(steps * float(arrays[f"{full}_scale"]), dtype=np.float32)


def _unpacked(packed: NDArray[np.uint8], scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """A matrix (outputs, inputs): blocks of 32 bytes with 128 for zero, or of 16 with two numbers each, the lower
    half first and 8 for zero."""
    rows, blocks, size = packed.shape
    if size == BLOCK:
        numbers = packed.astype(np.float32) - 128
    else:
        numbers = (
            np.stack([packed & 15, packed >> 4], axis=-1).reshape(rows, blocks, BLOCK).astype(np.float32) - 8
        )
    return np.asarray((numbers * scales.reshape(rows, blocks, 1)).reshape(rows, -1), dtype=np.float32)
