r"""Cut the shoulders of all portraits and of rendered people, with what is known of their line.

    photogate check --format ndjson - < LIST > runs/shoulders/program.ndjson
    python pictures.py --data DATA --program runs/shoulders/program.ndjson --renders runs/trunks MORE ... \
        --matte ../../matte.onnx --landmarks ../../landmarks.onnx --out runs/shoulders

Writes OUT/pictures.npy (n, HIGH, WIDE, 4) uint8, colours and alpha of the lower part of the matte's crop (matte/compose.py), and
OUT/pictures.json: of each, id, split, source, `chin` and `inside` (x0, y0, x1, y1) in its pixels, `angle` in degrees, + where the
subject's left shoulder is lower, `sure`, and `line`, both ends of it as the edge has them, or null. A render's angle is exact. A portrait's is the mean of
two that know nothing of each other: of the edge of the body, as the program measured it before it had this network, and of the joints
of a pose network (pose.npz); it is `sure` where both agree. Where the edge tells nothing it is the joints' alone: that the network
learns how far off it may be where shoulders hardly show. One rendered trunk in four is of the split `val`. Never commit what it writes.
"""

import argparse
import json
import sys
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parent / "matte"), str(HERE.parent / "attributes"), str(HERE.parent / "landmarks")]
import portraits as data  # noqa: E402
from compose import crop, inside, place  # noqa: E402
from line import HELD, TOP  # noqa: E402
from pool import FIVE_NAMES, Finder, one_thread, read  # noqa: E402

HIGH, WIDE = 160, 224  # of what is kept, pixels
LEAST = 20  # pixels between the pupils
AGREE = 4.0  # degrees between both
EDGE = 0.7, 0.5  # of the mean where both agree, and where not: renders have the edge's angle off by less than the joints'
MOST = 12.0  # degrees of what the joints may say alone
SEEN = 0.8  # visibility of a joint


def cut(image, five, matte):
    """(picture, matrix from the portrait, x0 y0 x1 y1 of the portrait) of the lower part of the matte's crop."""
    matrix = place(five)
    whole = crop(image, matrix)
    alpha = matte.run(None, {"image": whole.transpose(2, 0, 1)[None].astype(np.float32) / 255})[0][0, 0]
    picture = np.dstack([whole, np.round(255 * alpha).astype(np.uint8)])[TOP:]
    x0, y0, x1, y1 = inside(matrix, image.shape[1], image.shape[0])
    rect = [max(0, x0), max(0, y0 - TOP), min(WIDE, x1), min(HIGH, y1 - TOP)]
    matrix[1, 2] -= TOP
    return picture, matrix, rect


def onto(matrix, points):
    return (np.asarray(points, float) @ matrix[:, :2].T + matrix[:, 2]).round(2).tolist()


def one(task):
    """(picture, row) of a portrait or a render."""
    kind, what, args, angle, sure, line = task
    if not hasattr(one, "matte"):
        cv2.setNumThreads(1)
        one.matte = onnxruntime.InferenceSession(args.matte, one_thread(), providers=["CPUExecutionProvider"])
        one.finder = Finder(args.landmarks)
    if kind == "render":
        truth = json.loads(what.read_text())
        image = read(what.with_suffix(".jpg"))
        mesh = one.finder(image, np.array([[truth["landmarks"][n]["x"], truth["landmarks"][n]["y"]] for n in FIVE_NAMES]))
        angle = truth["shoulder_tilt_image_deg"]
        row = dict(id=what.stem, split="val" if what.stem in HELD else "train", source="render")
    else:
        image, mesh = what.image(), what.mesh
        row = dict(id=what.id, split=what.split, source=what.source)
    picture, matrix, rect = cut(image, mesh[list(data.FIVE), :2], one.matte)
    return picture, row | dict(angle=angle, sure=sure, chin=onto(matrix, mesh[[152], :2])[0], inside=rect, line=line and onto(matrix, line))


def measured(path):
    """{file name without its ending: (angle, [right end, left end])} of what the program measured."""
    out = {}
    for row in map(json.loads, open(path)):
        found = [f for f in row.get("findings", []) if f["check"] == "shoulder_tilt" and f["value"] is not None]
        if found:
            out[Path(row["path"]).stem] = found[0]["value"], found[0]["evidence"][0]["line"]
    return out


def tilt(joints):
    """Degrees of the line through both shoulders of a pose, None where one is not seen."""
    (x1, y1, left), (x0, y0, right) = joints[11], joints[12]
    return float(np.degrees(np.arctan2(y1 - y0, x1 - x0))) if min(left, right) >= SEEN else None


def tasks(args):
    edges, poses = measured(args.program), np.load(Path(args.data) / "portraits" / "pose.npz")
    for p in data.load(args.data):
        joints = tilt(poses[p.id]) if p.id in poses.files else None
        edge, line = edges.get(p.id, (None, None))
        if p.pupil_distance < LEAST or joints is None:
            continue
        if edge is None:
            if abs(joints) < MOST:
                yield "portrait", p, args, joints, False, None
        else:
            sure = abs(edge - joints) < AGREE
            share = EDGE[0] if sure else EDGE[1]
            yield "portrait", p, args, share * edge + (1 - share) * joints, sure, line if sure else None
    for folder in args.renders:
        for path in sorted(folder.glob("*.json")):
            truth = json.loads(path.read_text())
            if truth["persons"] == 1:
                yield "render", path, args, None, True, None


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--program", required=True)
    args.add_argument("--renders", type=Path, nargs="+", required=True)
    args.add_argument("--matte", required=True)
    args.add_argument("--landmarks", required=True)
    args.add_argument("--out", type=Path, required=True)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with Pool(2) as pool:
        done = pool.map(one, list(tasks(args)), chunksize=16)
    np.save(args.out / "pictures.npy", np.stack([picture for picture, _ in done]))
    (args.out / "pictures.json").write_text(json.dumps([row for _, row in done]))
    for name in ("train", "val"):
        for kind, rendered in (("portraits", False), ("renders", True)):
            rows = [r for _, r in done if r["split"] == name and (r["source"] == "render") == rendered]
            angles = np.array([r["angle"] for r in rows])
            print(
                f"{name}: {len(rows)} {kind}, {sum(r['sure'] for r in rows)} sure, degrees, percentiles 5 25 50 75 95:",
                np.percentile(angles, [5, 25, 50, 75, 95]).round(1),
            )


if __name__ == "__main__":
    sys.exit(main())
