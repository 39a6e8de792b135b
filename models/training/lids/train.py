"""Train the lid network on portraits whose lids were moved, and on portraits as they are.

    python train.py --pairs runs/lids --out runs/lids --minutes 30

The network says how far off it may be and is held to it. The unit is per cent of the eye's width. Seeded; the course runs by the clock. Writes OUT/lids.pt.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from torch.utils.data import Dataset

sys.path.append(str(Path(__file__).resolve().parent.parent))
import course  # noqa: E402
from attributes.shades import lens_and_file  # noqa: E402
from eyes import SIDE, placed, worse  # noqa: E402
from one_eye import OneEye, alike, answers, loss_of  # noqa: E402

STILL = 0.3  # share of pairs as photographed
SMALL, LEAST = 0.4, 0.2  # share that is shown as of a small picture, and its size at least, of what is seen
BATCH = 96


class Pairs:
    """All pairs of portraits, and which of them teach and which tell."""

    def __init__(self, folder):
        self.pictures = np.load(Path(folder) / "pairs.npy", mmap_mode="r")
        rows = json.loads((Path(folder) / "pairs.json").read_text())
        self.glasses = np.array([r["glasses"] for r in rows])
        self.openness = 100 * np.array([r["openness"] for r in rows], np.float32)
        self.moved = np.array([r["moved"] for r in rows])
        still, train = (self.moved == 0).all(1), np.array([r["split"] == "train" for r in rows])
        self.train = [np.flatnonzero(train & ~still), np.flatnonzero(train & still)]
        self.val = np.flatnonzero(~train)


class Stream(Dataset):
    def __init__(self, pairs, seed):
        self.pairs, self.seed = pairs, seed

    def __len__(self):
        return 10**7

    def __getitem__(self, step):
        rng, p = np.random.default_rng([self.seed, step]), self.pairs
        eyes, openness = [], []
        for still in rng.random(BATCH) < STILL:
            i = rng.choice(p.train[int(still)])
            eyes += alike(worse(small(placed(p.pictures[i], rng), rng), rng))
            openness += list(p.openness[i])
        return np.stack(eyes), np.array(openness, np.float32)


def small(pair, rng):
    """As enlarged from fewer pixels, some pairs: at 20 px between the pupils the square is about 17 of them wide."""
    if rng.random() > SMALL:
        return pair
    side = round(SIDE * np.exp(rng.uniform(np.log(LEAST), 0)))
    less = [cv2.resize(p, (side, side), interpolation=cv2.INTER_AREA) for p in pair]
    if rng.random() < 0.5:
        seed = rng.integers(2**32)
        less = [lens_and_file(p, np.random.default_rng(seed), min(0.8, 9 / side)) for p in less]
    return [cv2.resize(p, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) for p in less]


def judged(network, pairs):
    """What the validation portraits say."""
    found, want, moved = answers(network, pairs.pictures, pairs.val)[..., 0], pairs.openness[pairs.val], pairs.moved[pairs.val]
    said = []
    for glasses in ("", "drawn", "worn"):
        for low, high in ((0, 0), (0.1, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.99), (1, 1)):
            some = (moved >= low) & (moved <= high) & (pairs.glasses[pairs.val] == glasses)[:, None]
            if some.any():
                off, spread = np.abs(found - want)[some].mean(), np.percentile(found[some], [1, 5, 50, 95, 99]).round(1)
                said.append(f"{glasses} {low}-{high} ({some.sum()}): {want[some].mean():.1f}, off {off:.1f}, {spread}")
    return "\n  ".join(said)


def main():
    args = course.options(__doc__)
    pairs = Pairs(args.pairs)
    course.run(args, OneEye(), Stream(pairs, args.seed), loss_of, lambda network: judged(network, pairs), args.out / "lids.pt")


if __name__ == "__main__":
    sys.exit(main())
