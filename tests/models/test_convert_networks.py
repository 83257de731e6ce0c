"""Conversion of the diarization networks to ONNX, from weights made up here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ModelInstallError
from pipeline.models.convert import campplus, segmentation


def run(model: Path, inputs: np.ndarray) -> np.ndarray:
    """What onnxruntime makes of one input."""
    import onnxruntime

    result: np.ndarray = onnxruntime.InferenceSession(str(model)).run(None, {"input": inputs})[0]
    return result


@pytest.fixture
def random_campplus(tmp_path: Path) -> Path:
    """A folder holding CAM++ weights of the published shapes."""
    import torch

    from pipeline.models.convert.campplus_network import CamPlusPlus

    torch.manual_seed(0)
    torch.save(CamPlusPlus().state_dict(), tmp_path / "campplus_cn_en_common.pt")
    return tmp_path


def test_campplus_takes_any_batch_and_length(random_campplus: Path) -> None:
    """The ONNX file lands in the folder and gives 192 numbers for each of a batch of any length."""
    campplus.convert(random_campplus, random_campplus)
    for batch, frames in ((1, 31), (2, 150), (3, 301)):
        features = np.random.default_rng(0).normal(size=(batch, frames, 80)).astype(np.float32)
        assert run(random_campplus / "model.onnx", features).shape == (batch, 192)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    """Without the downloaded file the error says which one is missing."""
    for convert, file in (
        (campplus.convert, "campplus_cn_en_common.pt"),
        (segmentation.convert, "pytorch_model.bin"),
    ):
        with pytest.raises(ModelInstallError, match=file):
            convert(tmp_path, tmp_path / "model.onnx")


def test_segmentation_reads_tensors_only(tmp_path: Path) -> None:
    """Weights in the published layout become 7 log probabilities a frame, 589 frames in 10 s."""
    import torch

    torch.save({"state_dict": published_segmentation()}, tmp_path / "pytorch_model.bin")
    segmentation.convert(tmp_path, tmp_path / "seg.onnx")
    wave = np.random.default_rng(0).normal(size=(2, 1, 160_000)).astype(np.float32)
    classes = run(tmp_path / "seg.onnx", wave)
    assert classes.shape == (2, 589, 7)
    assert np.exp(classes).sum(axis=-1) == pytest.approx(np.ones((2, 589)), abs=1e-4)


def published_segmentation() -> dict[str, object]:
    """Random weights under the names and shapes of the published file."""
    import torch

    torch.manual_seed(0)
    shapes: dict[str, tuple[int, ...]] = {"classifier.weight": (7, 128), "classifier.bias": (7,)}
    weights: dict[str, object] = {
        "sincnet.conv1d.0.filterbank.low_hz_": torch.rand(40, 1) * 3000 + 30,
        "sincnet.conv1d.0.filterbank.band_hz_": torch.rand(40, 1) * 500 + 50,
        "sincnet.conv1d.0.filterbank.window_": torch.hamming_window(250, periodic=False)[:125],
        "sincnet.conv1d.0.filterbank.n_": 2 * torch.pi * torch.arange(-125, 0.0)[None] / 16_000,
    }
    for norm, size in (("wav_norm1d", 1), ("norm1d.0", 80), ("norm1d.1", 60), ("norm1d.2", 60)):
        shapes |= {f"sincnet.{norm}.weight": (size,), f"sincnet.{norm}.bias": (size,)}
    for layer, inputs in ((1, 80), (2, 60)):
        shapes |= {f"sincnet.conv1d.{layer}.weight": (60, inputs, 5), f"sincnet.conv1d.{layer}.bias": (60,)}
    for layer, inputs in ((0, 256), (1, 128)):
        shapes |= {f"linear.{layer}.weight": (128, inputs), f"linear.{layer}.bias": (128,)}
    weights |= {
        f"lstm.{name}": tensor
        for name, tensor in torch.nn.LSTM(60, 128, 4, bidirectional=True).state_dict().items()
    }
    return weights | {name: torch.randn(shape) * 0.1 for name, shape in shapes.items()}
