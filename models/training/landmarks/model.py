"""The landmark network: 160 x 160 RGB face crop -> 478 x (x, y, z) and a presence score.

Pointwise and depthwise convolutions only (besides the stem): the embedded engine, tract, is fast
on nothing else. The last layer is started from the principal components of the training meshes,
so that the first thing the network can say is "a plausible face, moved and turned".
"""

import torch
from torch import nn
from torch.nn import functional as F

SIZE = 160
GRID = SIZE // 32
POINTS = 478
COMPONENTS = 128


def conv(i, o, k=1, stride=1, groups=1, act=True):
    layers = [nn.Conv2d(i, o, k, stride, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, nn.ReLU()) if act else nn.Sequential(*layers)


class Block(nn.Module):
    """Inverted residual (MobileNetV2, Sandler et al. 2018) with ReLU."""

    def __init__(self, i, o, hidden, stride=1, k=3):
        super().__init__()
        self.skip = stride == 1 and i == o
        self.body = nn.Sequential(conv(i, hidden), conv(hidden, hidden, k, stride, hidden), conv(hidden, o, act=False))

    def forward(self, x):
        return x + self.body(x) if self.skip else self.body(x)


class Landmarks(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            conv(3, 16, 3, 2),  # 80
            conv(16, 16, 3, 2, 16),
            conv(16, 32, act=False),  # 40
            Block(32, 32, 64),
            Block(32, 32, 64),
            Block(32, 64, 128, 2, 5),  # 20
            *[Block(64, 64, 128) for _ in range(3)],
            Block(64, 112, 256, 2, 5),  # 10
            *[Block(112, 112, 256) for _ in range(4)],
            Block(112, 176, 384, 2, 5),  # 5
            *[Block(176, 176, 352) for _ in range(2)],
        )
        # Keeps where a feature was seen: an average pool would forget it.
        self.spatial = nn.Sequential(conv(176, 64), nn.Flatten())
        self.coefficients = nn.Linear(64 * GRID * GRID, COMPONENTS)
        self.basis = nn.Linear(COMPONENTS, POINTS * 3)
        self.presence = nn.Linear(176, 1)

    def start_from(self, mean, components):
        """`mean` (478, 3) and `components` (COMPONENTS, 478 * 3), scaled by their deviation."""
        with torch.no_grad():
            self.basis.weight.copy_(torch.as_tensor(components.T))
            self.basis.bias.copy_(torch.as_tensor(mean.reshape(-1)))

    def forward(self, image):
        """`image` (n, 3, SIZE, SIZE), 0..1. Mesh (n, 478, 3) in crop units (0..1), presence logit (n, 1)."""
        x = self.body((image - 0.5) * 4)
        with torch.autocast("cpu", enabled=False):
            x = x.float()
            mesh = self.basis(self.coefficients(self.spatial(x))).reshape(-1, POINTS, 3)
            return mesh, self.presence(x.mean((2, 3)))


def regrid(state):
    """Weights trained at another input size: the one layer that knows where a feature lies, spread over this grid."""
    name = next(n for n in state if n.endswith("coefficients.weight"))
    weight = state[name].reshape(COMPONENTS, 64, -1)
    old = round(weight.shape[2] ** 0.5)
    if old != GRID:
        # Reads the new grid as the old layer would read the new grid shrunk (or grown) to the old one.
        eye = torch.eye(GRID * GRID).reshape(-1, 1, GRID, GRID)
        shrink = F.interpolate(eye, (old, old), mode="bilinear", align_corners=False, antialias=True).reshape(GRID * GRID, old * old)
        weight = weight @ shrink.T
    return state | {name: weight.reshape(COMPONENTS, -1)}
