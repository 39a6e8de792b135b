"""Measure what the program says of the gaze: portraits as they are, portraits whose eyes were turned, renders.

    python evaluate.py --data DATA --pairs runs/gaze --program ../../../target/debug/photogate [--onnxruntime FILE] [--looks runs/looks]

Runs `photogate inspect` on the validation portraits, on copies of them with both eyes turned by a known angle (irises.py), on the
renders, whose eyes go with the head, and on those of looks.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

import irises
from pairs import LEAST, data
from train import ASTRAY

ANGLES = (-25, -20, -15, -10, -5, 5, 10, 15, 20, 25)
LIMIT, FAIL = 8, 14  # chsi-degree: pass within, review within


def pasted(image, eyes, degrees):
    """The portrait with both eyes turned."""
    out = image.astype(np.float32)
    size = image.shape[1::-1]
    for eye in eyes:
        inside = np.zeros(irises.SIZE[::-1], np.float32)
        inside[irises.WINDOW] = eye.opening
        back, k = cv2.invertAffineTransform(eye.matrix), np.hypot(*eye.matrix[0, :2])
        turned = irises.turned(eye, degrees)
        if k > 1:  # back to the portrait's pixels: each the mean of those it covers
            turned = cv2.GaussianBlur(turned, (0, 0), 0.4 * k)
        share = cv2.warpAffine(inside, back, size, flags=cv2.INTER_LINEAR)[..., None]
        out += share * (cv2.warpAffine(turned, back, size, flags=cv2.INTER_LINEAR) - out)
    return np.clip(out, 0, 255).astype(np.uint8)


def gaze(args, paths, out):
    """{path: (degrees, expected error)} where the program sees one person."""
    command = [args.program, "inspect", "-", "--force", "--out", out]
    command += ["--onnxruntime", args.onnxruntime] if args.onnxruntime else []
    subprocess.run(command, input="\n".join(str(p) for p in paths), text=True, capture_output=True, check=True)
    seen = {p: json.loads(Path(f"{out}/{str(Path(p).absolute()).lstrip('/')}.seen.json").read_text()) for p in paths}
    return {p: (r["person"]["gaze"]["beside"], r["person"]["gaze"]["error"]) for p, r in seen.items() if "person" in r}


def line(name, error, found):
    shares = [100 * np.mean(np.abs(found) <= LIMIT), 100 * np.mean((np.abs(found) > LIMIT) & (np.abs(found) <= FAIL)), 100 * np.mean(np.abs(found) > FAIL)]
    print(f"| {name} | {len(found)} | {np.mean(error):.1f} | {np.percentile(error, 95):.1f} | " + " | ".join(f"{s:.1f}" for s in shares) + " |")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--pairs", type=Path, required=True)
    args.add_argument("--program", required=True)
    args.add_argument("--onnxruntime")
    args.add_argument("--looks", type=Path)
    args = args.parse_args()
    off = {r["id"]: r["off"] for r in json.loads((args.pairs / "pairs.json").read_text()) if not r["turned"]}
    val = [p for p in data.load(args.data) if p.split == "val" and p.pupil_distance >= LEAST and p.id in off]
    print(f"| | pictures | mean error | 95 % within | within {LIMIT} degrees, % | to a person, % | beyond {FAIL}, % |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        still = gaze(args, [p.path for p in val], folder)
        known = [p for p in val if p.path in still and off[p.id] is not None and abs(off[p.id]) < ASTRAY]
        seen = [p for p in val if p.path in still]
        as_is = np.array([still[p.path][0] for p in seen])
        line("as photographed, 0 taken for the truth", np.abs(as_is), as_is)
        lab = np.array([still[p.path][0] for p in seen if p.source == "london-faces"])
        line("of these london-faces", np.abs(lab), lab)
        turned = {}
        for p in known[::4]:
            image = p.image()
            eyes = [irises.find(image, p.mesh.astype(np.float64), side) for side in (0, 1)]
            for a in ANGLES if all(eyes) else ():
                path = Path(folder) / f"turned{p.id}{a}.png"
                cv2.imwrite(str(path), cv2.cvtColor(pasted(image, eyes, a), cv2.COLOR_RGB2BGR))
                turned[path] = a, p
        found = gaze(args, list(turned), str(Path(folder) / "seen"))
        for size in sorted({abs(a) for a in ANGLES}):
            some = [(found[path][0], a, still[p.path][0]) for path, (a, p) in turned.items() if abs(a) == size and path in found]
            g, a, before = np.array(some).T
            line(f"turned by {size} degrees", np.abs(g - a - before), g * np.sign(a))
        folders = [Path(args.data) / "renders" / "images"] + ([args.looks] if args.looks else [])
        for place in folders:
            truths = {}
            for path in sorted(place.glob("*.json")):
                truth = json.loads(path.read_text())
                if truth["persons"] == 1 and truth["spec"]["expr"].get("eyeBlink_L", 0) < 0.7:
                    truths[path.with_suffix(".jpg")] = truth.get("gaze", truth["head_pose_deg"]["yaw"])
            found = gaze(args, list(truths), str(Path(folder) / place.name))
            g, want = np.array([found[p][0] for p in truths]), np.array(list(truths.values()))
            ahead = want == 0
            kind = "renders" if place == folders[0] else "renders of looks.py"
            for name, some in (("eyes into the lens", ahead), ("eyes aside", ~ahead)):
                if some.any():
                    line(f"{kind}, {name}", np.abs(g - want)[some], g[some])
            print([(p.stem, float(w), float(v)) for p, w, v in zip(truths, want, g) if w], file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
