r"""Cut the eyes of all portraits, as they are and with lids moved down, for training and validation.

    python opened.py --data DATA --landmarks ../../landmarks.onnx --out runs/lids

Writes OUT/pairs.npy (n, 2, STORED, STORED, 3) uint8, the subject's right eye first, and OUT/pairs.json: of each pair its id, split,
source, by what share both lids were moved together, whether glasses were worn or drawn, and the openness of both eyes (lids.py) that is the truth. Moved lids would bend the
rims of glasses: wearers stay as they are, and of others two in five are drawn rims (../rims/rims.py) that leave the openings free, after the lids were moved. The squares
are laid by what the shipped landmark network sees of the picture as changed, as in the program. Never commit what it writes.
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
sys.path += [str(HERE.parent), str(HERE.parent / "attributes"), str(HERE.parent / "landmarks"), str(HERE.parent / "rims")]
import portraits as data  # noqa: E402
from eyes import cut  # noqa: E402
from crops import frame  # noqa: E402
from pool import Finder  # noqa: E402
import lids  # noqa: E402
import rims  # noqa: E402

LEAST = 30  # pixels between the pupils
MADE = 7  # more pairs of each portrait without glasses
WORN, FREE = 0.4, 0.02  # share of them with rims drawn; what these cover of an opening at most


def amounts(rng):
    """By what share the right and the left eye are closed."""
    some = lambda: float(rng.choice([1.0, rng.uniform(0.1, 1.0)], p=[0.15, 0.85]))  # noqa: E731
    how = rng.random()
    if how < 0.15:
        return [0.0, 0.0]
    if how < 0.6:
        return [some()] * 2
    if how < 0.75:
        return [some(), some()]
    one = [0.0, 0.0]
    one[rng.integers(2)] = some()
    return one


def portrait_pairs(task):
    portrait, worn, landmarks, seed = task
    cv2.setNumThreads(1)
    if not hasattr(portrait_pairs, "finder"):
        portrait_pairs.finder = Finder(landmarks)
    image, mesh, rng = portrait.image(), portrait.mesh.astype(np.float64), np.random.default_rng(seed)
    _, _, scale = frame(portrait.five)
    k = min(1.0, 130 / scale)  # more would not be seen
    if k < 1:
        image, mesh = cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), mesh * k
    open_, out = lids.openness(mesh), []
    for moved in [[0.0, 0.0]] + ([] if worn else [amounts(rng) for _ in range(MADE)]):
        changed, drawn = lids.close(image, mesh, moved, rng), False
        if out and rng.random() < WORN:
            changed, drawn = with_rims(changed, mesh, rng)
        squares = cut(changed, None, portrait_pairs.finder(changed, portrait.five * k))
        said = dict(id=portrait.id, split=portrait.split, source=portrait.source, moved=moved, glasses="worn" if worn else "drawn" if drawn else "")
        out.append((squares, said | dict(openness=(open_ * (1 - np.array(moved))).tolist())))
    return out


def with_rims(image, mesh, rng):
    """(a copy with rims that leave both openings free, True), or the image as it is."""
    for _ in range(6):
        drawn, shares = rims.draw(image, mesh, rng)
        if max(shares) <= FREE:
            return drawn, True
    return image, False


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
    args.out.mkdir(parents=True, exist_ok=True)
    with Pool(2) as pool:
        made = pool.map(portrait_pairs, [(p, rows[p.id]["glasses"] == "g", args.landmarks, i) for i, p in enumerate(portraits)], chunksize=16)
    made = [pair for of_one in made for pair in of_one]
    np.save(args.out / "pairs.npy", np.stack([squares for squares, _ in made]))
    (args.out / "pairs.json").write_text(json.dumps([said for _, said in made]))
    said = np.array([s["openness"] for _, s in made if not any(s["moved"])])
    print(
        f"{len(portraits)} portraits, {len(made)} pairs; openness as photographed, percentiles 1 5 50 95 99: {np.percentile(said, [1, 5, 50, 95, 99]).round(3)}"
    )


if __name__ == "__main__":
    sys.exit(main())
