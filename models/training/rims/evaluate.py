"""Measure what the program says of rims over the eyes: wearers as they are, rims drawn on others, renders.

    python evaluate.py --data DATA --program ../../../target/debug/photogate [--onnxruntime FILE] [--slipped runs/slipped]

Runs `photogate inspect` on the validation portraits with glasses, on copies of those without with rims drawn or lifted off others laid
over their eyes (rims.py), on the renders with clear glasses and on those of slipped.py. What is read as much beside no glasses
goes to a person in the program; here the value alone counts.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

import rims
from pairs import HERE, data, lifted

LEAST = 42  # pixels between the pupils: of less the program is less sure, below 30 a person decides
PASS, FAIL = 5, 20  # chsi-degree, %
WORN = 0.1  # as in src/check/frame_over_eye.rs
EACH = 2  # drawn and lifted rims of each portrait


def covered(args, paths, out):
    """{path: (share of the eye that is covered more, expected error, chance of glasses)} where the program sees one person."""
    command = [args.program, "inspect", "-", "--force", "--out", out]
    command += ["--onnxruntime", args.onnxruntime] if args.onnxruntime else []
    subprocess.run(command, input="\n".join(str(p) for p in paths), text=True, capture_output=True, check=True)
    found = {}
    for p in paths:
        person = json.loads(Path(f"{out}/{str(Path(p).absolute()).lstrip('/')}.seen.json").read_text()).get("person")
        if person:
            worst = max(person["rims"].values(), key=lambda e: e["covered"])
            found[p] = worst["covered"], worst["error"], 1 - person["attributes"]["glasses"]["none"]
    return found


def line(name, share, found):
    off = np.abs(np.array(share) - found)
    parts = [100 * np.mean(found <= PASS), 100 * np.mean((found > PASS) & (found <= FAIL)), 100 * np.mean(found > FAIL)]
    print(f"| {name} | {len(found)} | {off.mean():.1f} | {np.percentile(off, 95):.1f} | " + " | ".join(f"{s:.1f}" for s in parts) + " |", flush=True)


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
    print(f"| | pictures | mean error | 95 % within | pass (to {PASS}), % | to a person, % | fail (beyond {FAIL}), % |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        worn = covered(args, [p.path for p in val if glasses.get(p.id) == "g"], folder)
        line("with glasses, as photographed", 0, np.array([v for v, *_ in worn.values()]))
        print(sorted(((v, p.stem) for p, (v, *_) in worn.items()), reverse=True)[:8], file=sys.stderr)
        bare = covered(args, [p.path for p in val if glasses.get(p.id) == "n"], folder)
        line("without glasses", 0, np.array([v for v, *_ in bare.values()]))
        with open(HERE / "donors.csv", newline="") as f:
            chosen = {r["id"] for r in csv.DictReader(f)}
        donors, rng = [lifted(p) for p in val if p.id in chosen], np.random.default_rng(5)
        for how in ("drawn", "lifted"):
            laid = {}
            for p in val:
                for k in range(EACH if glasses.get(p.id) == "n" else 0):
                    image, mesh = p.image(), p.mesh.astype(np.float64)
                    image, shares = rims.draw(image, mesh, rng) if how == "drawn" else rims.lay(image, mesh, donors[rng.integers(len(donors))], rng)
                    path = Path(folder) / f"{how}{p.id}{k}.png"
                    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
                    laid[path] = 100 * max(shares)
            found = covered(args, list(laid), str(Path(folder) / "seen"))
            share, read, seen = (np.array(v) for v in zip(*((laid[p], *found[p][::2]) for p in found)))
            much = share > FAIL
            print(f"{how} rims over more than {FAIL} %: {much.sum()}, of which {(seen[much] < WORN).sum()} are taken for no glasses", file=sys.stderr)
            for low, high in ((0, 0.1), (0.1, 5), (5, 10), (10, 20), (20, 35), (35, 101)):
                some = (share >= low) & (share < high)
                name = f"{how} rims cover {low:g} to {high:g} %" if high > 0.1 else f"{how} rims beside the eyes"
                if some.any():
                    line(name, share[some], read[some])
        for kind, place in (("renders with glasses", Path(args.data) / "renders" / "images"), ("renders of slipped.py", args.slipped)):
            truths = {}
            for path in sorted(place.glob("*.json")) if place else []:
                truth = json.loads(path.read_text())
                if truth["persons"] == 1 and (truth["spec"]["glasses"] or {}).get("type") == "clear":
                    truths[path.with_suffix(".jpg")] = max(truth.get("covered", [0, 0]))
            if truths:
                found = covered(args, list(truths), str(Path(folder) / place.name))
                truths = {p: t for p, t in truths.items() if p in found}
                share, read = np.array(list(truths.values())), np.array([found[p][0] for p in truths])
                for what, some in (("beside the eyes", share < 1), ("over an eye", share >= 1)):
                    if some.any():
                        line(f"{kind}, {what}", share[some], read[some])
                print([(p.stem, s, float(r), found[p][1]) for p, s, r in zip(truths, share, read)], file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
