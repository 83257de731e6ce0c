"""Conversion of the diarization networks to ONNX, from weights made up here."""

from __future__ import annotations

import contextlib
import sys
import types
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import ModelInstallError
from pipeline.models.convert import campplus, resnet34, segmentation


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
        (resnet34.convert, "pytorch_model.bin"),
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


def foreign(name: str, *bases: type) -> object:
    """An object of a class of the training framework's, under the name a checkpoint gives it."""
    place, _, own = name.rpartition(".")
    kind = type(own, bases, {"__module__": place, "__reduce__": lambda self: (type(self), ())})
    module = sys.modules.setdefault(place, types.ModuleType(place))
    setattr(module, own, kind)
    return kind()


def test_nothing_but_tensors_is_read_of_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else the framework left beside the weights: its classes are stood in for, none is imported or run."""
    import torch

    before = dict(sys.modules)
    told = {
        "task": foreign("framework_task.Specifications"),
        "hyper": foreign("framework_data.AttributeDict", dict),
    }
    torch.save({"state_dict": published_resnet34(), "framework": told}, tmp_path / "pytorch_model.bin")
    for name in set(sys.modules) - set(before):
        monkeypatch.delitem(sys.modules, name)
    resnet34.convert(tmp_path, tmp_path)
    assert not any(name.startswith("framework") for name in sys.modules)
    for batch, frames in ((1, 28), (2, 150), (3, 301)):
        features = np.random.default_rng(0).normal(size=(batch, frames, 80)).astype(np.float32)
        assert run(tmp_path / "model.onnx", features).shape == (batch, 256)


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    """A file that would do something when it is unpickled does nothing."""
    import torch

    class Harmful:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "done",))

    torch.save({"state_dict": published_resnet34(), "x": Harmful()}, tmp_path / "pytorch_model.bin")
    with contextlib.suppress(Exception):
        resnet34.convert(tmp_path, tmp_path)
    assert not (tmp_path / "done").exists()


# pyannote.audio 4.0.7's own ResNet34 over the weights and features below: every 32nd of its 256 numbers.
THEIRS = [3.73445, 0.48967, 1.75946, -3.7886, 7.0287, -6.69308, 4.55586, -4.90828]


def published_resnet34() -> dict[str, object]:
    """Weights made up by a rule, under the names and shapes of the published file."""
    import torch

    from pipeline.models.convert.resnet34_network import ResNet34

    return {
        f"resnet.{name}": tensor if tensor.dtype == torch.int64 else made_up(tensor, name)
        for name, tensor in ResNet34().state_dict().items()
    }


def made_up(tensor: Any, name: str) -> Any:
    """Numbers of a tensor's size from its name alone, the same with every version of PyTorch and numpy."""
    import torch

    numbers = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(tuple(tensor.shape))
    around_one = name.endswith(("bn1.weight", "bn2.weight", "running_var", "shortcut.1.weight"))
    if around_one:
        return torch.tensor(1 + 0.1 * np.tanh(numbers), dtype=torch.float32)
    return torch.tensor(numbers / np.sqrt(max(1, tensor[0].numel())), dtype=torch.float32)


def test_the_network_is_the_publishers(tmp_path: Path) -> None:
    """What it makes of a piece equals what the publisher's own code makes of it."""
    import torch

    torch.save({"state_dict": published_resnet34()}, tmp_path / "pytorch_model.bin")
    resnet34.convert(tmp_path, tmp_path)
    features = np.sin(np.arange(150 * 80, dtype=np.float32).reshape(1, 150, 80) * 0.37)
    assert run(tmp_path / "model.onnx", features)[0, ::32] == pytest.approx(THEIRS, abs=1e-3)


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
