"""Pictures cut once, wide, and seen by a teacher and its student at 224 px.

What happens to a picture (a move, another light, a worse file) happens before both look, so that
the teacher's answer is the answer to what the student sees.
"""

import json
from dataclasses import dataclass
from multiprocessing import Pool

import cv2
import numpy as np

from patches import Patch, matrix
import labels
import portraits as data
import props
from crops import shrink_and_warp
from shades import colours, lens_and_file, lights

SIDE = 224  # of what is seen, pixels
BEYOND = (128,) * 3  # where there is no picture: its last row, repeated, would look like stripes


@dataclass
class Store:
    wide: Patch  # more than is seen, so that it can be moved
    size: int  # side as stored, pixels
    seen: Patch
    taught: tuple  # questions to the teacher
    more: tuple  # questions to the student alone

    @property
    def asked(self):
        return self.taught + self.more



STORES = {
    "face": Store(Patch("head", (10,), 0, 0.25, 4.0), 360, Patch("forehead", (10,), 0, 0.15, 2.4),
                  ("forehead_touched", "forehead_covered", "brows", "glasses", "headwear"), ()),
    "body": Store(Patch("garment", (152,), 0, 1.0, 3.9), 294, Patch("torso", (152,), 0, 1.0, 3.4),
                  ("necklace", "no_neckline", "collar", "low", "pattern"), ("no_garment",)),
}  # fmt: skip


def square(m):
    return np.vstack([m, [0, 0, 1]])


def stored(image, mesh, store):
    """The wide picture, and the matrix from it to what is seen."""
    wide = matrix(store.wide, mesh, store.size)
    to = square(matrix(store.seen, mesh, SIDE)) @ np.linalg.inv(square(wide))
    return shrink_and_warp(image, wide, store.size, cv2.BORDER_CONSTANT), to[:2]


def garment_of(portrait, store):
    """0..255 on what looks like one piece of cloth, as stored; nothing where that is not clear."""
    face = props.Face(portrait)
    m = props.garment(face, np.random.default_rng(len(portrait.id)))
    if m is None:
        return np.zeros((store.size, store.size), np.uint8)
    wide = matrix(store.wide, face.mesh, store.size)
    return cv2.warpAffine((m * 255).astype(np.uint8), wide, (store.size, store.size), flags=cv2.INTER_LINEAR)


def alone(task):
    cv2.setNumThreads(1)
    portrait, store, group = task
    return *stored(portrait.image(), portrait.mesh, store), garment_of(portrait, store) if group == "body" else None


class Views:
    """All portraits of the data folder, those without labels too; cut into `folder` at the first use.

    `extras`: a folder of more pictures to train on (extras.py).
    """

    def __init__(self, data_folder, folder, group, extras=None):
        self.store, self.group = STORES[group], group
        everyone = data.load(data_folder)
        self.ids = [p.id for p in everyone]
        pictures, matrices, garments = (folder / f"{group}{part}.npy" for part in ("", "-matrices", "-garments"))
        if not matrices.exists():
            folder.mkdir(parents=True, exist_ok=True)
            side = self.store.size
            out = np.lib.format.open_memmap(pictures, "w+", np.uint8, (len(everyone), side, side, 3))
            with Pool() as pool:
                found, worn = [], []
                for i, (out[i], m, garment) in enumerate(pool.imap(alone, ((p, self.store, group) for p in everyone), 16)):
                    found.append(m)
                    worn.append(garment)
            out.flush()
            if group == "body":
                np.save(garments, np.array(worn))
            np.save(matrices, np.array(found))
        self.pictures, self.matrices = list(np.load(pictures, mmap_mode="r")), list(np.load(matrices))
        self.garments = np.load(garments, mmap_mode="r") if group == "body" else None
        rows = labels.load(data_folder)
        wanted = [labels.NAMES.index(q) for q in self.store.asked]
        targets = [labels.targets(rows.get(i, {})) for i in self.ids]
        self.train = np.array([k for k, p in enumerate(everyone) if p.split == "train"])
        self.val = np.array([k for k, p in enumerate(everyone) if p.split == "val" and p.id in rows])
        self.made = {}
        for path in sorted(extras.glob(f"{group}-*.json")) if extras else []:
            said = json.loads(path.read_text())
            self.made[path.stem] = np.arange(len(said)) + len(self.pictures)
            self.pictures += list(np.load(path.with_suffix(".npy"), mmap_mode="r"))
            self.matrices += [np.array(s["matrix"]) for s in said]
            targets += [labels.targets(s["row"]) for s in said]
        self.targets = np.stack(targets)[:, wanted]

    def draw(self, i, rng, patterned=0.0):
        """What is seen (SIDE, SIDE, 3) of one disturbed picture. `patterned`: how often its garment gets a pattern."""
        side, garment = self.store.size, self.group == "body"
        image = np.asarray(self.pictures[i])
        if rng.random() < patterned and self.garments[i].any():
            made = props.weave(image, self.garments[i] / np.float32(255), side / self.store.wide.side, rng)
            image = image if made is None else made
        linear = np.exp(rng.normal(0, 0.05)) * rotation(np.radians(rng.normal(0, 3)))
        to = self.matrices[i]
        if rng.random() < 0.5:
            image = np.ascontiguousarray(image[:, ::-1])
            to = mirrored(to, side)
        middle = np.full(2, (side - 1) / 2)
        move = np.clip(rng.normal(0, 0.03, 2), -0.08, 0.08) * 0.6 * side
        moved = square(np.column_stack([linear, middle + move - linear @ middle]))
        image = self.warp(image, (square(to) @ moved)[:2])
        if garment and rng.random() < 0.3:
            image = colours(image, rng)
        if rng.random() < 0.04:
            image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
        return lens_and_file(lights(image, rng) if rng.random() < 0.8 else image, rng, 0.6 if garment else 0.3)

    def plain(self, i):
        """What is seen of a picture as it is, and of its mirror image."""
        image = self.warp(np.asarray(self.pictures[i]), self.matrices[i])
        return np.stack([image, image[:, ::-1]])

    @staticmethod
    def warp(image, m):
        return cv2.warpAffine(image, m, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=BEYOND)


def mirrored(to, side):
    """A matrix from the mirrored store to the mirrored view."""
    out = square(to) @ np.array([[-1, 0, side - 1], [0, 1, 0], [0, 0, 1.0]])
    out[0] = -out[0]
    out[0, 2] += SIDE - 1
    return out[:2]


def rotation(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s], [-s, c]])
