"""CAM++ (3D-Speaker, Chinese and English) to ONNX: filterbank frames to a 192-dimensional voiceprint.

Weights: 3D-Speaker's speech_campplus_sv_zh_en_16k-common_advanced (Apache-2.0). Architecture: Wang et
al., "CAM++: A fast and efficient network for speaker verification using context-aware masking", 2023.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ModelInstallError

_NAME = "campplus-zh-en"
_WEIGHT_FILE = "campplus_cn_en_common.pt"


def convert(source: Path, target: Path) -> None:
    """Convert the weights in the folder `source` to `target`: an ONNX file, or the folder for model.onnx.

    Input "input": float32 (batch, frames, 80), log mel filterbank with each band's mean removed; output
    "embedding": (batch, 192), not normalised. Raises ModelInstallError when the weights are missing or
    the result differs. The traced module published beside them holds CUDA kernels and is not used.
    """
    import torch

    from pipeline.models.convert.campplus_network import CamPlusPlus
    from pipeline.models.convert.export import export_checked

    if not (source / _WEIGHT_FILE).is_file():
        raise ModelInstallError(model=_NAME, why=f"{_WEIGHT_FILE} was not downloaded")
    network = CamPlusPlus()
    network.load_state_dict(torch.load(source / _WEIGHT_FILE, map_location="cpu", weights_only=True))
    export_checked(
        network,
        target,
        model=_NAME,
        output="embedding",
        dynamic_axes={"input": {0: "batch", 1: "frames"}, "embedding": {0: "batch"}},
        example_shapes=[(2, 300, 80), (1, 98, 80), (3, 577, 80)],
    )
