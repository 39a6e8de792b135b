"""Train the rim network on drawn rims, on portraits with glasses and on some without.

    python train.py --pairs runs/rims --out runs/rims --minutes 22

Of portraits as photographed no rim covers an eye (README.md). The network says how far off it may be and is held to it. Seeded; the
course runs by the clock. Writes OUT/rims.pt.
"""

import json
import sys
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

sys.path.append(str(Path(__file__).resolve().parent.parent))
import course  # noqa: E402
from eyes import placed, worse  # noqa: E402
from one_eye import OneEye, alike, answers, loss_of  # noqa: E402

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


def judged(network, pairs):
    """What the validation portraits say."""
    found, want, kind = answers(network, pairs.pictures, pairs.val)[..., 0], pairs.covered[pairs.val], pairs.kind[pairs.val]
    most, here, said = found.max(1), want.max(1), []
    for k, low, high in (("worn", 0, 0), ("drawn", 0, 0.1), ("lifted", 0, 0.1), ("drawn", 10, 20), ("lifted", 10, 20), ("drawn", 20, 100), ("lifted", 20, 100)):
        some = (kind == k) & (here >= low) & (here <= high)
        said.append(f"{k} {low}-{high} ({some.sum()}): {np.percentile(most[some], [1, 5, 50, 95, 99]).round(1)}, off {np.abs(found - want)[some].mean():.1f}")
    return "\n  ".join(said)


def main():
    args = course.options(__doc__)
    pairs = Pairs(args.pairs)
    course.run(args, OneEye(), Stream(pairs, args.seed), loss_of, lambda network: judged(network, pairs), args.out / "rims.pt")


if __name__ == "__main__":
    sys.exit(main())
