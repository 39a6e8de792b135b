"""The gaze network: both eyes in squares of 64 px and the yaw of the head -> degrees beside the lens, and how sure."""

import sys
from pathlib import Path

import torch
from torch import nn

TRAINING = Path(__file__).resolve().parent.parent
sys.path += [str(TRAINING), str(TRAINING / "attributes")]
from attributes.garment import Whole, conv  # noqa: E402


class Gaze(nn.Module):
    """Whole 3 x 3 convolutions over both eyes together, six channels deep: so few that they are quick on both engines."""

    def __init__(self, dropout=0.2):
        super().__init__()
        self.body = nn.Sequential(
            conv(6, 24, 3, 2),  # 32
            conv(24, 40, 3, 2),  # 16
            Whole(40),
            conv(40, 64, 3, 2),  # 8
            Whole(64),
            Whole(64),
            Whole(64),
            # Keeps where a feature was seen: an average pool would forget it.
            conv(64, 24),
            nn.Flatten(),
        )
        self.drop = nn.Dropout(dropout)
        self.mix = nn.Linear(24 * 8 * 8 + 1, 96)
        self.head = nn.Linear(96, 2)

    def forward(self, eyes, yaw):
        """`eyes` (n, 6, 64, 64), 0..1, the subject's right eye first; `yaw` (n, 1), degrees -> (n, 2): gaze in degrees, + to the
        subject's left, and the logarithm of the mean error to expect of it."""
        seen = torch.cat([self.drop(self.body((eyes - 0.5) * 4)), yaw / 15], 1)
        gaze, width = self.head(torch.relu(self.mix(seen))).split(1, 1)
        return torch.cat([10 * gaze, width + 1], 1)


def other(eyes, yaw):
    """The mirror image of a batch; its gaze is the opposite."""
    return torch.cat([eyes[:, 3:], eyes[:, :3]], 1).flip(3), -yaw


def both(network, eyes, yaw):
    """(n, 2) as of the network, from the pictures and their mirror images."""
    a, b = network(eyes, yaw), network(*other(eyes, yaw))
    return torch.stack([(a[:, 0] - b[:, 0]) / 2, (a[:, 1] + b[:, 1]) / 2], 1)
