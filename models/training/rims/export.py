r"""Write the trained rim network as the ONNX file that the program embeds.

    python export.py --pairs runs/rims --checkpoint runs/rims/rims.pt --out ../../rims.onnx

Batch normalisation folded, fixed shapes, one input: `eyes` (2, 3, 64, 64), 0..1, the right eye and the left one flipped. One
output: `covered` (2, 2), of each the share of the opening that a rim covers, %, and the error to expect (standard deviation).
"""

import sys

import numpy as np
import torch
from torch import nn

from model import Rims
from shipping import options, trained, write
from eyes import middle
from train import Pairs, alike


class Shipped(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, eyes):
        covered, width = self.network(eyes).split(1, 1)
        return torch.cat([covered.clamp(0, 100), torch.exp(width)], 1)


def main():
    args = options(__doc__)
    network = trained(Rims(), args.checkpoint)
    pairs = Pairs(args.pairs)
    eyes = np.stack(alike(middle(pairs.pictures[pairs.val[7]])))
    write(Shipped(network).eval(), torch.from_numpy(eyes), args.out, "eyes", ["covered"])


if __name__ == "__main__":
    sys.exit(main())
