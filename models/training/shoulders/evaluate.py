"""Measure what the program says of the shoulders: renders, whose line is known, and portraits, of which a pose network says something.

    python evaluate.py --data DATA --program ../../../target/debug/photogate [--onnxruntime FILE] [--renders runs/trunks MORE ...] [--before PROGRAM]

Of runs/trunks only those are counted that the network did not learn on (pictures.py). `--before` is measured beside: the program before it
had this network.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import portraits as data  # noqa: E402
from line import HELD  # noqa: E402

SEEN = 0.8  # visibility of a joint
LEAST = 30  # pixels between the pupils
OFF = 1.5, 3.0  # degrees


def said(program, paths, onnxruntime):
    """{path: (degrees, confidence) or None} of what the program says."""
    environment = os.environ | ({"ORT_DYLIB_PATH": onnxruntime} if onnxruntime else {})
    listed = "\n".join(map(str, paths))
    run = subprocess.run([program, "check", "-", "--format", "ndjson"], input=listed, capture_output=True, text=True, env=environment)
    assert run.returncode in (0, 1, 2), run.stderr
    out = {}
    for row in map(json.loads, run.stdout.splitlines()):
        path = Path(row["path"])
        found = [f for f in row.get("findings", []) if f["check"] == "shoulder_tilt" and f["value"] is not None]
        out[path] = (found[0]["value"], found[0]["confidence"]) if found else None
    assert set(out) == set(paths), "a picture has no record"
    return out


def line(name, found, truth):
    """A row of the table in models/README.md."""
    known = [(f[0] - truth[p], f[1]) for p, f in found.items() if f]
    error, confidence = np.abs([e for e, _ in known]), np.array([c for _, c in known])
    sure = error[confidence >= 0.5]
    cells = [len(found), len(found) - len(known), f"{error.mean():.2f}", f"{np.percentile(error, 90):.2f}", *(int((error > limit).sum()) for limit in OFF)]
    cells += [len(sure), f"{np.median(sure):.2f}", f"{np.percentile(sure, 90):.2f}"]
    # Near 0 the truth tells nothing of how much of it is answered.
    pairs = np.array([(f[0], truth[p]) for p, f in found.items() if f and abs(truth[p]) > OFF[1]])
    cells.append(f"{(pairs[:, 0] * pairs[:, 1]).sum() / (pairs[:, 1] ** 2).sum():.2f}" if len(pairs) > 2 else "")
    print(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    worst = sorted(((abs(f[0] - truth[p]), p.stem, round(f[0], 1), round(truth[p], 1), f[1]) for p, f in found.items() if f), reverse=True)
    return worst


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--program", required=True)
    args.add_argument("--before")
    args.add_argument("--onnxruntime")
    args.add_argument("--renders", type=Path, nargs="*", default=[])
    args = args.parse_args()
    sets = {}
    for folder in [args.data / "renders" / "images", *args.renders]:
        truths = {p.with_suffix(".jpg"): json.loads(p.read_text()) for p in sorted(folder.glob("*.json"))}
        trunks = folder.name == "trunks"
        some = {p: t["shoulder_tilt_image_deg"] for p, t in truths.items() if t["persons"] == 1 and (not trunks or p.stem in HELD)}
        sets[f"renders/{folder.name}"] = some
    poses = np.load(args.data / "portraits" / "pose.npz")
    portraits = {}
    for p in data.load(args.data):
        if p.split != "val" or p.pupil_distance < LEAST or p.id not in poses.files:
            continue
        (x1, y1, left), (x0, y0, right) = poses[p.id][11], poses[p.id][12]
        if min(left, right) >= SEEN:
            portraits[p.path] = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
    sets["portraits, against a pose network"] = portraits
    print(
        "| | pictures | not told | mean error, ° | 90 % | beyond 1.5° | beyond 3° | confidence from 0.5 | median | 90 % | answered of tilts beyond 3° |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for name, truth in sets.items():
        for program, when in ((args.program, ""), (args.before, ", before")):
            if program:
                worst = line(name + when, said(program, list(truth), args.onnxruntime), truth)
                print("  ", worst[:8], file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
