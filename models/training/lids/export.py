r"""Write the trained lid network as the ONNX file that the program embeds.

    python export.py --pairs runs/lids --checkpoint runs/lids/lids.pt --out ../../lids.onnx

Batch normalisation folded, fixed shapes, one input: `eyes` (2, 3, 64, 64), 0..1, the right eye and the left one flipped. One
output: `opened` (2, 2), of each the opening in per cent of the eye's width, and the error to expect (standard deviation).
"""

import sys

import numpy as np
import torch

from train import Pairs
from eyes import middle
from one_eye import OneEye, Shipped, alike
from shipping import options, trained, write


def main():
    args = options(__doc__)
    network = trained(OneEye(), args.checkpoint)
    pairs = Pairs(args.pairs)
    eyes = np.stack(alike(middle(pairs.pictures[pairs.val[7]])))
    write(Shipped(network).eval(), torch.from_numpy(eyes), args.out, "eyes", ["opened"])


if __name__ == "__main__":
    sys.exit(main())
