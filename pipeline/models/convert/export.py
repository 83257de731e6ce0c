"""Write a PyTorch network as ONNX and prove that the two agree before the file takes its place."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import ModelInstallError
from pipeline.files import write_atomically

LARGEST_DIFFERENCE = 1e-4
"""Outputs of the two runtimes may differ by no more than this share of the largest output."""


def export_checked(
    network: Any,
    target: Path,
    *,
    model: str,
    output: str,
    dynamic_axes: Mapping[str, Mapping[int, str]],
    example_shapes: Sequence[Sequence[int]],
) -> None:
    """Export `network` (one input called "input") to `target` and compare both on random inputs.

    `target` is the file, or an existing folder that gets a model.onnx.
    `example_shapes` are the input shapes compared; the first is the one traced. Raises
    ModelInstallError, leaving no file, when any output differs by more than LARGEST_DIFFERENCE.
    """
    import torch

    network.eval()
    generator = torch.Generator().manual_seed(0)
    examples = [torch.randn(*shape, generator=generator) for shape in example_shapes]
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracing exporter announces its successor on every call
        torch.onnx.export(
            network,
            (examples[0],),
            buffer,
            input_names=["input"],
            output_names=[output],
            dynamic_axes={name: dict(axes) for name, axes in dynamic_axes.items()},
            opset_version=17,
            dynamo=False,
        )
    content = buffer.getvalue()
    difference = max(_compare(network, content, example) for example in examples)
    if difference > LARGEST_DIFFERENCE:
        raise ModelInstallError(model=model, why=f"its converted form differs by {difference:.1e}")
    write_atomically(target / "model.onnx" if target.is_dir() else target, content)


def _compare(network: Any, content: bytes, example: Any) -> float:
    """Largest difference of the two runtimes' outputs, as a share of the largest output."""
    import numpy as np
    import onnxruntime
    import torch

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        wanted = network(example).numpy()
    got = session.run(None, {"input": example.numpy()})[0]
    return float(np.abs(wanted - got).max() / max(1.0, float(np.abs(wanted).max())))
