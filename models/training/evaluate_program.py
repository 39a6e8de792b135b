"""Measure the whole program on the held-out pictures: faces, five points, mesh, pose, eyes, lips.

    python evaluate_program.py --data DATA --program ../../target/debug/photogate [--onnxruntime FILE]

Unlike the recipes' own tables, nothing here knows where a face is: the program finds it. Validation
portraits and renders, per source; eyes and lips against attributes.csv over all labelled portraits
(their labels were never trained on).
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

import portraits as data

FINE = [33, 133, 263, 362, 61, 291, 1]  # eye corners, mouth corners, nose tip


def records(program, paths, extra):
    listed = "\n".join(str(p) for p in paths)
    command = [program, "check", "-", "--format", "ndjson", "--mesh", *extra]
    run = subprocess.run(command, input=listed, capture_output=True, text=True)
    assert run.returncode in (0, 1, 2), run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def overlap(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    inner = max(w, 0) * max(h, 0)
    area = lambda r: (r[2] - r[0]) * (r[3] - r[1])  # noqa: E731
    return inner / (area(a) + area(b) - inner)


def faces(program, val, extra):
    print("| source | pictures | found | other faces | NME (468) | eye and mouth corners, nose tip |\n|---|---|---|---|---|---|")
    by = {}
    for p, r in zip(val, records(program, [p.path for p in val], extra)):
        hits = [f for f in r["faces"] if overlap(f["bounds"], p.box) >= 0.5]
        entry = [len(hits) > 0, len(r["faces"]) - min(1, len(hits)), np.nan, np.nan, p.id]
        if hits:
            d = np.linalg.norm(np.array(hits[0]["mesh"])[:, :2] - p.mesh[:, :2], axis=1) / p.pupil_distance
            entry[2:4] = d[:468].mean(), d[FINE].mean()
        by.setdefault(p.source, []).append(entry)
    for source, rows in [*sorted(by.items()), ("all", sum(by.values(), []))]:
        found, other, nme, fine, _ = zip(*rows)
        print(f"| {source} | {len(rows)} | {np.mean(found):.4f} | {sum(other)} | {np.nanmean(nme):.4f} | {np.nanmean(fine):.4f} |")
    odd = [(e[4], "missed" if not e[0] else f"{e[1]} more") for rows in by.values() for e in rows if not e[0] or e[1]]
    print(f"\nmissed or more than one: {odd}\n")


def renders(program, folder, extra):
    off, wrong = [], []
    paths = sorted(Path(folder).glob("*.jpg"))
    for path, r in zip(paths, records(program, paths, extra)):
        truth = json.loads(path.with_suffix(".json").read_text())
        people = truth.get("persons", 1)
        if len(r["faces"]) != people:
            wrong.append((path.stem, len(r["faces"])))
        elif people == 1:
            found, t = r["faces"][0]["pose"], truth.get("head_pose_deg") or dict(zip(("yaw", "pitch", "roll"), truth["spec"]["head"]))
            off.append([found[k] - t[k] for k in ("yaw", "pitch", "roll")])
    e = np.abs(off).mean(0)
    print(f"{len(paths)} renders of {Path(folder).parent.name}/{Path(folder).name}: wrong number of faces {wrong}; mean error of "
          f"yaw {e[0]:.2f}, pitch {e[1]:.2f}, roll {e[2]:.2f} degrees; worst {np.abs(off).max(0).round(1)}")


def composed(program, folder, negatives, extra):
    """The detector's held-out compositions, through the whole program."""
    sys.path.insert(0, str(Path(__file__).resolve().parent / "detector"))
    import data as detector_data
    import evalsets

    people = detector_data.load_portraits(folder, "val")
    wallpapers, stamps = detector_data.load_negatives(negatives, "val")
    sets = {"nobody": [(n, im, []) for n, im in evalsets.no_faces(people, wallpapers, stamps)]}
    for share in (0.05, 0.07, 0.10, 0.20, 0.50, 0.90):
        sets[f"face {share:.0%} of the height"] = evalsets.pasted(people, wallpapers, share)
    sets["turned up to 35 degrees"] = evalsets.pasted(people, wallpapers, 0.35, 35)
    sets["two people, one small and blurred"] = evalsets.pairs(people, wallpapers)
    print("\n| composition | pictures | faces | found | false faces |\n|---|---|---|---|---|")
    for name, rows in sets.items():
        with tempfile.TemporaryDirectory() as scratch:
            paths = [Path(scratch) / f"{i:04}.png" for i in range(len(rows))]
            for path, (_, picture, _) in zip(paths, rows):
                cv2.imwrite(str(path), picture[:, :, ::-1])
            found = false = 0
            for (_, _, meshes), r in zip(rows, records(program, paths, extra)):
                boxes = [np.concatenate([m[:468].min(0), m[:468].max(0)]) for m in meshes]
                hits = sum(any(overlap(f["bounds"], b) >= 0.5 for f in r["faces"]) for b in boxes)
                found += hits
                false += len(r["faces"]) - hits
        print(f"| {name} | {len(rows)} | {sum(len(r[2]) for r in rows)} | {found} | {false} |", flush=True)


def empty(program, folder, extra):
    """A folder of pictures without people."""
    paths = [p for p in sorted(Path(folder).iterdir()) if p.suffix in (".jpg", ".png", ".webp")]
    rows = [(p.name, len(r["faces"])) for p, r in zip(paths, records(program, paths, extra)) if r.get("faces")]
    print(f"\n{len(paths)} pictures without people in {Path(folder).name}: faces in {rows}")


def equal_error_rate(good, bad):
    """Rate at which as many good values lie beyond a limit as bad ones within it, and that limit."""
    limits = np.unique(np.concatenate([good, bad]))
    rates = [(abs(np.mean(good < t) - np.mean(bad >= t)), (np.mean(good < t) + np.mean(bad >= t)) / 2, t) for t in limits]
    _, rate, limit = min(rates)
    return rate, limit


def labelled(program, folder, extra):
    labels = {r["id"]: r for r in csv.DictReader(open(Path(folder) / "portraits" / "attributes.csv", newline=""))}
    people = [p for p in data.load(folder) if p.id in labels and p.pupil_distance >= 20]
    values = {"eyes_open": {}, "lips_closed": {}}
    for p, r in zip(people, records(program, [p.path for p in people], extra)):
        for f in r["findings"]:
            if f["check"] in values and f["value"] is not None:
                key = labels[p.id]["eyes" if f["check"] == "eyes_open" else "mouth"]
                values[f["check"]].setdefault(key, []).append(f["value"])
    for check, (good, bad, sign) in {"eyes_open": ("o", "c", 1), "lips_closed": ("c", "t", -1)}.items():
        g, b = (sign * np.array(values[check].get(k, [])) for k in (good, bad))
        rate, limit = equal_error_rate(g, b)
        print(f"{check}: {len(g)} good, {len(b)} bad, equal error rate {rate:.3f} at {sign * limit:.3f}; "
              f"good 1, 5, 50, 95, 99 %: {np.quantile(sign * g, [0.01, 0.05, 0.5, 0.95, 0.99]).round(3)}")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--program", required=True)
    args.add_argument("--onnxruntime")
    args.add_argument("--renders", type=Path, nargs="*", default=[], help="more folders of renders with known pose")
    args.add_argument("--negatives", nargs="*", default=[], help="the folders that the recipes took pictures without people from")
    args.add_argument("--empty", type=Path, nargs="*", default=[], help="folders of other pictures without people")
    args = args.parse_args()
    extra = ["--onnxruntime", args.onnxruntime] if args.onnxruntime else []
    faces(args.program, [p for p in data.load(args.data) if p.split == "val"], extra)
    for folder in [args.data / "renders" / "images", *args.renders]:
        renders(args.program, folder, extra)
    labelled(args.program, args.data, extra)
    if args.negatives:
        composed(args.program, args.data, args.negatives, extra)
    for folder in args.empty:
        empty(args.program, folder, extra)


if __name__ == "__main__":
    sys.exit(main())
