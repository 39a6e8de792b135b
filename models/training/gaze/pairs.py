r"""Cut the eyes of all portraits, as they are and turned, for training and validation.

    python pairs.py --data DATA --landmarks ../../landmarks.onnx --out runs/gaze [--sheet FILE.png]

Writes OUT/pairs.npy (n, 2, STORED, STORED, 3) uint8, the subject's right eye first, and OUT/pairs.json: of each pair
portrait, split, source, gaze in degrees (+ to the subject's left, 0 as photographed), head yaw, turned or not. The squares are laid
by the shipped landmark network, as in the program. `off` is how far the irises lie, as photographed, from where others have them under
the same yaw, in degrees: the eye looks aside, or its corners are unusual. Never commit what it writes.
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
import irises  # noqa: E402
import mesh as geometry  # noqa: E402
import portraits as data  # noqa: E402
from eyes import cut  # noqa: E402
from pool import Finder  # noqa: E402

LEAST = 42  # pixels between the pupils: below, an iris has less than 8 across
TURNED = 10  # turned pairs of each portrait
TABLE = np.genfromtxt(HERE.parent.parent / "mesh.csv", delimiter=",", skip_header=1)
DEPTH = 0.7  # as in src/face.rs


def yaw(mesh):
    """Head yaw in degrees, + to the subject's left, as src/face.rs has it."""
    rigid = TABLE[:, 2] == 1
    found = mesh[TABLE[rigid, 0].astype(int)] * [1, 1, DEPTH]
    return geometry.euler(geometry.fit_rotation(TABLE[rigid, 3:6], found)[0])[0]


def angles(rng):
    """Degrees to turn by: most of them near the lens, where it is decided, some far off."""
    return np.where(rng.random(TURNED) < 0.35, rng.normal(0, 6, TURNED), rng.uniform(-32, 32, TURNED))


def alone(task):
    """(pairs, [gaze], yaw, where both irises lie between the corners or None) of a portrait."""
    portrait, landmarks, seed = task
    cv2.setNumThreads(1)
    if not hasattr(alone, "finder"):
        alone.finder = Finder(landmarks)
    image, rng = portrait.image(), np.random.default_rng(seed)
    mesh = alone.finder(image, portrait.five)
    eyes = [irises.find(image, portrait.mesh.astype(np.float64), side) for side in (0, 1)]
    pairs, gaze, place = [cut(image, None, mesh)], [0.0], None
    if all(eyes):
        back = [eye.matrix for eye in eyes]
        middle = (np.array(irises.SIZE) / 2 - [irises.WINDOW[1].start, irises.WINDOW[0].start])[0]
        place = float(np.mean([(eye.centre[0] - middle) / eye.radius for eye in eyes]))
        for a in angles(rng):
            down = rng.normal(0, 0.08)
            pairs.append(cut([irises.turned(eye, a + rng.normal(0, 0.7), down) for eye in eyes], back, mesh))
            gaze.append(float(a))
    return np.stack(pairs), gaze, yaw(mesh), place


def beside(places, yaws):
    """How far the irises lie from where those of others do under this yaw of the head: degrees, NaN where not known."""
    known = np.isfinite(places)
    terms = np.stack([np.ones_like(yaws), yaws], 1)
    weight = known.astype(float)
    for _ in range(8):
        fit = np.linalg.lstsq(terms * weight[:, None], np.where(known, places, 0) * weight, rcond=None)[0]
        off = places - terms @ fit
        weight = np.where(known, 1 / (1 + (np.nan_to_num(off) / 0.1) ** 2), 0)
    return np.degrees(np.arcsin(np.clip(off / irises.TURNS, -0.99, 0.99)))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--landmarks", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--sheet", help="draw some turned eyes here and stop")
    args = args.parse_args()
    attributes = Path(args.data) / "portraits" / "attributes.csv"
    shut = {r["id"] for r in csv.DictReader(open(attributes, newline="")) if r["eyes"] == "c" or r["glasses"] in ("r", "t")}
    portraits = [p for p in data.load(args.data) if p.pupil_distance >= LEAST and p.id not in shut]
    if args.sheet:
        return sheet(portraits, args.sheet)
    args.out.mkdir(parents=True, exist_ok=True)
    with Pool(2) as pool:
        done = pool.map(alone, [(p, args.landmarks, i) for i, p in enumerate(portraits)], chunksize=16)
    places = np.array([np.nan if place is None else place for _, _, _, place in done])
    off = beside(places, np.array([y for _, _, y, _ in done]))
    rows = []
    for p, (_, gaze, y, _), o in zip(portraits, done, off):
        for k, g in enumerate(gaze):
            rows.append(dict(id=p.id, split=p.split, source=p.source, gaze=g, yaw=float(y), turned=k > 0, off=None if np.isnan(o) else float(o)))
    np.save(args.out / "pairs.npy", np.concatenate([pairs for pairs, *_ in done]))
    (args.out / "pairs.json").write_text(json.dumps(rows))
    known = off[np.isfinite(off)]
    print(f"{len(portraits)} portraits, {len(known)} whose eyes can be turned, {len(rows)} pairs")
    print("irises off where others have them, degrees, percentiles 5 25 50 75 95:", np.percentile(known, [5, 25, 50, 75, 95]).round(1))


def sheet(portraits, path):
    rng, rows = np.random.default_rng(1), []
    for p in rng.choice([p for p in portraits if p.pupil_distance > 60], 12, replace=False):
        eyes = [irises.find(p.image(), p.mesh.astype(np.float64), side) for side in (0, 1)]
        shown = [[e.crop.astype(np.uint8), *(irises.turned(e, a) for a in (0, -20, -10, 10, 20))] if e else [] for e in eyes]
        row = np.hstack([c[irises.WINDOW] for cells in shown for c in cells] or [np.zeros((96, 160, 3), np.uint8)])
        rows.append(np.pad(row, ((0, 0), (0, 12 * 160 - row.shape[1]), (0, 0))))
    cv2.imwrite(path, cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    sys.exit(main())
