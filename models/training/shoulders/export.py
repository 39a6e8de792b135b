r"""Write the trained shoulder network as the ONNX file that the program embeds.

    python export.py --pairs runs/shoulders --checkpoint runs/shoulders/shoulders.pt --out ../../shoulders.onnx

Batch normalisation folded, fixed shapes, one input: `seen` (2, 5, 72, 112), the lower part of the matte's crop and its mirror image. One
output: `line` (1, 5), degrees, the mean error to expect, and of the line's middle x and y and of its half length.
"""

import sys

import torch
from torch import nn

from line import Shoulders
from train import WIDTH, Pictures, plain
from shipping import options, trained, write


class Shipped(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network
        self.register_buffer("opposite", torch.tensor([-1.0, 1, -1, 1, 1]))

    def forward(self, seen):
        here, there = self.network(seen).split(1, 0)
        line = (here + self.opposite * there) / 2
        return torch.cat([line[:, :1], torch.exp(line[:, 1:2].clamp(*WIDTH)), line[:, 2:]], 1)


def main():
    args = options(__doc__)
    network = trained(Shoulders(), args.checkpoint)
    pictures = Pictures(args.pairs)
    seen = torch.from_numpy(plain(pictures, pictures.val[1][7]))[None]
    write(Shipped(network).eval(), torch.cat([seen, seen.flip(3)]), args.out, "seen", ["line"])


if __name__ == "__main__":
    sys.exit(main())
