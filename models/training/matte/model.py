"""The matte network: a head-and-shoulders picture of WIDTH x HEIGHT -> how much of each pixel is the person.

The landmark network's body sees the person; a decoder brings what it saw back to full size.
Everything is a pointwise or depthwise convolution besides the two stems. Upsampling is a pointwise
convolution to four times the channels, laid out as 2 x 2 pixels: the embedded engine is slow at resizing.
"""

import importlib.util
from pathlib import Path

import torch
from torch import nn

spec = importlib.util.spec_from_file_location("landmark_model", Path(__file__).resolve().parent.parent / "landmarks/model.py")
landmarks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(landmarks)
conv = landmarks.conv

WIDTH, HEIGHT = 224, 256


def shuffle(x):
    """(n, 4 c, h, w) -> (n, c, 2 h, 2 w)."""
    n, c, h, w = x.shape
    return x.reshape(n, c // 4, 2, 2, h, w).permute(0, 1, 4, 2, 5, 3).reshape(n, c // 4, 2 * h, 2 * w)


def alike(weight):
    """Start the four pixels of a `shuffle` with one set of weights: no checkerboard."""
    with torch.no_grad():
        weight.copy_(weight[::4].repeat_interleave(4, 0))


class Up(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.body = conv(i, 4 * o)
        alike(self.body[0].weight)

    def forward(self, x):
        return shuffle(self.body(x))


class Refine(nn.Module):
    """Depthwise, then pointwise, beside the way through."""

    def __init__(self, c, k):
        super().__init__()
        self.body = nn.Sequential(conv(c, c, k, 1, c), conv(c, c, act=False))

    def forward(self, x):
        return torch.relu(x + self.body(x))


class Matte(nn.Module):
    def __init__(self):
        super().__init__()
        body = landmarks.Landmarks().body
        self.frozen = False
        self.quarter, self.eighth, self.sixteenth, self.least = body[:5], body[5:9], body[9:14], body[14:]
        self.up1, self.side1, self.mix1 = Up(176, 96), conv(112, 96, act=False), nn.Sequential(Refine(96, 5), Refine(96, 5))
        self.up2, self.side2, self.mix2 = Up(96, 64), conv(64, 64, act=False), nn.Sequential(Refine(64, 5), Refine(64, 3))
        self.up3, self.side3, self.mix3 = Up(64, 40), conv(32, 40, act=False), nn.Sequential(Refine(40, 3), Refine(40, 3))
        self.up4 = Up(40, 16)
        self.fine = conv(3, 16, 4, 2)
        self.fine[0].padding = (1, 1)
        self.join, self.mix4 = conv(32, 24), nn.Sequential(Refine(24, 3), Refine(24, 3))
        self.out = nn.Conv2d(24, 4, 1)
        alike(self.out.weight)

    def freeze(self, frozen):
        """Leave the first two stages as they are: half of the training time is theirs."""
        self.frozen = frozen
        for stage in (self.quarter, self.eighth):
            stage.train(self.training and not frozen)

    def start_from(self, path):
        """The body of a landmark checkpoint."""
        saved = torch.load(path, weights_only=False, map_location="cpu")["average"]
        prefix = "module.body."
        body = nn.Sequential(*self.quarter, *self.eighth, *self.sixteenth, *self.least)
        body.load_state_dict({n[len(prefix) :]: w for n, w in saved.items() if n.startswith(prefix)})

    def forward(self, image):
        """`image` (n, 3, h, w), 0..1, h and w multiples of 32. Logits (n, 1, h, w)."""
        image = (image - 0.5) * 4
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            quarter = self.quarter(image)
            eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        x = self.mix1(self.up1(self.least(sixteenth)) + self.side1(sixteenth))
        x = self.mix2(self.up2(x) + self.side2(eighth))
        x = self.mix3(self.up3(x) + self.side3(quarter))
        x = self.mix4(self.join(torch.cat([self.up4(x), self.fine(image)], 1)))
        return shuffle(self.out(x))
