r"""Cut the eyes of all portraits, as they are and behind rims, for training and validation.

    python pairs.py --data DATA --landmarks ../../landmarks.onnx --out runs/rims

Writes OUT/pairs.npy (n, 2, STORED, STORED, 3) uint8, the subject's right eye first, and OUT/pairs.json: of each pair portrait,
split, source, whether glasses are worn as photographed, whether rims were drawn over the eyes or lifted off somebody else of the
same split (`donors.csv`: wearers whose rims were found whole or nearly so, looked at), and the shares of both openings that rims cover.
The squares are laid by what the shipped landmark network sees, rims and all, as in the program. Never commit what it writes.
"""

import argparse
import csv
import json
import sys
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parent / "attributes"), str(HERE.parent / "landmarks")]
import portraits as data  # noqa: E402
import rims  # noqa: E402
from eyes import cut  # noqa: E402
from pool import Finder  # noqa: E402

LEAST = 30  # pixels between the pupils
DRAWN, LIFTED = 5, 3  # pairs with rims of each portrait without glasses


def lifted(portrait):
    return rims.lift(portrait.image(), portrait.mesh.astype(np.float64))


def alone(task):
    """[(both squares, how rims came over the eyes, shares)] of a portrait."""
    portrait, landmarks, donors, seed = task
    cv2.setNumThreads(1)
    if not hasattr(alone, "finder"):
        alone.finder, alone.lifted = Finder(landmarks), {}
    image, mesh, rng = portrait.image(), portrait.mesh.astype(np.float64), np.random.default_rng(seed)
    out = [(cut(image, None, alone.finder(image, portrait.five)), "", [0.0, 0.0])]
    for how in ["drawn"] * DRAWN + ["lifted"] * LIFTED if donors else []:
        donor = donors[rng.integers(len(donors))]
        if how == "lifted" and donor.id not in alone.lifted:
            alone.lifted[donor.id] = lifted(donor)
        changed, covered = rims.draw(image, mesh, rng) if how == "drawn" else rims.lay(image, mesh, alone.lifted[donor.id], rng)
        out.append((cut(changed, None, alone.finder(changed, portrait.five)), how, covered))
    return out


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--landmarks", required=True)
    args.add_argument("--out", type=Path, required=True)
    args = args.parse_args()
    with open(Path(args.data) / "portraits" / "attributes.csv", newline="") as f:
        # Open eyes that can be seen: behind reflections and tints nothing can be said.
        rows = {r["id"]: r for r in csv.DictReader(f) if r["eyes"] == "o" and r["glasses"] in ("n", "g")}
    portraits = [p for p in data.load(args.data) if p.pupil_distance >= LEAST and p.id in rows]
    with open(HERE / "donors.csv", newline="") as f:
        chosen = {r["id"] for r in csv.DictReader(f)}
    args.out.mkdir(parents=True, exist_ok=True)
    donors = {split: [p for p in portraits if p.split == split and p.id in chosen] for split in ("train", "val")}
    with Pool(2) as pool:
        tasks = [(p, args.landmarks, donors[p.split] if rows[p.id]["glasses"] == "n" else [], i) for i, p in enumerate(portraits)]
        done = pool.map(alone, tasks, chunksize=16)
    said = []
    for p, made in zip(portraits, done):
        said += [dict(id=p.id, split=p.split, source=p.source, worn=rows[p.id]["glasses"] == "g", rims=how, covered=s) for _, how, s in made]
    np.save(args.out / "pairs.npy", np.stack([pair for made in done for pair, *_ in made]))
    (args.out / "pairs.json").write_text(json.dumps(said))
    print(f"{len(portraits)} portraits, {len(said)} pairs; rims cover, %, percentiles 10 25 50 75 90:")
    for how in ("drawn", "lifted"):
        covered = 100 * np.array([s["covered"] for s in said if s["rims"] == how])
        print(how, np.percentile(covered, [10, 25, 50, 75, 90]).round(1))


if __name__ == "__main__":
    sys.exit(main())
