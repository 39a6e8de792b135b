"""Measure the shipped landmark network: the tables of the model card.

    python evaluate.py --data ../../../../shared --onnx ../../landmarks.onnx [--posed DIR]

Every picture goes through what the program does: the crop laid by five points, the network, a second
crop laid by the first mesh, the network on it and on its mirror image. On the portraits the five points are the labelled
ones, moved by a seeded error as large as the detector's. `--posed`: a folder of more renders
(NAME.jpg, NAME.json), for the pose table.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import portraits as data  # noqa: E402
import mesh as geometry  # noqa: E402
from crops import SIDE, affine, frame, move, shrink_and_warp  # noqa: E402
from model import SIZE  # noqa: E402

DEPTH = 0.7  # the same as in src/face.rs
FINE = [33, 133, 263, 362, 61, 291, 1]  # eye corners, mouth corners, nose tip
# Names of the renders' landmarks and the mesh points that mean the same.
NAMED = {
    "eye_right_outer": 33, "eye_right_inner": 133, "eye_left_inner": 362, "eye_left_outer": 263,
    "mouth_right": 61, "mouth_left": 291, "nose_tip": 4, "pupil_right": 468, "pupil_left": 473, "chin": 152,
}  # fmt: skip


def run(session, picture, five, mirror=None):
    """(mesh in picture pixels, presence) of one pass; with `mirror`, the mean of the crop's and its mirror image's."""
    centre, angle, scale = frame(np.asarray(five))
    matrix = affine(centre, angle, scale * SIDE, SIZE)
    crop = shrink_and_warp(picture, matrix, SIZE, cv2.BORDER_REPLICATE)
    image = crop.transpose(2, 0, 1)[None].astype(np.float32) / 255
    mesh, presence = (out[0].astype(np.float64) for out in session.run(None, {"image": image}))
    if mirror is not None:
        other, there = (out[0].astype(np.float64) for out in session.run(None, {"image": image[..., ::-1].copy()}))
        other = other[mirror] * [-1, 1, 1] + [(SIZE - 1) / SIZE, 0, 0]
        mesh, presence = (mesh + other) / 2, (presence + there) / 2
    return move(mesh * SIZE, cv2.invertAffineTransform(matrix)), float(presence[0])


def find_mesh(session, path, five, mirror):
    """(mesh, presence) of the face with these five points, as in the program: one pass to lay the
    crop anew, then that crop and its mirror image."""
    picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    first, _ = run(session, picture, five)
    return run(session, picture, first[list(data.FIVE), :2], mirror)


def render_five(truth):
    """The five points of a render, in photogate's order."""
    names = ["pupil_right", "pupil_left", "nose_tip", "mouth_right", "mouth_left"]
    return np.array([[truth["landmarks"][n]["x"], truth["landmarks"][n]["y"]] for n in names])


def pose_of(mean, mesh):
    scaled = mesh * [1, 1, DEPTH]
    return np.array(geometry.euler(geometry.fit_rotation(mean, scaled[sorted(geometry.RIGID)])[0]))


def row(name, values):
    nme, fine = np.array(values).T
    print(f"| {name} | {len(nme)} | {nme.mean():.4f} | {np.median(nme):.4f} | {np.quantile(nme, 0.95):.4f} | {fine.mean():.4f} |")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--onnx", required=True)
    args.add_argument("--posed", type=Path)
    args = args.parse_args()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(args.onnx, options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    table = np.loadtxt(Path(args.onnx).parent / "mesh.csv", delimiter=",", skiprows=1)
    mirror, mean = table[:, 1].astype(int), table[table[:, 2] == 1, 3:]

    print("Validation portraits, against the teacher's labels, in pupil distances\n")
    print("| source | pictures | NME (468) | median | 95 % | eye and mouth corners, nose tip |\n|---|---|---|---|---|---|")
    by, absent, worst = {}, [], []
    for p in [p for p in data.load(args.data) if p.split == "val"]:
        five = p.five + rng.normal(0, 0.04, (5, 2)) * p.pupil_distance
        found, presence = find_mesh(session, p.path, five, mirror)
        d = np.linalg.norm(found[:, :2] - p.mesh[:, :2], axis=1) / p.pupil_distance
        by.setdefault(p.source, []).append((d[:468].mean(), d[FINE].mean()))
        worst.append((d[:468].mean(), p.id))
        if presence < 0.5:
            absent.append(p.id)
    for source in sorted(by):
        row(source, by[source])
    row("all pictures", sum(by.values(), []))
    print(f"\nmean over sources: {np.mean([np.mean([v[0] for v in vs]) for vs in by.values()]):.4f}; "
          f"called absent: {absent}; worst: {[(i, round(float(e), 3)) for e, i in sorted(worst)[::-1][:8]]}")

    print("\nRenders, against their exact truth, in inter-ocular distances; pose in degrees\n")
    errors, poses = {}, {"renders": [], "posed": []}
    for name, path, truth in data.load_renders(args.data):
        if "landmarks" not in truth or not truth["landmarks"]:
            continue
        found, presence = find_mesh(session, path, render_five(truth), mirror)
        for key, index in NAMED.items():
            t = truth["landmarks"][key]
            errors.setdefault(key, []).append(np.hypot(*(found[index, :2] - [t["x"], t["y"]])) / truth["iod"])
        t = truth["head_pose_deg"]
        poses["renders"].append((name, pose_of(mean, found), np.array([t["yaw"], t["pitch"], t["roll"]])))
    for key, values in errors.items():
        print(f"| {key} | {np.mean(values):.4f} |")
    if args.posed:
        five = np.load(args.posed / "five.npz")
        for path in sorted(args.posed.glob("*.json")):
            if path.stem in five.files:
                found, _ = find_mesh(session, path.with_suffix(".jpg"), five[path.stem], mirror)
                poses["posed"].append((path.stem, pose_of(mean, found), np.array(json.loads(path.read_text())["spec"]["head"])))
    for kind, rows in poses.items():
        if rows:
            off = np.array([found - truth for _, found, truth in rows])
            print(f"\n{kind}: {len(rows)} heads, mean absolute error yaw {np.abs(off[:, 0]).mean():.2f}, "
                  f"pitch {np.abs(off[:, 1]).mean():.2f}, roll {np.abs(off[:, 2]).mean():.2f}")
            for (name, _, truth), o in zip(rows, off):
                if np.abs(o).max() > 4:
                    print(f"  {name}: off by {o.round(1)} at {truth}")

    x = np.random.default_rng(0).random((1, 3, SIZE, SIZE), np.float32)
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        session.run(None, {"image": x})
        times.append(time.perf_counter() - begun)
    print(f"\none thread, ONNX Runtime: {1e3 * np.median(times):.1f} ms a pass, three passes a face")


if __name__ == "__main__":
    sys.exit(main())
