r"""Write the trained garment network as the ONNX file that the program embeds, with its calibration.

    python export_garment.py --data DATA --teacher runs/teachers/body.onnx --checkpoint runs/garment/step-*.pt --out ../../garment.onnx

Batch normalisation folded, fixed shapes, one input: `torso` (2, 3, 224, 224), 0..1, the square and its mirror
image. The mean of both answers, scaling, an affine calibration of every logit (on the validation portraits) and the way
from questions to classes are inside the graph. Of several checkpoints the weights are averaged.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from export import fit
from garment import Garment
from shipping import fold, write
from teach import to_input
from views import SIDE, Views

OUTPUTS = ["necklace", "neckline", "pattern"]


class Shipped(nn.Module):
    """`calibration`: (a, b) of every question."""

    def __init__(self, network, calibration):
        super().__init__()
        self.network = network
        a, b = (torch.from_numpy(v) for v in np.array(calibration, np.float32).T)
        with torch.no_grad():
            network.head.weight.mul_(a[:, None])
            network.head.bias.mul_(a).add_(b)

    def forward(self, torso):
        return classes(torch.sigmoid(self.network(torso)[0].mean(0, keepdim=True)))


def classes(answers):
    """The probabilities of the questions (`STORES["body"].asked`) as probabilities of classes, in the order of OUTPUTS."""
    necklace, no_neckline, collar, low, pattern, no_garment = [answers[:, k : k + 1] for k in range(6)]
    seen, garment = 1 - no_neckline, 1 - no_garment
    return (
        torch.cat([1 - necklace, necklace], 1),
        torch.cat([seen * collar, seen * (1 - collar) * (1 - low), seen * (1 - collar) * low, no_neckline], 1),
        torch.cat([garment * (1 - pattern), garment * pattern, no_garment], 1),
    )


def averaged(paths, questions):
    states = [torch.load(p, weights_only=False, map_location="cpu")["average"] for p in paths]
    network = Garment(questions)
    mean = {n: sum(s[f"module.{n}"].double() for s in states) / len(states) for n in network.state_dict()}
    network.load_state_dict({n: mean[n].to(w.dtype) for n, w in network.state_dict().items()})
    return network.eval()


def both(pictures):
    """A square and its mirror image."""
    return torch.cat([pictures, pictures.flip(3)])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--teacher", type=Path, required=True, help="beside it lie the portraits as views.py cut them")
    args.add_argument("--checkpoint", type=Path, nargs="+", required=True)
    args.add_argument("--out", type=Path, required=True)
    args = args.parse_args()
    views = Views(args.data, args.teacher.parent, "body")
    torch.set_num_threads(1)
    network = averaged(args.checkpoint, len(views.store.asked))
    picture = torch.rand(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        before = network(picture)[0]
        fold(network)
        difference = (network(picture)[0] - before).abs().max()
        assert difference < 1e-3, f"folding changes the logits by {difference}"
        logits = np.stack([network(both(to_input(views.plain(i)[:1]) / 255))[0].mean(0).numpy() for i in views.val])
    want = views.targets[views.val]
    known = np.isfinite(want)
    calibration = [fit(logits[k, q], want[k, q]) for q, k in enumerate(known.T)]
    print({q: (round(a, 2), round(b, 2)) for q, (a, b) in zip(views.store.asked, calibration)})
    write(Shipped(network, calibration).eval(), picture, args.out, "torso", OUTPUTS)


if __name__ == "__main__":
    sys.exit(main())
