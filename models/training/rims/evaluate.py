"""Measure what the program says of rims over the eyes: wearers as they are, rims drawn on others, renders.

    python evaluate.py --data DATA --program ../../../target/debug/photogate [--onnxruntime FILE] [--slipped runs/slipped]

Runs `photogate check` on the validation portraits with glasses, on copies of those without with rims drawn or lifted off others laid
over their eyes (rims.py), on the renders with clear glasses and on those of slipped.py, and reads the check `frame_over_eye`.
"""

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

import rims
from pairs import HERE, data, lifted
from one_check import HEAD, decided, line  # noqa: E402, where pairs.py looks

CHECK = "frame_over_eye"
LEAST = 42  # pixels between the pupils: of less the program is less sure, below 30 a person decides
EACH = 2  # drawn and lifted rims of each portrait


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--program", required=True)
    args.add_argument("--onnxruntime")
    args.add_argument("--slipped", type=Path)
    args = args.parse_args()
    with open(Path(args.data) / "portraits" / "attributes.csv", newline="") as f:
        glasses = {r["id"]: r["glasses"] for r in csv.DictReader(f)}
    val = [p for p in data.load(args.data) if p.split == "val" and p.pupil_distance >= LEAST]
    print(HEAD)
    for name, label in (("with glasses, as photographed", "g"), ("without glasses", "n")):
        truths = {p.path: 0.0 for p in val if glasses.get(p.id) == label}
        line(name, truths, decided(args, truths, CHECK))
    with open(HERE / "donors.csv", newline="") as f:
        chosen = {r["id"] for r in csv.DictReader(f)}
    donors, rng = [lifted(p) for p in val if p.id in chosen], np.random.default_rng(5)
    for how in ("drawn", "lifted"):
        laid = {}
        with tempfile.TemporaryDirectory() as folder:
            for p in val:
                for k in range(EACH if glasses.get(p.id) == "n" else 0):
                    image, mesh = p.image(), p.mesh.astype(np.float64)
                    image, shares = rims.draw(image, mesh, rng) if how == "drawn" else rims.lay(image, mesh, donors[rng.integers(len(donors))], rng)
                    path = Path(folder) / f"{how}{p.id}{k}.png"
                    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
                    laid[path] = 100 * max(shares)
            found = decided(args, laid, CHECK)
        for low, high in ((0, 0.1), (0.1, 5), (5, 10), (10, 20), (20, 35), (35, 101)):
            name = f"{how} rims cover {low:g} to {high:g} %" if high > 0.1 else f"{how} rims beside the eyes"
            line(name, {p: s for p, s in laid.items() if low <= s < high}, found)
    for kind, place in (("renders with glasses", Path(args.data) / "renders" / "images"), ("renders of slipped.py", args.slipped)):
        truths = {}
        for path in sorted(place.glob("*.json")) if place else []:
            truth = json.loads(path.read_text())
            if truth["persons"] == 1 and (truth["spec"]["glasses"] or {}).get("type") == "clear":
                truths[path.with_suffix(".jpg")] = max(truth.get("covered", [0, 0]))
        found = decided(args, truths, CHECK) if truths else {}
        line(f"{kind}, beside the eyes", {p: s for p, s in truths.items() if s < 1}, found)
        line(f"{kind}, over an eye", {p: s for p, s in truths.items() if s >= 1}, found)
        print([(p.stem, s, *found[p]) for p, s in truths.items() if p in found], file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
