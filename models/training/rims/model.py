"""The rim network: an eye in a square of 64 px -> how much of its opening a rim covers, and how sure."""

import sys
from pathlib import Path

import torch
from torch import nn

TRAINING = Path(__file__).resolve().parent.parent
sys.path += [str(TRAINING), str(TRAINING / "attributes")]
from attributes.garment import Whole, conv  # noqa: E402


class Rims(nn.Module):
    """Whole 3 x 3 convolutions, as in the gaze network, over one eye; the left one is flipped, so that both look alike."""

    def __init__(self, dropout=0.2):
        super().__init__()
        self.body = nn.Sequential(
            conv(3, 24, 3, 2),  # 32
            Whole(24),
            conv(24, 40, 3, 2),  # 16
            Whole(40),
            conv(40, 64, 3, 2),  # 8
            Whole(64),
            Whole(64),
            # Keeps where a feature was seen: an average pool would forget it.
            conv(64, 24),
            nn.Flatten(),
        )
        self.drop = nn.Dropout(dropout)
        self.mix = nn.Linear(24 * 8 * 8, 96)
        self.head = nn.Linear(96, 2)

    def forward(self, eyes):
        """`eyes` (n, 3, 64, 64), 0..1 -> (n, 2): covered share of the opening, %, and the logarithm of the error to expect of it
        (standard deviation)."""
        covered, width = self.head(torch.relu(self.mix(self.drop(self.body((eyes - 0.5) * 4))))).split(1, 1)
        return torch.cat([10 * covered, width + 1], 1)
