"""The network of CAM++, as plain PyTorch modules for export. Only conversion imports this.

Module names follow the published state dict, which therefore loads unchanged.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as fn

SEGMENT_FRAMES = 100
GROWTH = 32
BOTTLENECK = 128


class CamPlusPlus(nn.Module):
    """A 2D convolution front (`head`) and a densely connected TDNN with context-aware masks (`xvector`)."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _Head()
        layers: OrderedDict[str, nn.Module] = OrderedDict(tdnn=_Tdnn(320, 128))
        channels = 128
        for number, (depth, dilation) in enumerate([(12, 1), (24, 2), (16, 2)], start=1):
            layers[f"block{number}"] = _DenseBlock(depth, channels, dilation)
            channels += depth * GROWTH
            layers[f"transit{number}"] = _Transit(channels, channels // 2)
            channels //= 2
        layers["out_nonlinear"] = _nonlinear(channels)
        layers["stats"] = _StatsPool()
        layers["dense"] = _Dense(2 * channels, 192)
        self.xvector = nn.Sequential(layers)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """(batch, frames, 80) to (batch, 192)."""
        embedding: torch.Tensor = self.xvector(self.head(features.permute(0, 2, 1)))
        return embedding


def _nonlinear(channels: int) -> nn.Sequential:
    return nn.Sequential(OrderedDict(batchnorm=nn.BatchNorm1d(channels), relu=nn.ReLU()))


class _Residual(nn.Module):
    def __init__(self, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(32, 32, 3, stride=(stride, 1), padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(32)
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(32, 32, 1, stride=(stride, 1), bias=False), nn.BatchNorm2d(32)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(fn.relu(self.bn1(self.conv1(x)))))
        return fn.relu(y + self.shortcut(x))


class _Head(nn.Module):
    """Shrinks 80 bands to 10 and keeps the frames: (batch, 80, frames) to (batch, 320, frames)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.layer1 = nn.Sequential(_Residual(2), _Residual(1))
        self.layer2 = nn.Sequential(_Residual(2), _Residual(1))
        self.conv2 = nn.Conv2d(32, 32, 3, stride=(2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(32)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.layer2(self.layer1(fn.relu(self.bn1(self.conv1(x[:, None])))))
        return fn.relu(self.bn2(self.conv2(y))).flatten(1, 2)


class _Tdnn(nn.Module):
    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels_in, channels_out, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _nonlinear(channels_out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.nonlinear(self.linear(x))
        return y


class _Mask(nn.Module):
    """Context-aware masking: what the stretch and its surroundings sound like gates each channel."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(BOTTLENECK, GROWTH, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(BOTTLENECK, BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(BOTTLENECK // 2, GROWTH, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        context = x.mean(-1, keepdim=True) + _pool_segments(x)
        gate = torch.sigmoid(self.linear2(fn.relu(self.linear1(context))))
        masked: torch.Tensor = self.linear_local(x) * gate
        return masked


def _pool_segments(x: torch.Tensor) -> torch.Tensor:
    """Each frame gets the mean of its segment of SEGMENT_FRAMES frames (the last may be shorter)."""
    pooled = fn.avg_pool1d(x, SEGMENT_FRAMES, stride=SEGMENT_FRAMES, ceil_mode=True)
    repeated = pooled[..., None].expand(-1, -1, -1, SEGMENT_FRAMES).flatten(2)
    return repeated[..., : x.shape[-1]]


class _DenseLayer(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _nonlinear(channels)
        self.linear1 = nn.Conv1d(channels, BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _nonlinear(BOTTLENECK)
        self.cam_layer = _Mask(dilation)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return y


class _DenseBlock(nn.Module):
    def __init__(self, depth: int, channels: int, dilation: int) -> None:
        super().__init__()
        for index in range(depth):
            self.add_module(f"tdnnd{index + 1}", _DenseLayer(channels + index * GROWTH, dilation))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.children():
            x = torch.cat([x, layer(x)], dim=1)
        return x


class _Transit(nn.Module):
    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.nonlinear = _nonlinear(channels_in)
        self.linear = nn.Conv1d(channels_in, channels_out, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.linear(self.nonlinear(x))
        return y


class _StatsPool(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Mean and standard deviation over time, written out because export has no unbiased one."""
        mean = x.mean(-1)
        square = ((x - mean[..., None]) ** 2).sum(-1) / (x.shape[-1] - 1)
        return torch.cat([mean, square.sqrt()], dim=-1)


class _Dense(nn.Module):
    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels_in, channels_out, 1, bias=False)
        self.nonlinear = nn.Sequential(OrderedDict(batchnorm=nn.BatchNorm1d(channels_out, affine=False)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.nonlinear(self.linear(x[..., None]).squeeze(-1))
        return y
