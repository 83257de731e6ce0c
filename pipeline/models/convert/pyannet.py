"""The network of segmentation-3.0, as plain PyTorch modules for export. Only conversion imports this."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as fn

SAMPLE_RATE_HZ = 16_000
LOWEST_HZ = 50.0
NARROWEST_HZ = 50.0


class PyanNet(nn.Module):
    """SincNet, four bidirectional LSTM layers, two linear layers, seven powerset classes."""

    def __init__(self, weights: dict[str, Any]) -> None:
        super().__init__()
        filters = sinc_filters(weights)
        self.norm_in = nn.InstanceNorm1d(1, affine=True)
        self.conv = nn.ModuleList(
            [nn.Conv1d(1, 80, 251, stride=10, bias=False), nn.Conv1d(80, 60, 5), nn.Conv1d(60, 60, 5)]
        )
        self.norm = nn.ModuleList([nn.InstanceNorm1d(size, affine=True) for size in (80, 60, 60)])
        self.lstm = nn.LSTM(60, 128, num_layers=4, bidirectional=True, batch_first=True)
        self.linear = nn.ModuleList([nn.Linear(256, 128), nn.Linear(128, 128)])
        self.classifier = nn.Linear(128, 7)
        self.load_state_dict(_rename(weights) | {"conv.0.weight": filters})

    def forward(self, wave: torch.Tensor) -> torch.Tensor:
        """(batch, 1, samples) to log probabilities (batch, frames, 7)."""
        x = self.norm_in(wave)
        for index, (conv, norm) in enumerate(zip(self.conv, self.norm, strict=True)):
            x = conv(x)
            if index == 0:
                x = x.abs()
            x = fn.leaky_relu(norm(fn.max_pool1d(x, 3, stride=3)))
        x, _ = self.lstm(x.transpose(1, 2))
        for linear in self.linear:
            x = fn.leaky_relu(linear(x))
        return fn.log_softmax(self.classifier(x), dim=-1)


def _rename(weights: dict[str, Any]) -> dict[str, Any]:
    """Published tensor names to ours; the sinc parameters become filters instead."""
    names = {"sincnet.wav_norm1d.": "norm_in.", "sincnet.conv1d.": "conv.", "sincnet.norm1d.": "norm."}
    renamed = {}
    for key, tensor in weights.items():
        if "filterbank" not in key:
            old = next((prefix for prefix in names if key.startswith(prefix)), "")
            renamed[names.get(old, "") + key.removeprefix(old)] = tensor
    return renamed


def sinc_filters(weights: dict[str, Any]) -> torch.Tensor:
    """The 80 band-pass filters (80, 1, 251): 40 cosine and 40 sine, from learned band edges.

    As asteroid_filterbanks' ParamSincFB builds them (a sinc windowed by Hamming, its right half mirrored).
    """
    low_hz, band_hz, window, times = (
        weights[f"sincnet.conv1d.0.filterbank.{name}"] for name in ("low_hz_", "band_hz_", "window_", "n_")
    )
    low = LOWEST_HZ + low_hz.abs()
    high = torch.clamp(low + NARROWEST_HZ + band_hz.abs(), LOWEST_HZ, SAMPLE_RATE_HZ / 2)
    band = high - low
    at_low, at_high = low @ times, high @ times
    cosine = (at_high.sin() - at_low.sin()) / (times / 2) * window
    sine = (at_low.cos() - at_high.cos()) / (times / 2) * window
    even = torch.cat([cosine, 2 * band, cosine.flip(1)], dim=1)
    odd = torch.cat([sine, torch.zeros_like(band), -sine.flip(1)], dim=1)
    return torch.cat([even / (2 * band), odd / (2 * band)])[:, None, :]
