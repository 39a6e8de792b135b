r"""Teach the attribute network to see glasses wherever they sit: one more answer from what its face's head hears.

    python frames.py --data DATA --landmarks ../../landmarks.onnx --attributes ../../attributes.onnx --out runs/frames

Of rims across the eyes the attribute network mostly says that nobody wears glasses: it never saw any. Its answer about glasses
stays as it is; beside it comes `frame` [1, 2], the chances of none and of a frame before the eyes or near them, a logistic regression on the
864 features of the patches of eyes and top of the head. It learns on the training portraits, as they are and with rims
drawn or lifted off others (rims.py), each and its mirror image. Keeps the features in OUT/features.npz, writes the ONNX file anew,
every other answer bit by bit as it was, and prints how it does on the validation portraits.
"""

import argparse
import csv
import sys
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

import rims
from pairs import HERE, LEAST, data, lifted

import labels  # noqa: E402, where pairs.py looks
import probe  # noqa: E402
from measure import equal_error  # noqa: E402

EACH = 2  # pictures with drawn and with lifted rims of each portrait without glasses
# How much a picture counts: with rims laid over it, a wearer, without glasses.
MADE, WORN, BARE = 0.25, 3.0, 2.0


def alone(task):
    """[(features of the picture and of its mirrored patches, how rims came over it, share of the eye that they cover more)] of a portrait."""
    portrait, args, donors, seed = task
    cv2.setNumThreads(1)
    if not hasattr(alone, "listen"):
        alone.listen, alone.lifted = probe.Listener(args.landmarks, args.attributes, [probe.FACE]), {}
    image, mesh, rng = portrait.image(), portrait.mesh.astype(np.float64), np.random.default_rng(seed)
    made = [(image, "", [0.0])]
    for how in ("drawn", "lifted") * EACH if donors else ():
        donor = donors[rng.integers(len(donors))]
        if how == "lifted" and donor.id not in alone.lifted:
            alone.lifted[donor.id] = lifted(donor)
        changed, covered = rims.draw(image, mesh, rng) if how == "drawn" else rims.lay(image, mesh, alone.lifted[donor.id], rng)
        made.append((changed, how, covered))
    return [(np.float16(alone.listen(p, portrait.five)), how, 100 * max(covered)) for p, how, covered in made]


def features(args):
    """{"seen": (n, 2, 864), "worn", "how", "covered", "train"} of all labelled portraits."""
    kept = args.out / "features.npz"
    if not kept.exists():
        rows = labels.load(args.data)
        with open(HERE / "donors.csv", newline="") as f:
            chosen = {r["id"] for r in csv.DictReader(f)}
        portraits = [p for p in data.load(args.data) if rows.get(p.id, {}).get("glasses", "?") in "ngrt"]
        donors = {s: [p for p in portraits if p.split == s and p.id in chosen] for s in ("train", "val")}

        def wears_none(p):
            return rows[p.id]["glasses"] == "n" and rows[p.id]["eyes"] == "o" and p.pupil_distance >= LEAST

        tasks = [(p, args, donors[p.split] if wears_none(p) else [], i) for i, p in enumerate(portraits)]
        with Pool(args.processes) as pool:
            done = pool.map(alone, tasks, chunksize=16)
        each = [(p, m) for p, made in zip(portraits, done) for m in made]
        np.savez(
            kept,
            seen=np.array([m[0] for _, m in each]),
            worn=np.array([rows[p.id]["glasses"] != "n" for p, _ in each]),
            how=np.array([m[1] for _, m in each]),
            covered=np.array([m[2] for _, m in each]),
            train=np.array([p.split == "train" for p, _ in each]),
        )
    return dict(np.load(kept))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--landmarks", required=True)
    args.add_argument("--attributes", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--processes", type=int, default=2)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    made = features(args)
    seen, worn, laid, train = made["seen"].astype(np.float32), made["worn"], made["how"] != "", made["train"]
    counts = np.where(laid, MADE, np.where(worn, WORN, BARE))
    w, b = probe.fit(seen[train], (worn | laid)[train], counts[train])
    probe.add(args.attributes, "frame", [probe.FACE], w, b)
    p = probe.chance(seen, w, b)
    real, bare = ~train & ~laid, ~train & ~laid & ~worn
    print(f"{train.sum()} pictures to learn from; {real.sum()} validation portraits, equal error {100 * equal_error(p[real], worn[real].astype(float)):.2f} %")
    print("without glasses, share from 10, 30, 50 % on:", [round(100 * np.mean(p[bare] >= t), 1) for t in (0.1, 0.3, 0.5)])
    print("wearers, least:", p[real & worn].min().round(3))
    for how in ("drawn", "lifted"):
        for low, high in ((0, 5), (5, 20), (20, 101)):
            some = p[~train & (made["how"] == how) & (made["covered"] >= low) & (made["covered"] < high)]
            print(f"{how}, cover {low} to {high} %: {len(some)}, below 10, 30, 50 %:", [round(100 * np.mean(some < t), 1) for t in (0.1, 0.3, 0.5)])


if __name__ == "__main__":
    sys.exit(main())
