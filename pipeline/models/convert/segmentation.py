"""pyannote segmentation-3.0 to ONNX: 10 s of sound to who-speaks classes, a frame every 16.875 ms.

Weights: huggingface.co/pyannote/segmentation-3.0 (MIT). Architecture: PyanNet (Bredin and Laurent,
"End-to-end speaker segmentation", 2021) with a SincNet front (Ravanelli and Bengio, 2018) and powerset
classes (Plaquet and Bredin, 2023).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.errors import ModelInstallError

_NAME = "segmentation-3.0"
_WEIGHT_FILE = "pytorch_model.bin"
_TRAINING_CLASSES = ("Specifications", "Resolution", "Problem")


def convert(source: Path, target: Path) -> None:
    """Convert the weights in the folder `source` to `target`: an ONNX file, or the folder for model.onnx.

    Input "input": float32 (batch, 1, samples) at 16 kHz; output "classes": log probabilities
    (batch, frames, 7). Raises ModelInstallError when no weights are found or the result differs.
    """
    from pipeline.models.convert.export import export_checked
    from pipeline.models.convert.pyannet import PyanNet

    network = PyanNet(_load_weights(source))
    export_checked(
        network,
        target,
        model=_NAME,
        output="classes",
        dynamic_axes={"input": {0: "batch", 2: "samples"}, "classes": {0: "batch", 1: "frames"}},
        example_shapes=[(2, 1, 160_000), (3, 1, 80_000)],
    )


def _load_weights(source: Path) -> dict[str, Any]:
    """Tensors only: the training framework's objects beside them are never built."""
    import torch

    if not (source / _WEIGHT_FILE).is_file():
        raise ModelInstallError(model=_NAME, why=f"{_WEIGHT_FILE} was not downloaded")
    allowed = [torch.torch_version.TorchVersion, *map(_stand_in, _TRAINING_CLASSES)]
    with torch.serialization.safe_globals(allowed):
        content = torch.load(source / _WEIGHT_FILE, map_location="cpu", weights_only=True)
    weights: dict[str, Any] = content["state_dict"]
    return weights


def _stand_in(name: str) -> tuple[type, str]:
    """An empty class in place of one of pyannote.audio's, which need not be installed."""
    kind = type(name, (), {"__new__": lambda cls, *_: object.__new__(cls), "__setstate__": lambda *_: None})
    return kind, f"pyannote.audio.core.task.{name}"
