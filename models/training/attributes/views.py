"""Pictures cut once, wide, and seen twice: by a teacher at 224 px and as the network's own patches.

What happens to a picture (a move, another light, a worse file) happens before both look, so that
the teacher's answer is the answer to what the network sees.
"""

from dataclasses import dataclass
from multiprocessing import Pool

import cv2
import numpy as np

from patches import GROUPS, OTHER, PATCHES, SIZE, Patch, matrix
import labels
import portraits as data
import props
from crops import shrink_and_warp
from shades import colours, lens_and_file, lights

TEACHERS = 224  # side of what the teacher sees, pixels


@dataclass
class Store:
    wide: Patch  # holds all the patches of the group
    size: int  # side as stored, pixels
    seen: Patch  # what the teacher sees
    taught: tuple  # questions that the teacher is trained on
    learnt: tuple  # those of them in which the network follows it


STORES = {
    "face": Store(Patch("head", (10,), 0, 0.25, 4.0), 360, Patch("forehead", (10,), 0, 0.15, 2.4),
                  ("forehead_touched", "forehead_covered", "brows", "glasses", "headwear"),
                  ("forehead_touched", "forehead_covered", "headwear")),  # at glasses the network is better
    "body": Store(Patch("garment", (152,), 0, 1.0, 3.9), 294, Patch("torso", (152,), 0, 1.0, 3.4),
                  ("necklace", "no_neckline", "collar", "low", "pattern"),
                  ("necklace", "no_neckline", "collar", "low", "pattern")),
}  # fmt: skip


def square(m):
    return np.vstack([m, [0, 0, 1]])


def stored(portrait, store, group):
    """The wide picture, and the matrices from it to what the teacher sees and to the group's patches."""
    wide = matrix(store.wide, portrait.mesh, store.size)
    back = np.linalg.inv(square(wide))
    to = [matrix(store.seen, portrait.mesh, TEACHERS)] + [matrix(p, portrait.mesh, SIZE) for p in PATCHES[GROUPS[group]]]
    return shrink_and_warp(portrait.image(), wide, store.size, cv2.BORDER_REPLICATE), np.array([(square(m) @ back)[:2] for m in to])


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
    return *stored(portrait, store, group), garment_of(portrait, store) if group == "body" else None


class Views:
    """All portraits of the data folder, those without labels too; cut into `folder` at the first use."""

    def __init__(self, data_folder, folder, group):
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
        self.pictures, self.matrices = np.load(pictures, mmap_mode="r"), np.load(matrices)
        self.garments = np.load(garments, mmap_mode="r") if group == "body" else None
        rows = labels.load(data_folder)
        wanted = [labels.NAMES.index(q) for q in self.store.taught]
        self.targets = np.stack([labels.targets(rows.get(i, {})) for i in self.ids])[:, wanted]
        self.train = np.array([k for k, p in enumerate(everyone) if p.split == "train"])
        self.val = np.array([k for k, p in enumerate(everyone) if p.split == "val" and p.id in rows])

    def turned(self, matrix, k):
        """The matrix from a mirrored store; a pair's patches are flipped to each other already."""
        first = GROUPS[self.group].start - 1
        mirror = np.array([[-1, 0, self.store.size - 1], [0, 1, 0], [0, 0, 1.0]])
        out = square(matrix) @ mirror
        if k == 0 or OTHER[first + k] == first + k:
            out[0] = -out[0]
            out[0, 2] += (TEACHERS if k == 0 else SIZE) - 1
        return out[:2]

    def draw(self, i, rng, patterned=0.0):
        """What the teacher sees (TEACHERS, TEACHERS, 3) and the patches (k, SIZE, SIZE, 3) of one disturbed picture.

        `patterned`: how often its garment gets a pattern.
        """
        side, garment = self.store.size, self.group == "body"
        image = np.asarray(self.pictures[i])
        if rng.random() < patterned and self.garments[i].any():
            made = props.weave(image, self.garments[i] / np.float32(255), side / self.store.wide.side, rng)
            image = image if made is None else made
        linear = np.exp(rng.normal(0, 0.05)) * rotation(np.radians(rng.normal(0, 3)))
        flip = rng.random() < 0.5
        if flip:
            linear[:, 0] = -linear[:, 0]
        middle = np.full(2, (side - 1) / 2)
        move = np.clip(rng.normal(0, 0.03, 2), -0.08, 0.08) * 0.6 * side
        image = self.warp(image, np.column_stack([linear, middle + move - linear @ middle]), side)
        if garment and rng.random() < 0.3:
            image = colours(image, rng)
        if rng.random() < 0.04:
            image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
        image = lens_and_file(lights(image, rng) if rng.random() < 0.8 else image, rng, 0.6 if garment else 0.3)
        to = self.matrices[i]
        if flip:
            first = GROUPS[self.group].start - 1
            order = [0] + [OTHER[first + k] - first for k in range(1, len(to))]
            to = np.array([self.turned(m, k) for k, m in enumerate(to)])[order]
        patches = [shrink_and_warp(image, m, SIZE, cv2.BORDER_REPLICATE) for m in to[1:]]
        return self.warp(image, to[0], TEACHERS), np.stack(patches)

    def plain(self, i):
        """What the teacher sees of a picture as it is, and of its mirror image."""
        image = self.warp(np.asarray(self.pictures[i]), self.matrices[i][0], TEACHERS)
        return np.stack([image, image[:, ::-1]])

    @staticmethod
    def warp(image, m, size):
        return cv2.warpAffine(image, m, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def rotation(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s], [-s, c]])
