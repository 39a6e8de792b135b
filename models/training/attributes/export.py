r"""Write the trained attribute network as the ONNX file that the program embeds, with its calibration.

    python export.py --checkpoint runs/attributes/best.pt [MORE.pt ...] [--face OTHER.pt ...] [--body OTHER.pt ...] \
        --cache runs/pool --out ../../attributes.onnx

Batch normalisation folded, fixed shapes, one input: `patches` (9, 3, 96, 96), in the order of
PATCHES. Scaling, the affine calibration of every logit (fitted on the validation portraits, held
back towards 'as it is' where a question has few answers) and the way from questions to classes are
inside the graph. Of several checkpoints the weights are averaged (of one run, or of runs that
started from one another; those from before the garment's patches lend what they have). `--face`, `--body`:
the patches of eyes and top of the head, or of neck and garment, have a trunk and a head of their own, from these.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import minimize
from torch import nn

import labels
import pool
from network import KINDS, Attributes
from patches import GROUPS, SIZE
from shipping import fold, write
from train import to_input

# Questions with one logit each; both ears share theirs.
HEADS = {
    "ear": ["touched", "hidden", "earring"],
    "face": [labels.NAMES[i] for i in labels.ASKED["face"]],
    "mouth": ["mouth"],
    "torso": [labels.NAMES[i] for i in labels.ASKED["body"]],
}
# Questions with fewer than ten yes among the validation portraits; a made picture counts as this much of a portrait.
RARE, MADE = ["tinted", "reflecting", "eyes", "headwear", "scarf", "band"], 0.15
OUTPUTS = ["ears", "forehead", "brows", "glasses", "mouth", "eyes", "headwear", "earring", "necklace", "neckline", "pattern"]


class Shipped(nn.Module):
    """`networks`: which one answers for ears and mouth, for the face and for the body."""

    def __init__(self, networks, calibration):
        super().__init__()
        self.ears, self.faces, self.garments = networks
        layers = {"ear": [self.ears.ear], "face": [self.faces.face], "mouth": [self.ears.mouth], "torso": [self.garments.torso, self.garments.weave]}
        for name, questions in HEADS.items():
            a, b = (torch.from_numpy(v) for v in np.array([calibration[q] for q in questions], np.float32).T)
            with torch.no_grad():
                for layer in layers[name]:
                    layer.weight.mul_(a[:, None])
                    layer.bias.mul_(a)
                layers[name][0].bias.add_(b)

    def forward(self, patches):
        logits = heads((self.ears, self.faces, self.garments), (patches - 0.5) * 4)
        return classes(*(torch.sigmoid(x) for x in logits))


def heads(networks, patches):
    """The logits of ears (2, questions), face, mouth and body (1, questions) of one picture."""
    network, faces, garments = networks
    ear, face, mouth, body = (GROUPS[g] for g in ("ears", "face", "mouth", "body"))
    if faces is network:
        x = network.body(patches[: body.start])
        rest = x[mouth]
    else:  # one run for what shares a trunk
        x = network.body(torch.cat([patches[ear], patches[mouth]]))
        rest = x[2:]
    ears = network.views[0](x[:2])
    ears = network.ear(torch.cat([ears, torch.cat([ears[1:], ears[:1]])], 1))
    y = x[face] if faces is network else faces.body(patches[face])
    seen = [faces.views[k](y[i : i + 1]) for i, k in enumerate(KINDS[face])]
    z, woven = garments.trunk(patches[body])
    neck, torso, right, left = [garments.views[k](z[i : i + 1]) for i, k in enumerate(KINDS[body])]
    cloth = torch.cat([woven[0:1], woven[1:2], torch.max(woven[2:3], woven[3:4])], 1)
    worn = garments.torso(torch.cat([neck, torso, torch.max(right, left)], 1)) + garments.weave(cloth)
    return ears, faces.face(torch.cat(seen, 1)), network.mouth(network.views[KINDS[mouth.start]](rest)), worn


def classes(ears, face, mouth, body):
    """The probabilities of the questions as probabilities of classes, in the order of OUTPUTS."""

    def ordered(touched, hidden):
        hidden = torch.min(touched, hidden)
        return torch.cat([1 - touched, touched - hidden, hidden], 1)

    def two(p):
        return torch.cat([1 - p, p], 1)

    def columns(x):
        return [x[:, i : i + 1] for i in range(x.shape[1])]

    touched, covered, brows, worn, tinted, shining, closed, hat, scarf, band = columns(face)
    necklace, no_neckline, collar, low, no_garment, pattern = columns(body)
    without = (1 - ears[:1, 2:]) * (1 - ears[1:, 2:])
    seen, garment = 1 - no_neckline, 1 - no_garment
    return (
        ordered(ears[:, :1], ears[:, 1:2]),
        ordered(touched, covered),
        two(brows),
        torch.cat([1 - worn, worn * (1 - tinted) * (1 - shining), worn * (1 - tinted) * shining, worn * tinted], 1),
        two(mouth),
        two(closed),
        torch.cat([1 - hat, hat * (1 - scarf) * band, hat * (1 - scarf) * (1 - band), hat * scarf], 1),
        torch.cat([without, 1 - without], 1),
        two(necklace),
        torch.cat([seen * collar, seen * (1 - collar) * (1 - low), seen * (1 - collar) * low, no_neckline], 1),
        torch.cat([garment * (1 - pattern), garment * pattern, no_garment], 1),
    )


def fit(z, want, weight=1.0, spread=(0.4, 1.0), beside=0.0):
    """(a, b) of sigmoid(a z + b + beside); `z` (n,) or, for an either-or of two, (n, 2). `spread`: of log a and of b, a priori."""

    def cost(v):
        q = -np.exp(v[0]) * z - v[1] - beside
        no = -np.logaddexp(0, -q)  # log of the chance of no
        no = no if no.ndim == 1 else no.sum(1)
        yes = np.log(-np.expm1(np.minimum(no, -1e-9)))
        return -(weight * (want * yes + (1 - want) * no)).sum() + (v[0] / spread[0]) ** 2 / 2 + (v[1] / spread[1]) ** 2 / 2

    v = minimize(cost, [0.0, 0.0], method="Nelder-Mead").x
    return float(np.exp(v[0])), float(v[1])


def raw_logits(networks, patches):
    """{head: (pictures, questions)}; the ear's (pictures, 2, questions)."""
    with torch.no_grad():
        found = [heads(networks, (to_input(np.array(p)[None])[0] - 0.5) * 4) for p in patches]
    ears, *others = [np.array([f[k].numpy() for f in found], np.float64) for k in range(len(HEADS))]
    return dict(zip(HEADS, [ears, *(o[:, 0] for o in others)]))


def calibrate(networks, cache):
    """{question: (a, b)} on the validation portraits, for the rare questions also on those of props.py."""
    patches, items, _ = pool.load(cache, "val")
    want, raw, out = np.stack([labels.targets(row) for _, _, row in items]), raw_logits(networks, patches), {}
    made = []
    for path in sorted(cache.glob("val-*.json")):
        patches, items, _ = pool.load(cache, path.stem)
        made.append((np.stack([labels.targets(row) for _, _, row in items]), raw_logits(networks, patches)))
    for k, question in enumerate(HEADS["ear"]):
        z = raw["ear"][:, :, k]
        if question == "earring":
            out[question] = fit(z, want[:, labels.NAMES.index("earring")])
        else:
            w = np.concatenate([want[:, labels.NAMES.index(f"ear_{s}_{question}")] for s in "lr"])
            out[question] = fit(np.concatenate([z[:, 0], z[:, 1]]), w)
    for head in ("face", "mouth", "torso"):
        for k, question in enumerate(HEADS[head]):
            parts = [(want, raw, 1.0)] + [(t, r, MADE) for t, r in made if question in RARE]
            w = np.concatenate([t[:, labels.NAMES.index(question)] for t, _, _ in parts])
            z = np.concatenate([r[head][:, k] for _, r, _ in parts])
            weight = np.concatenate([np.full(len(t), share) for t, _, share in parts])
            known = np.isfinite(w)
            out[question] = fit(z[known], w[known], weight[known])
    return out


def averaged(paths):
    """The network with the mean of the checkpoints' averaged weights; what older ones lack is the mean of the others'."""
    states = [torch.load(p, weights_only=False, map_location="cpu")["average"] for p in paths]
    network = Attributes()
    mean = {}
    for name, w in network.state_dict().items():
        found = [s[f"module.{name}"].double() for s in states if f"module.{name}" in s]
        whole = [f for f in found if f.shape == w.shape] or [w.double()]
        mean[name] = sum(whole) / len(whole)
        if any(f.shape != w.shape for f in found):  # the torso's head, before there were patches of the garment
            columns = min(f.shape[1] for f in found)
            mean[name][:, :columns] = sum(f[:, :columns] for f in found) / len(found)
        mean[name] = mean[name].to(w.dtype)
    network.load_state_dict(mean)
    return network.eval()


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--checkpoint", type=Path, nargs="+", required=True)
    args.add_argument("--face", type=Path, nargs="+")
    args.add_argument("--body", type=Path, nargs="+")
    args.add_argument("--cache", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args = args.parse_args()
    torch.set_num_threads(1)
    network = averaged(args.checkpoint)
    networks = network, averaged(args.face) if args.face else network, averaged(args.body) if args.body else network
    patches = torch.rand(len(KINDS), 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for part in set(networks):
            before = part.body((patches - 0.5) * 4)
            fold(part)
            difference = (part.body((patches - 0.5) * 4) - before).abs().max()
            assert difference < 1e-3, f"folding changes the trunk by {difference}"
    calibration = calibrate(networks, args.cache)
    print({q: (round(a, 2), round(b, 2)) for q, (a, b) in calibration.items()})
    write(Shipped(networks, calibration).eval(), patches, args.out, "patches", OUTPUTS)


if __name__ == "__main__":
    sys.exit(main())
