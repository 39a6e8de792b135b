"""The labelled portraits of the data folder, as both recipes read them.

`DATA` is a folder with `portraits/` (index.csv, mesh.npz, images/) and `renders/`
(images/NAME.jpg + NAME.json); see the README beside each. Nothing of it is committed.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

# MediaPipe mesh indices of the five points, in the order every photogate model uses:
# subject's right pupil (left in the picture), left pupil, nose tip, right and left mouth corner.
FIVE = (468, 473, 1, 61, 291)


@dataclass
class Portrait:
    id: str
    split: str  # train, val
    source: str
    path: Path
    mesh: np.ndarray  # (478, 3) float32, pixels of the picture; z in the same scale, smaller is nearer

    def image(self):
        """H x W x 3 uint8, RGB."""
        return cv2.cvtColor(cv2.imread(str(self.path)), cv2.COLOR_BGR2RGB)

    @property
    def five(self):
        return self.mesh[list(FIVE), :2]

    @property
    def box(self):
        """x0, y0, x1, y1: the bounding box of the 468 mesh points (irises left out)."""
        points = self.mesh[:468, :2]
        return np.concatenate([points.min(0), points.max(0)])

    @property
    def pupil_distance(self):
        return float(np.linalg.norm(self.mesh[473, :2] - self.mesh[468, :2]))


def load(data):
    """All portraits with a mesh, in the order of index.csv."""
    folder = Path(data) / "portraits"
    meshes = np.load(folder / "mesh.npz")
    rows = list(csv.DictReader(open(folder / "index.csv", newline="")))
    return [
        Portrait(r["id"], r["split"], r["source"], folder / "images" / f"{r['id']}.jpg", meshes[r["id"]])
        for r in rows
        if r["id"] in meshes.files
    ]


def load_renders(data):
    """(name, image path, truth) of every render; the truth is the render's JSON."""
    folder = Path(data) / "renders" / "images"
    return [(p.stem, p.with_suffix(".jpg"), json.loads(p.read_text())) for p in sorted(folder.glob("*.json"))]
