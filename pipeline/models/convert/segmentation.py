"""pyannote's segmentation networks to ONNX: 10 s of sound to who-speaks classes, a frame every 16.875 ms.

Weights: huggingface.co/pyannote/segmentation-3.0 (MIT), and the segmentation of
huggingface.co/pyannote/speaker-diarization-community-1 (CC BY 4.0), which has the same architecture. Architecture: PyanNet
(Bredin and Laurent, "End-to-end speaker segmentation", 2021) with a SincNet front (Ravanelli and Bengio, 2018) and powerset
classes (Plaquet and Bredin, 2023).
"""

from __future__ import annotations

from pathlib import Path

_WEIGHT_FILE = "pytorch_model.bin"


def convert(source: Path, target: Path) -> None:
    """Convert the weights in the folder `source` to `target`: an ONNX file, or the folder for model.onnx.

    Input "input": float32 (batch, 1, samples) at 16 kHz; output "classes": log probabilities
    (batch, frames, 7). Raises ModelInstallError when no weights are found or the result differs.
    """
    from pipeline.models.convert.checkpoint import load_tensors
    from pipeline.models.convert.export import export_checked
    from pipeline.models.convert.pyannet import PyanNet

    network = PyanNet(load_tensors(source / _WEIGHT_FILE, "segmentation"))
    export_checked(
        network,
        target,
        model="segmentation",
        output="classes",
        dynamic_axes={"input": {0: "batch", 2: "samples"}, "classes": {0: "batch", 1: "frames"}},
        example_shapes=[(2, 1, 160_000), (3, 1, 80_000)],
    )
