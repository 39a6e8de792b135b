"""More pictures for a student: chains on training portraits, and renders.

    python extras.py --data DATA --landmarks ../../landmarks.onnx --renders RENDERS --out runs/extras

Writes OUT/body-NAME.npy (pictures as views.py stores them) with OUT/body-NAME.json (labels, and the
matrix to what is seen). Of `--renders` the even half is taken, as in pool.py.
"""

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np

import labels
import pool
import portraits as data
import props
from views import STORES, stored


def write(out, group, name, items):
    """`items`: [(image, mesh, row)]."""
    cuts = [stored(image, mesh, STORES[group]) for image, mesh, _ in items]
    np.save(out / f"{group}-{name}.npy", np.stack([c[0] for c in cuts]))
    said = [dict(row=row, matrix=m.tolist()) for (_, _, row), (_, m) in zip(items, cuts)]
    (out / f"{group}-{name}.json").write_text(json.dumps(said))
    print(f"{group}-{name}: {len(items)}", flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--landmarks", required=True)
    args.add_argument("--renders", type=Path, nargs="*", default=[])
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--count", type=int, default=1000, help="chains")
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    cv2.setNumThreads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(args.seed)
    rows = labels.load(args.data)
    fits = [p for p in data.load(args.data) if p.split == "train" and (r := rows.get(p.id)) and r["necklace"] == "n" and r["neckline"] in "rl"]
    if not (args.out / "body-chains.npy").exists():
        items = []
        for i in rng.choice(len(fits), args.count):
            face = props.Face(fits[i])
            row = props.chains(face, rows[fits[i].id], rng)
            items.append((face.image, face.mesh, row))
        write(args.out, "body", "chains", items)
    finder = pool.Finder(args.landmarks)
    found = [r[1:] for d in args.renders for r in pool.renders(d, finder)[::2]]
    if found:
        write(args.out, "body", "renders", found)


if __name__ == "__main__":
    sys.exit(main())
