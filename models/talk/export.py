"""The trained network back into Rampart's graph: matrices in blocks of 32 eight-bit numbers, embeddings as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from torch import nn

from models.talk.network import BLOCK, TalkNetwork, quantised

BITS, ZERO, LARGEST = 8, 128, 127


def write(network: TalkNetwork, rampart: Path, out: Path) -> None:
    """Save the network as ONNX that takes and gives what Rampart's does, with its own labels."""
    model = onnx.load(rampart)
    graph = model.graph
    kept = {i.name: i for i in graph.initializer}
    for node, matrix in zip(quantised(graph), _matrices(network), strict=True):
        for name in node.input[1:3]:
            del kept[name]
        packed, scales = pack(matrix)
        for name, array in zip(node.input[1:3], (packed, scales), strict=True):
            kept[name] = numpy_helper.from_array(array, name)
        del node.attribute[:]
        sizes = {"K": matrix.shape[1], "N": matrix.shape[0], "bits": BITS, "block_size": BLOCK}
        node.attribute.extend(helper.make_attribute(key, value) for key, value in sizes.items())
    for name, array in _vectors(network).items():
        kept[name] = numpy_helper.from_array(array, name)
    del graph.initializer[:]
    graph.initializer.extend(kept.values())
    graph.output[0].type.tensor_type.shape.dim[2].dim_value = network.head.out_features
    onnx.save(model, out)


def pack(matrix: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """(outputs, inputs) as (outputs, blocks, 32) numbers with 128 for zero, and (outputs, blocks) scales."""
    blocks = matrix.reshape(len(matrix), -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=-1) / LARGEST, 1e-9).astype(np.float32)
    numbers = np.round(blocks / scales[..., None]) + ZERO
    return np.clip(numbers, 0, 255).astype(np.uint8), scales


def _matrices(network: TalkNetwork) -> list[NDArray[np.float32]]:
    """In the graph's order: query, key, value, output, up, down of each layer; the head."""
    found: list[Any] = []
    for layer in network.layers.layers:
        found += [*layer.self_attn.in_proj_weight.chunk(3), layer.self_attn.out_proj.weight]
        found += [layer.linear1.weight, layer.linear2.weight]
    return [m.detach().numpy().copy() for m in [*found, network.head.weight]]


def _vectors(network: TalkNetwork) -> dict[str, NDArray[np.float32]]:
    """Biases and norms by their names in the graph."""
    found: dict[str, Any] = {"classifier.bias": network.head.bias}
    found |= _norm("bert.embeddings.LayerNorm", network.norm)
    for number, layer in enumerate(network.layers.layers):
        name = f"bert.encoder.layer.{number}"
        parts = layer.self_attn.in_proj_bias.chunk(3)
        found |= {
            f"{name}.attention.self.{part}.bias": bias
            for part, bias in zip(("query", "key", "value"), parts, strict=True)
        }
        found[f"{name}.attention.output.dense.bias"] = layer.self_attn.out_proj.bias
        found[f"{name}.intermediate.dense.bias"] = layer.linear1.bias
        found[f"{name}.output.dense.bias"] = layer.linear2.bias
        found |= _norm(f"{name}.attention.output.LayerNorm", layer.norm1)
        found |= _norm(f"{name}.output.LayerNorm", layer.norm2)
    return {name: value.detach().numpy().copy() for name, value in found.items()}


def _norm(name: str, norm: nn.LayerNorm) -> dict[str, Any]:
    return {f"{name}.weight": norm.weight, f"{name}.bias": norm.bias}
