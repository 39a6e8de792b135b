"""The garment network: neck, neckline and cloth on one square of 224 px.

The blocks of the landmark network, but whole 3 x 3 convolutions where cells are fine: what cloth is
woven of is told apart there. Weights begin at random; student.py trains them.
"""

import patches  # noqa: F401, finds the other recipes
from torch import nn
from torch.nn.functional import relu

from landmarks.model import Block, conv

# Channels after each stage of cells but the last, and cells on a side: where a teacher is followed (`STAGES` of teach.py).
SEEN = [(32, 56), (48, 28), (112, 14)]
FEATURES = 768


class Whole(nn.Module):
    """A whole 3 x 3 convolution beside what it is given."""

    def __init__(self, channels):
        super().__init__()
        self.look = conv(channels, channels, 3, act=False)

    def forward(self, x):
        return relu(x + self.look(x))


class Garment(nn.Module):
    def __init__(self, questions, dropout=0.2):
        super().__init__()
        self.stages = nn.ModuleList(
            [
                nn.Sequential(conv(3, 16, 3, 2), conv(16, 32, 3, 2), Whole(32), Block(32, 32, 144)),
                nn.Sequential(Block(32, 48, 96, 2, 5), Block(48, 48, 144)),
                nn.Sequential(
                    Block(48, 80, 192, 2), Block(80, 80, 320), Block(80, 80, 320), Block(80, 112, 320, 1, 5), Block(112, 112, 448, 1, 5)
                ),
                nn.Sequential(Block(112, 160, 448, 2, 5), Block(160, 160, 640, 1, 5), Block(160, 160, 640), conv(160, FEATURES)),
            ]
        )
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(FEATURES, questions)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, pictures):
        """`pictures` (n, 3, 224, 224), 0..1 -> logits (n, questions), features (n, FEATURES), what is seen on the way."""
        x, seen = (pictures - 0.5) * 4, []
        for stage in self.stages:
            x = stage(x)
            seen.append(x)
        features = x.mean((2, 3))
        return self.head(self.drop(features)), features, seen[:-1]
