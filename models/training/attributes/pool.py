"""Cut the patches of every picture once, and keep them in a folder of arrays.

    python pool.py --data DATA --cache runs/pool --landmarks ../../landmarks.onnx [--renders DIR ...]

Writes NAME.npy (patches, uint8) with NAME.json (ids, sources, labels, group): `real` (the labelled
training portraits, cut wider, so that training can move a patch), `val` and `test` (validation
portraits, the renders of the data folder; cut as the program does), `rendered` (the even half of the
renders in `--renders`, NAME.jpg + NAME.json; wide). What is there is kept. props.py adds made
pictures. The renders of the data folder are never trained on.
"""

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from patches import SIZE, cut
import labels
import portraits as data
from crops import SIDE, affine, frame, move, shrink_and_warp

WIDE, GROW = 128, 1.3  # pixels of a wide patch, and how much more it shows
FIVE_NAMES = ["pupil_right", "pupil_left", "nose_tip", "mouth_right", "mouth_left"]


class Finder:
    """The landmark network, two passes, as in the program but for the mirror image."""

    def __init__(self, path):
        self.session = onnxruntime.InferenceSession(str(path), one_thread(), providers=["CPUExecutionProvider"])
        self.size = self.session.get_inputs()[0].shape[2]

    def __call__(self, image, five):
        for _ in range(2):
            centre, angle, scale = frame(np.asarray(five))
            matrix = affine(centre, angle, scale * SIDE, self.size)
            crop = shrink_and_warp(image, matrix, self.size, cv2.BORDER_REPLICATE)
            mesh = self.session.run(None, {"image": crop.transpose(2, 0, 1)[None].astype(np.float32) / 255})[0][0]
            mesh = move(mesh.astype(np.float64) * self.size, cv2.invertAffineTransform(matrix))
            five = mesh[list(data.FIVE), :2]
        return mesh


def one_thread():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return options


def read(path):
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def write(cache, name, items, group="all"):
    """`items`: [(id, source, row, patches)]."""
    np.save(cache / "new.npy", np.stack([i[3] for i in items]))
    (cache / f"{name}.json").write_text(json.dumps({"group": group, "items": [i[:3] for i in items]}))
    (cache / "new.npy").replace(cache / f"{name}.npy")
    print(f"{name}: {len(items)}", flush=True)


def load(cache, name):
    """(patches as a memory map, [(id, source, row)], group)."""
    said = json.loads((cache / f"{name}.json").read_text())
    return np.load(cache / f"{name}.npy", mmap_mode="r"), said["items"], said["group"]


def see_jewellery(path, truth, row):
    """An earring under the hair or a chain under the collar is no answer: the mask tells."""
    mask = cv2.imread(str(path.with_suffix(".mask.png")), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        return
    mask = mask // 16 if mask.max() > 15 else mask  # written as class * 16, some readers scale it back
    low = truth["landmarks"]["chin"]["y"] + 0.15 * truth["iod"]
    high = np.where(mask == truth["classes"].index("jewellery"))[0] < low
    least = 0.0003 * truth["iod"] ** 2
    for name, seen in (("earring", high.sum()), ("necklace", (~high).sum())):
        if row[name] == "y" and seen < least:
            row[name] = ""


def renders(folder, finder):
    """[(name, image, mesh, row)] of the renders with one person."""
    out = []
    for path in sorted(Path(folder).glob("*.json")):
        truth = json.loads(path.read_text())
        row = labels.render_row(truth) if "ears" in truth else {}
        if not row:
            continue
        see_jewellery(path, truth, row)
        five = np.array([[truth["landmarks"][n]["x"], truth["landmarks"][n]["y"]] for n in FIVE_NAMES])
        image = read(path.with_suffix(".jpg"))
        out.append((path.stem, image, finder(image, five), row))
    return out


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--cache", type=Path, required=True)
    args.add_argument("--landmarks", required=True, help="the trained landmarks.onnx, for the renders' meshes")
    args.add_argument("--renders", nargs="*", default=[])
    args = args.parse_args()
    cv2.setNumThreads(1)
    args.cache.mkdir(parents=True, exist_ok=True)
    rows = labels.load(args.data)
    everyone = [p for p in data.load(args.data) if p.id in rows]
    for name, split, size, grow in (("val", "val", SIZE, 1.0), ("real", "train", WIDE, GROW)):
        if not (args.cache / f"{name}.npy").exists():
            some = [p for p in everyone if p.split == split]
            write(args.cache, name, [(p.id, p.source, rows[p.id], cut(p.image(), p.mesh, size, grow)) for p in some])
    finder = Finder(args.landmarks)
    if not (args.cache / "test.npy").exists():
        found = renders(Path(args.data) / "renders" / "images", finder)
        write(args.cache, "test", [(n, "renders", row, cut(image, mesh)) for n, image, mesh, row in found])
    if args.renders and not (args.cache / "rendered.npy").exists():
        found = [r for d in args.renders for r in renders(d, finder)[::2]]
        write(args.cache, "rendered", [(n, "renders", row, cut(image, mesh, WIDE, GROW)) for n, image, mesh, row in found])



if __name__ == "__main__":
    sys.exit(main())
