"""The square regions that the attribute network sees, laid by the mesh; the program cuts the same.

A patch's centre is the mean of a few mesh points, moved by (dx, dy) along the axes of the face; its
side and the move are in units of the face's scale, its angle is the face's (`frame` of
landmarks/crops.py, from the five points). The right-hand one of a pair is cut with its dx mirrored and
then flipped, so that both look alike.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

TRAINING = Path(__file__).resolve().parent.parent
sys.path += [str(TRAINING), str(TRAINING / "landmarks")]
from crops import affine, frame, shrink_and_warp  # noqa: E402
from portraits import FIVE  # noqa: E402

SIZE = 96  # side of the network's patches, pixels


@dataclass
class Patch:
    name: str
    points: tuple  # indices of mesh points
    dx: float
    dy: float
    side: float
    mirrored: bool = False


PATCHES = [
    Patch("ear_l", (234,), -0.15, 0.25, 1.35),
    Patch("ear_r", (454,), 0.15, 0.25, 1.35, True),
    Patch("eyes", (33, 263), 0.0, 0.0, 2.0),
    Patch("top", (10,), 0.0, -0.2, 2.8),
    Patch("mouth", (61, 291), 0.0, 0.0, 1.4),
    Patch("neck", (152,), 0.0, 0.45, 1.8),
    Patch("torso", (152,), 0.0, 1.0, 3.4),
    Patch("cloth_l", (152,), -0.85, 0.85, 1.5),  # pinstripes need more pixels than the torso's patch has
    Patch("cloth_r", (152,), 0.85, 0.85, 1.5, True),
]
# What the heads look at together, as slices of PATCHES.
GROUPS = {"ears": slice(0, 2), "face": slice(2, 4), "mouth": slice(4, 5), "body": slice(5, 9)}
# Which patch takes the place of each in a mirrored picture: a pair is cut as if both were on the left.
OTHER = [1, 0, 2, 3, 4, 5, 6, 8, 7]


def matrix(patch, mesh, size, grow=1.0):
    """2 x 3 matrix from picture to patch, `grow` times as wide; a mirrored patch is flipped by it."""
    _, angle, scale = frame(mesh[list(FIVE), :2])
    c, s = np.cos(angle), np.sin(angle)
    centre = mesh[list(patch.points), :2].mean(0) + scale * np.array([c * patch.dx - s * patch.dy, s * patch.dx + c * patch.dy])
    m = affine(centre, angle, patch.side * scale * grow, size)
    if patch.mirrored:
        m[0] = -m[0]
        m[0, 2] += size - 1
    return m


def cut(image, mesh, size=SIZE, grow=1.0):
    """(patches, size, size, 3) uint8."""
    return np.stack([shrink_and_warp(image, matrix(p, mesh, size, grow), size, cv2.BORDER_REPLICATE) for p in PATCHES])
