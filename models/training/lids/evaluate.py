"""Measure what the program says of open, half open and closed eyes: portraits as they are and with their lids moved, renders.

    python evaluate.py --data DATA --program ../../../target/debug/photogate [--onnxruntime FILE] [--renders runs/blinks]

Runs `photogate check` and reads the check `eyes_open`, which is told of the eye that is less open. The validation portraits' lids are moved as
for training (lids.py), the renders' by the shapes of their faces; the network learnt on none of either.
"""

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))
import lids  # noqa: E402
import portraits as data  # noqa: E402
from one_check import HEAD, decided, line  # noqa: E402

CHECK = "eyes_open"
LEAST = 42  # pixels between the pupils: of less the program is less sure, below 30 a person decides
MOVED = [  # of the right and the left eye
    ("both lids a third down", (0.33, 0.33)),
    ("half down", (0.5, 0.5)),
    ("seven tenths down", (0.7, 0.7)),
    ("closed", (1.0, 1.0)),
    ("one eye seven tenths, the other as it was", (0.0, 0.7)),
    ("one eye closed", (1.0, 0.0)),
]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--program", required=True)
    args.add_argument("--onnxruntime")
    args.add_argument("--renders", nargs="*", type=Path, default=[])
    args = args.parse_args()
    with open(Path(args.data) / "portraits" / "attributes.csv", newline="") as f:
        rows = {r["id"]: r for r in csv.DictReader(f) if r["eyes"] == "o" and r["glasses"] in ("n", "g")}
    val = [p for p in data.load(args.data) if p.split == "val" and p.pupil_distance >= LEAST and p.id in rows]
    print(HEAD)
    # As photographed the truth is where the mesh's labels have the lids.
    still = {p.path: float(lids.openness(p.mesh).min()) for p in val}
    found = decided(args, still, CHECK)
    line("portraits as photographed", still, found, 3)
    for glasses, name in (("n", "without glasses"), ("g", "with glasses")):
        line(f"- {name}", {p.path: still[p.path] for p in val if rows[p.id]["glasses"] == glasses}, found, 3)
    for source in sorted({p.source for p in val}):
        line(f"- {source}", {p.path: still[p.path] for p in val if p.source == source}, found, 3)
    for name, moved in MOVED:
        made = {}
        with tempfile.TemporaryDirectory() as folder:
            for i, p in enumerate(val):
                mesh = p.mesh.astype(np.float64)
                picture = lids.close(p.image(), mesh, moved, np.random.default_rng(i))
                path = Path(folder) / f"{p.id}.png"
                cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
                made[path] = float((lids.openness(mesh) * (1 - np.array(moved))).min())
            found = decided(args, made, CHECK)
        line(name, made, found, 3)
    truths = {}
    for path in [p for folder in args.renders for p in sorted(folder.glob("*.json"))]:
        truth = json.loads(path.read_text())
        truths[path.with_suffix(".jpg")] = min(truth["openness"]), max(truth["blink"])
    found = decided(args, truths, CHECK) if truths else {}
    for low, high, name in ((0, 0.01, "open"), (0.2, 0.45, "a third down"), (0.45, 0.65, "half down"), (0.65, 0.9, "most down"), (0.9, 1.1, "closed")):
        line(f"renders of blinks.py, {name}", {p: o for p, (o, b) in truths.items() if low <= b < high}, found, 3)
    print([(p.stem, *truths[p], *found[p]) for p in truths if p in found], file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
