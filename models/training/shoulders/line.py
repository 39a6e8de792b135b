"""The shoulder network: the lower part of the matte's crop -> the tilt of the shoulder line, how sure, and where its ends are."""

import sys
from pathlib import Path

import torch
from torch import nn

TRAINING = Path(__file__).resolve().parent.parent
sys.path += [str(TRAINING), str(TRAINING / "attributes")]
from attributes.garment import Whole, conv  # noqa: E402

SIZE = 112, 72  # width and height of what it sees
HELD = {f"s{i:03d}" for i in range(3, 1000, 4)}  # of what trunks.py renders, not learnt on
TOP = 96  # of the matte's crop, its first row that pictures.py keeps


class Shoulders(nn.Module):
    """Whole 3 x 3 convolutions, as the gaze network has them."""

    def __init__(self, dropout=0.2):
        super().__init__()
        self.body = nn.Sequential(
            conv(5, 16, 3, 2),  # 56 x 36
            conv(16, 32, 3, 2),  # 28 x 18
            Whole(32),
            conv(32, 48, 3, 2),  # 14 x 9
            Whole(48),
            Whole(48),
            Whole(48),
            conv(48, 16),
            nn.Flatten(),
        )
        self.drop = nn.Dropout(dropout)
        self.mix = nn.Linear(16 * 14 * 9, 96)
        self.head = nn.Linear(96, 5)

    def forward(self, seen):
        """`seen` (n, 5, 72, 112): colours and alpha, 0..1, and 1 inside the picture; all 0 outside of it -> (n, 5): degrees, + where the
        subject's left shoulder is lower; the logarithm of the error to expect; x and y of the line's middle from the crop's, and
        half its length, units of the face's scale."""
        out = self.head(torch.relu(self.mix(self.drop(self.body((seen - 0.5) * 4)))))
        return out * out.new_tensor([5, 1, 0.3, 0.3, 0.3]) + out.new_tensor([0, 0.5, 0, 0.5, 1.5])


def both(network, seen):
    """(n, 5) as of the network, from the pictures and their mirror images."""
    a, b = network(seen), network(seen.flip(3))
    opposite = a.new_tensor([-1, 1, -1, 1, 1])
    return (a + opposite * b) / 2
