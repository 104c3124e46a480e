"""The pieces that the small networks are built of: dense 3x3 convolutions, which two CPU cores train fastest.

Tensors are f32 `[batch, channels, height, width]`. BatchNorm is folded into the convolutions by the ONNX exporter.
"""

import torch
from torch import nn


class Conv(nn.Sequential):
    """Convolution, batch norm, SiLU; the same size out as in, divided by `stride`."""

    def __init__(self, inputs, outputs, kernel=3, stride=1):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
            nn.SiLU(inplace=True),
        )


class Residual(nn.Module):
    """Two 3x3 convolutions beside the identity; the last batch norm begins at zero, so that it begins as nothing."""

    def __init__(self, channels):
        super().__init__()
        self.first = Conv(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels, eps=1e-3, momentum=0.03)
        )
        nn.init.zeros_(self.second[1].weight)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x):
        return self.act(x + self.second(self.first(x)))


class Backbone(nn.Module):
    """Stages at strides 2, 4, 8, 16, 32, `widths` channels wide with `depths` residual blocks each.

    `forward` answers the maps of the stages from `first` on (0: stride 2). `inputs` channels go in.
    """

    def __init__(self, widths, depths, first=2, inputs=3):
        super().__init__()
        self.first = first
        self.stages = nn.ModuleList()
        for width, depth in zip(widths, depths, strict=True):
            self.stages.append(nn.Sequential(Conv(inputs, width, 3, 2), *(Residual(width) for _ in range(depth))))
            inputs = width

    def forward(self, x):
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps[self.first :]


def parameters(model):
    """How many numbers a network has."""
    return sum(p.numel() for p in model.parameters())


def seed_all(seed):
    """One seed for everything that draws; one thread a process (two processes use two cores better than one does)."""
    import random

    import cv2
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    cv2.setRNGSeed(seed)
    torch.set_num_threads(1)
