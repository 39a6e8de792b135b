"""Train the rim network on drawn rims, on portraits with glasses and on some without.

    python train.py --pairs runs/rims --out runs/rims --minutes 22

Of portraits as photographed no rim covers an eye (README.md). The network says how far off it may be and is held to it (normal
likelihood, each error counted as much as it is unsure: Seitzer et al. 2022, so that hard pictures are not given up). Seeded; the course
runs by the clock. Writes OUT/rims.pt.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import Dataset

from model import Rims
import course
from eyes import middle, placed, to_input, worse

# Shares of pairs: rims drawn, rims of others, glasses as photographed, none.
SHARES = {"drawn": 0.42, "lifted": 0.28, "worn": 0.25, "bare": 0.05}
BATCH = 96


class Pairs:
    """All pairs, and which of them teach and which tell."""

    def __init__(self, folder):
        self.pictures = np.load(Path(folder) / "pairs.npy", mmap_mode="r")
        rows = json.loads((Path(folder) / "pairs.json").read_text())
        self.ids = [r["id"] for r in rows]
        self.covered = 100 * np.array([r["covered"] for r in rows], np.float32)
        self.kind = np.array([r["rims"] or ("worn" if r["worn"] else "bare") for r in rows])
        train = np.array([r["split"] == "train" for r in rows])
        self.train = [np.flatnonzero(train & (self.kind == k)) for k in SHARES]
        self.val = np.flatnonzero(~train)


class Stream(Dataset):
    def __init__(self, pairs, seed):
        self.pairs, self.seed = pairs, seed

    def __len__(self):
        return 10**7

    def __getitem__(self, step):
        rng, p = np.random.default_rng([self.seed, step]), self.pairs
        eyes, covered = [], []
        for kind in rng.choice(len(SHARES), BATCH, p=list(SHARES.values())):
            i = rng.choice(p.train[kind])
            pair, share = worse(placed(p.pictures[i], rng), rng), p.covered[i]
            eyes += alike(pair)
            covered += list(share)
        return np.stack(eyes), np.array(covered, np.float32)


def alike(pair):
    """Both eyes as the network takes them: the left one looks like a right one."""
    return [to_input([pair[0]]), to_input([pair[1][:, ::-1]])]


def answers(network, pairs, which):
    """(n, 2 eyes, 2) of undisturbed pairs."""
    network.eval()
    out = []
    with torch.no_grad():
        for at in range(0, len(which), 256):
            some = which[at : at + 256]
            eyes = np.stack([eye for i in some for eye in alike(middle(pairs.pictures[i]))])
            out.append(network(torch.from_numpy(eyes)).numpy().reshape(-1, 2, 2))
    return np.concatenate(out)


def judged(network, pairs):
    """What the validation portraits say."""
    found, want, kind = answers(network, pairs, pairs.val)[..., 0], pairs.covered[pairs.val], pairs.kind[pairs.val]
    most, here, said = found.max(1), want.max(1), []
    for k, low, high in (("worn", 0, 0), ("drawn", 0, 0.1), ("lifted", 0, 0.1), ("drawn", 10, 20), ("lifted", 10, 20), ("drawn", 20, 100), ("lifted", 20, 100)):
        some = (kind == k) & (here >= low) & (here <= high)
        said.append(f"{k} {low}-{high} ({some.sum()}): {np.percentile(most[some], [1, 5, 50, 95, 99]).round(1)}, off {np.abs(found - want)[some].mean():.1f}")
    return "\n  ".join(said)


def loss_of(network, eyes, covered):
    share, width = network(eyes).unbind(1)
    width = width.clamp(-0.7, 4)
    unlikely = 0.5 * ((share - covered) * torch.exp(-width)) ** 2 + width
    return (unlikely * torch.exp(width).detach()).mean()


def main():
    args = course.options(__doc__)
    pairs = Pairs(args.pairs)
    course.run(args, Rims(), Stream(pairs, args.seed), loss_of, lambda network: judged(network, pairs), args.out / "rims.pt")


if __name__ == "__main__":
    sys.exit(main())
