"""The networks of tones.py as files: ONNX networks with names, sizes and features of their own, as somebody may bring them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as fn

from pipeline.records import SAMPLE_RATE_HZ
from pipeline.speakers.diarization.segmentation import CLASSES, FIELD_SAMPLES, FRAME_SAMPLES, LOCAL_SPEAKERS
from tests.speakers.tones import PITCHES_HZ, SWELL_HZ

NUMBERS = 256
HEARD_FROM = 0.012
"""A tone this loud is somebody speaking; at its faintest a voice of tones.py has 0.03, its neighbours' leak is under 0.008."""


class TonesApart(nn.Module):
    """Hears each pitch by itself, so also two at once; every third pitch is the same local speaker."""

    def __init__(self, classes: int = len(CLASSES), logits: bool = False) -> None:
        super().__init__()
        times = np.arange(FIELD_SAMPLES) / SAMPLE_RATE_HZ
        window = np.hanning(FIELD_SAMPLES)
        window /= window.sum() / 2
        waves = [f(2 * np.pi * hz * times) * window for hz in PITCHES_HZ for f in (np.cos, np.sin)]
        self.register_buffer("waves", torch.tensor(np.stack(waves)[:, None], dtype=torch.float32))
        members = [[float(s in c) for c in CLASSES[:classes]] for s in range(LOCAL_SPEAKERS)]
        self.register_buffer("members", torch.tensor(members))
        self.logits = logits

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, 1, samples) to log probabilities (batch, frames, 7)."""
        parts = fn.conv1d(x, self.waves, stride=FRAME_SAMPLES) ** 2
        loudness = (parts[:, 0::2] + parts[:, 1::2] + 1e-12).sqrt()
        local = [loudness[:, s::LOCAL_SPEAKERS].amax(1) for s in range(LOCAL_SPEAKERS)]
        speaks = (20 * torch.log(torch.stack(local, dim=-1) / HEARD_FROM)).clamp(-10, 10)
        scores = speaks @ self.members
        return scores + 1 if self.logits else fn.log_softmax(scores, dim=-1)


class TonePrints(nn.Module):
    """Which band swells is the voice."""

    def __init__(self, of_any_length: bool = True) -> None:
        super().__init__()
        self.of_any_length = of_any_length

    def forward(self, feats: torch.Tensor) -> torch.Tensor:
        """(batch, frames, 80) to voiceprints (batch, 256)."""
        times = torch.cumsum(torch.ones_like(feats[:, :, :1]), dim=1) / 100
        turns = 2 * torch.pi * SWELL_HZ * times
        swell = ((feats * turns.cos()).sum(1) ** 2 + (feats * turns.sin()).sum(1) ** 2 + 1e-9).sqrt()
        sharpened = (swell / swell.amax(1, keepdim=True)) ** 8
        return (
            fn.pad(sharpened, (0, NUMBERS - sharpened.shape[1])) if self.of_any_length else feats.flatten(1)
        )


def save(
    network: nn.Module,
    path: Path,
    example: tuple[int, ...],
    *,
    given: str = "x",
    varies: tuple[int, ...] = (),
    says: Mapping[str, str] | None = None,
) -> Path:
    """Write a network as ONNX; the input's dimensions in `varies` may have any size, `says` is what its file tells."""
    import onnx

    buffer = io.BytesIO()
    axes = {given: {d: f"d{d}" for d in varies}, "y": {0: "d0", 1: "d1"}} if varies else {}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracing exporter announces its successor on every call
        torch.onnx.export(
            network.eval(),
            (torch.randn(*example) * 0.01,),
            buffer,
            input_names=[given],
            output_names=["y"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    for key, value in (says or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    path.write_bytes(model.SerializeToString())
    return path


def save_segmentation(path: Path, network: nn.Module | None = None) -> Path:
    """A network for segmentation that knows tones."""
    return save(network or TonesApart(), path, (2, 1, 160_000), varies=(0, 2))


def save_voiceprints(path: Path, says: Mapping[str, str] | None = None) -> Path:
    """A network for voiceprints that knows tones."""
    return save(TonePrints(), path, (2, 150, 80), given="feats", varies=(0, 1), says=says)
