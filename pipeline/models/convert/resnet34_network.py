"""WeSpeaker's ResNet34, as plain PyTorch modules for export. Only conversion imports this."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as fn

BANDS = 80
NUMBERS = 256
CHANNELS = (32, 64, 128, 256)
DEPTHS = (3, 4, 6, 3)


class ResNet34(nn.Module):
    """Four groups of residual blocks over bands and time, mean and standard deviation over time, one linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, CHANNELS[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(CHANNELS[0])
        before = CHANNELS[0]
        for number, (channels, depth) in enumerate(zip(CHANNELS, DEPTHS, strict=True), start=1):
            first = _Block(before, channels, stride=1 if number == 1 else 2)
            rest = (_Block(channels, channels, stride=1) for _ in range(depth - 1))
            self.add_module(f"layer{number}", nn.Sequential(first, *rest))
            before = channels
        self.seg_1 = nn.Linear(2 * before * BANDS // 8, NUMBERS)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """(batch, frames, 80) to voiceprints (batch, 256)."""
        x = fn.relu(self.bn1(self.conv1(features.transpose(1, 2)[:, None])))
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        x = x.flatten(1, 2)
        mean = x.mean(-1)
        square = ((x - mean[..., None]) ** 2).sum(-1) / (x.shape[-1] - 1)  # export has no unbiased one
        result: torch.Tensor = self.seg_1(torch.cat([mean, square.sqrt()], dim=-1))
        return result


class _Block(nn.Module):
    def __init__(self, before: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride != 1 or before != channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(before, channels, 1, stride=stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(fn.relu(self.bn1(self.conv1(x)))))
        return fn.relu(y + self.shortcut(x))
