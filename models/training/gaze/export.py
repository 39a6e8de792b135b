r"""Write the trained gaze network as the ONNX file that the program embeds.

    python export.py --pairs runs/gaze --checkpoint runs/gaze/gaze.pt --out ../../gaze.onnx

Batch normalisation folded, fixed shapes, one input: `eyes` (2, 7, 64, 64), the pair of eyes, 0..1, the head's yaw as 0.5 + degrees /
180 all over a seventh channel, and the mirror image of that. One output: `gaze` (1, 2), degrees and the mean error to expect.
"""

import sys

import torch
from torch import nn

from model import Gaze, other
from shipping import options, trained, write
from train import Pairs, seen


class Shipped(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, eyes):
        yaw = (eyes[:, 6, :1, 0] - 0.5) * 180
        gaze, width = self.network(eyes[:, :6], yaw).split(1, 1)
        return torch.cat([(gaze[:1] - gaze[1:]) / 2, torch.exp(width.mean(0, keepdim=True))], 1)


def main():
    args = options(__doc__)
    network = trained(Gaze(), args.checkpoint)
    pairs = Pairs(args.pairs)
    i = pairs.val[7]
    eyes, yaw = torch.from_numpy(seen(pairs.pictures[i]))[None], torch.from_numpy(pairs.yaw[i : i + 1, None])
    eyes, yaw = (torch.cat(t) for t in zip((eyes, yaw), other(eyes, yaw)))
    write(Shipped(network).eval(), torch.cat([eyes, (0.5 + yaw / 180)[:, :, None, None].expand(-1, 1, *eyes.shape[2:])], 1), args.out, "eyes", ["gaze"])


if __name__ == "__main__":
    sys.exit(main())
