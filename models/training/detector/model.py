"""The detector network: a small pyramid of pointwise and depthwise convolutions.

Why this shape: tract (the pure-Rust engine) is fast only on 1x1 and depthwise convolutions, so
everything but the stem is made of those. One cell of a level is one anchor; a cell predicts a score,
a box as centre offset and log size, and five points as offsets, all in units of its own stride.
"""

import torch
from torch import nn
from torch.nn import functional as F

SIZE = 320
STRIDES = (8, 16, 32)
BOX_PRIOR = 4.0  # a raw size of 0 means a box of 4 strides: the middle of what a level is asked for
POINT_UNIT = 2.0  # raw point offsets are in units of 2 strides: keeps them near 1
MEAN, STD = 0.45, 0.25  # inside the graph, so that callers hand over plain 0..1 pixels


def conv(i, o, k, s=1, groups=1):
    return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o))


class Block(nn.Module):
    """Depthwise k x k, then pointwise; residual where the shape allows."""

    def __init__(self, i, o, k=3, s=1):
        super().__init__()
        self.depth = conv(i, i, k, s, groups=i)
        self.point = conv(i, o, 1)
        self.residual = i == o and s == 1

    def forward(self, x):
        y = self.point(F.relu(self.depth(x)))
        return F.relu(y + x if self.residual else y)


class Detector(nn.Module):
    def __init__(self, c=(16, 32, 64, 128, 192), neck=64):
        super().__init__()
        self.stem = conv(3, c[0], 3, 2)
        self.s4 = nn.Sequential(Block(c[0], c[1], 3, 2), Block(c[1], c[1]))
        self.s8 = nn.Sequential(Block(c[1], c[2], 3, 2), Block(c[2], c[2]), Block(c[2], c[2]))
        self.s16 = nn.Sequential(Block(c[2], c[3], 5, 2), *[Block(c[3], c[3], 5) for _ in range(3)])
        # 5x5 here: a face that fills the picture spans nine cells of stride 32
        self.s32 = nn.Sequential(Block(c[3], c[4], 5, 2), *[Block(c[4], c[4], 5) for _ in range(2)])
        self.lateral = nn.ModuleList(conv(i, neck, 1) for i in c[2:])
        self.smooth = nn.ModuleList(Block(neck, neck) for _ in STRIDES)
        self.heads = nn.ModuleList(nn.Sequential(Block(neck, neck), nn.Conv2d(neck, 15, 1)) for _ in STRIDES)
        for head in self.heads:
            nn.init.normal_(head[-1].weight, std=0.01)
            nn.init.zeros_(head[-1].bias)
            head[-1].bias.data[0] = -4.6  # start at a score of 1 %: almost every cell is background

    def levels(self, image):
        """Raw predictions, one [B, 15, H, W] per stride. `image` is RGB in 0..1."""
        x = F.relu(self.stem((image - MEAN) * (1 / STD)))
        p8 = self.s8(self.s4(x))
        p16 = self.s16(p8)
        p32 = self.s32(p16)
        l8, l16, l32 = (F.relu(f(p)) for f, p in zip(self.lateral, (p8, p16, p32)))
        n32 = self.smooth[2](l32)
        n16 = self.smooth[1](l16 + F.interpolate(n32, scale_factor=2.0, mode="nearest"))
        n8 = self.smooth[0](l8 + F.interpolate(n16, scale_factor=2.0, mode="nearest"))
        return [head(n) for head, n in zip(self.heads, (n8, n16, n32))]

    def raw(self, image):
        """[B, 2100, 15] raw predictions, stride 8 first."""
        return torch.cat([p.float().flatten(2).transpose(1, 2) for p in self.levels(image)], 1)

    def forward(self, image):
        """The model contract: [B, 2100, 15], score, x0 y0 x1 y1, five x y, normalised to 0..1."""
        raw = self.raw(image)
        box, points = decode(raw, grid())
        return torch.cat([raw[..., :1].sigmoid(), box / SIZE, points / SIZE], 2)


def grid():
    """[2100, 3]: x, y of every cell's centre in pixels, and its stride."""
    rows = []
    for s in STRIDES:
        n = SIZE // s
        y, x = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
        rows.append(torch.stack([(x + 0.5) * s, (y + 0.5) * s, torch.full_like(x, s)], -1).reshape(-1, 3))
    return torch.cat(rows).float()


def decode(raw, cells):
    """Boxes [..., 4] and points [..., 10] in pixels of the 320 x 320 input."""
    xy, stride = cells[:, :2], cells[:, 2:]
    centre = raw[..., 1:3] * stride + xy
    half = raw[..., 3:5].exp() * (stride * (BOX_PRIOR / 2))
    points = raw[..., 5:15] * (stride * POINT_UNIT) + xy.repeat(1, 5)
    return torch.cat([centre - half, centre + half], -1), points
