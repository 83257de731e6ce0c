"""WeSpeaker's ResNet34, as pyannote publishes it, to ONNX: filterbank frames to a 256-dimensional voiceprint.

Weights: the embedding of huggingface.co/pyannote/speaker-diarization-community-1 (CC BY 4.0; trained by WeSpeaker on VoxCeleb).
Architecture: Wang et al., "WeSpeaker: A research and production oriented speaker embedding learning toolkit", 2023.
"""

from __future__ import annotations

from pathlib import Path

_WEIGHT_FILE = "pytorch_model.bin"
_PREFIX = "resnet."


def convert(source: Path, target: Path) -> None:
    """Convert the weights in the folder `source` to `target`: an ONNX file, or the folder for model.onnx.

    Input "input": float32 (batch, frames, 80), log mel filterbank of the kind "wespeaker" with each band's mean removed;
    output "embedding": (batch, 256), not normalised. Raises ModelInstallError when the weights are missing or the result
    differs.
    """
    from pipeline.models.convert.checkpoint import load_tensors
    from pipeline.models.convert.export import export_checked
    from pipeline.models.convert.resnet34_network import ResNet34

    tensors = load_tensors(source / _WEIGHT_FILE, "resnet34")
    network = ResNet34()
    network.load_state_dict({name.removeprefix(_PREFIX): tensor for name, tensor in tensors.items()})
    export_checked(
        network,
        target,
        model="resnet34",
        output="embedding",
        dynamic_axes={"input": {0: "batch", 1: "frames"}, "embedding": {0: "batch"}},
        example_shapes=[(2, 300, 80), (1, 98, 80), (3, 577, 80)],
    )
