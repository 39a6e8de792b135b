"""Squares around the eyes, as the networks of gaze, rims and lids see them; the program cuts the same."""

import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE / "attributes"), str(HERE / "landmarks")]
from attributes.shades import lens_and_file, lights  # noqa: E402
from crops import shrink_and_warp  # noqa: E402
from patches import Patch, matrix  # noqa: E402

SIDE, GROW = 64, 1.3  # of what a network sees, pixels, and how much more is stored
STORED = round(SIDE * GROW)
SQUARES = [Patch("right", (33, 133), 0, 0, 0.72), Patch("left", (263, 362), 0, 0, 0.72)]  # the subject's


def cut(image, to_image, mesh):
    """Both squares of a picture that lies in the portrait by the 2 x 3 matrix `to_image`, or of the portrait itself (None)."""
    out = []
    for k, square in enumerate(SQUARES):
        m = matrix(square, mesh, STORED, GROW)
        if to_image is None:
            out.append(shrink_and_warp(image, m, STORED, cv2.BORDER_REPLICATE))
        else:
            whole = np.vstack([m, [0, 0, 1]]) @ np.vstack([cv2.invertAffineTransform(to_image[k]), [0, 0, 1]])
            out.append(shrink_and_warp(image[k], whole[:2], STORED, cv2.BORDER_REPLICATE))
    return np.stack(out)


def placed(pair, rng):
    """Both squares as an error of the mesh would lay them: mostly alike, a little on each its own."""
    k = SIDE * GROW / STORED * np.exp(rng.normal(0, 0.05))
    a = np.radians(rng.normal(0, 2.5))
    linear = k * np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    middle, common, out = (STORED - 1) / 2, rng.normal(0, 0.025, 2), []
    for picture in pair:
        move = np.clip(common + rng.normal(0, 0.015, 2), -0.1, 0.1) * SIDE
        m = np.column_stack([linear, (SIDE - 1) / 2 + move - linear @ [middle, middle]])
        out.append(cv2.warpAffine(picture, m, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    return out


def worse(pair, rng):
    """Another light, lens and file, the same for all squares of `pair`."""
    if rng.random() < 0.1:
        pair = [np.repeat(cv2.cvtColor(e, cv2.COLOR_RGB2GRAY)[..., None], 3, 2) for e in pair]
    seed = rng.integers(2**32)
    return [shaded(e, np.random.default_rng(seed)) for e in pair]


def shaded(picture, rng):
    return lens_and_file(lights(picture, rng) if rng.random() < 0.8 else picture, rng, 0.35)


def middle(pair):
    """What is seen of stored squares that nothing moves."""
    k = SIDE * GROW / STORED
    m = np.array([[k, 0, (SIDE - k * STORED) / 2], [0, k, (SIDE - k * STORED) / 2]])
    return [cv2.warpAffine(p, m, (SIDE, SIDE), flags=cv2.INTER_LINEAR) for p in pair]


def to_input(pair):
    """(3 n, SIDE, SIDE) float32, 0..1, of n squares."""
    return np.concatenate([p.transpose(2, 0, 1) for p in pair]).astype(np.float32) / 255
