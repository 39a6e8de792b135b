"""What the recipe learns from: portraits with meshes, and pictures that hold no human face.

Everything is decoded once and kept as uint8 in memory, with halved copies, so that composing a
training picture costs a millisecond or two on the one core that training has.
"""

import hashlib
import os
import re
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import portraits  # noqa: E402

# The contour of the face in MediaPipe's mesh, in order.
OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]
FIVE = list(portraits.FIVE)
FIVE_FLIPPED = [1, 0, 2, 4, 3]

NEGATIVES = ["/usr/share/backgrounds", "/usr/share/wallpapers", "/usr/share/tuxpaint/stamps"]
PACKAGES = ("gnome-backgrounds mate-backgrounds plasma-workspace-wallpapers lomiri-wallpapers-16.04 "
            "lomiri-wallpapers-20.04 sway-backgrounds ukui-wallpapers tuxpaint-stamps-default")
# Looked at on contact sheets: these show a human face, real or drawn (coins and a gravestone included).
HUMAN = re.compile(r"/people/|symbols/faces|us/coins|monuments/cartoon|German_Christmas_toy|Santa\.png"
                   r"|grave-i\.png|insects/cartoon|/rolypoly|lion/cartoon")
# Letters and digits teach little and would drown the photographs.
GLYPHS = re.compile(r"symbols/(alphabets/(english|german|spanish)|math|shapes)")


class Picture:
    """A picture with halved copies, optionally an alpha channel, optionally one face."""

    def __init__(self, image, alpha=None, mesh=None, name="", source=""):
        self.name, self.source, self.mesh = name, source, mesh
        self.levels = [(image, alpha)]
        while min(image.shape[:2]) > 48:
            half = (image.shape[1] // 2, image.shape[0] // 2)
            image = cv2.resize(image, half, interpolation=cv2.INTER_AREA)
            alpha = None if alpha is None else cv2.resize(alpha, half, interpolation=cv2.INTER_AREA)
            self.levels.append((image, alpha))

    @property
    def size(self):
        return self.levels[0][0].shape[1], self.levels[0][0].shape[0]

    @property
    def box(self):
        points = self.mesh[:468, :2]
        return np.concatenate([points.min(0), points.max(0)])


def cutout(image, mesh):
    """Alpha of the person before a plain background, or None where the background is not plain.

    Floods from the border above the shoulders; keeps the result only if it left the face alone and
    took a believable share of the picture.
    """
    h, w = image.shape[:2]
    soft = cv2.GaussianBlur(image, (3, 3), 0)
    mask = np.zeros((h + 2, w + 2), np.uint8)
    tol, flags = (14, 14, 14), 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8)
    seeds = [(x, 1) for x in range(2, w - 2, max(1, w // 12))]
    seeds += [(x, y) for y in range(2, int(h * 0.45), max(1, h // 14)) for x in (1, w - 2)]
    for seed in seeds:
        if not mask[seed[1] + 1, seed[0] + 1]:
            cv2.floodFill(soft, mask, seed, 0, tol, tol, flags)
    back = mask[1:-1, 1:-1]
    face = np.zeros((h, w), np.uint8)
    cv2.fillPoly(face, [mesh[OVAL, :2].astype(np.int32)], 1)
    taken = (back > 0).mean()
    if not 0.15 < taken < 0.8 or back[face > 0].mean() > 255 * 0.01 or (back[:3] > 0).mean() < 0.8:
        return None
    person = cv2.morphologyEx(255 - back, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats((person > 0).astype(np.uint8))
    cx, cy = mesh[1, :2].astype(int).clip(0, [w - 1, h - 1])
    if labels[cy, cx] == 0:
        return None
    contours, _ = cv2.findContours((labels == labels[cy, cx]).astype(np.uint8), cv2.RETR_EXTERNAL,
                                   cv2.CHAIN_APPROX_NONE)
    alpha = np.zeros((h, w), np.uint8)
    cv2.drawContours(alpha, contours, -1, 255, -1)
    return cv2.blur(cv2.erode(alpha, np.ones((3, 3), np.uint8)), (3, 3))


def load_portraits(data, split):
    out = []
    for p in portraits.load(data):
        if p.split == split:
            image = p.image()
            out.append(Picture(image, cutout(image, p.mesh), p.mesh[:, :2].copy(), p.id, p.source))
    return out


def is_validation(key):
    """One in four, by a hash of the name: the same pictures everywhere, whatever is installed."""
    return hashlib.sha1(key.encode()).digest()[0] % 4 == 0


def find_negatives(folders):
    """{key: path}: one file per motif (the largest), pictures with human faces left out."""
    found = {}
    for folder in folders:
        if not Path(folder).is_dir():
            raise SystemExit(f"no folder {folder}: install the Debian packages {PACKAGES}, or name other "
                             "folders of pictures without human faces with --negatives")
        for root, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                path = f"{root}/{name}"
                if not re.search(r"\.(jpe?g|png|webp)$", name, re.I) or os.path.islink(path):
                    continue
                if HUMAN.search(path) or GLYPHS.search(path) or "screenshot" in name or "preview" in name:
                    continue
                # Sizes and light/dark twins of one motif are one motif: they must share a split.
                motif = re.sub(r"^vertical_|[\d_x-]+|(?<=-)[ld](?=\.)", "", Path(name).stem)
                key = f"{Path(root).name}/{motif}" if len(motif) > 2 else root.replace("images_dark", "images")
                if key not in found or os.path.getsize(path) > os.path.getsize(found[key]):
                    found[key] = path
    return found


def load_negatives(folders, split):
    """(wallpapers, stamps): opaque pictures and cut-outs with alpha."""
    opaque, cut = [], []
    for key, path in sorted(find_negatives(folders).items()):
        if is_validation(key) != (split == "val"):
            continue
        image = cv2.imread(path, cv2.IMREAD_UNCHANGED)
        if image is None:
            continue
        if image.dtype != np.uint8:
            image = (image >> 8).astype(np.uint8)
        if image.ndim == 2:
            image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        scale = min(1.0, 720 / max(image.shape[:2]))
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        alpha = image[..., 3].copy() if image.shape[2] == 4 else None
        rgb = cv2.cvtColor(image[..., :3], cv2.COLOR_BGR2RGB)
        if alpha is not None and (alpha < 128).mean() > 0.05:
            cut.append(Picture(rgb, alpha, name=key))
        elif min(size) >= 100:
            opaque.append(Picture(rgb, name=key))
    return opaque, cut
