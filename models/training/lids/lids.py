"""Eyes of portraits with their lids moved down by a known share, each on its own."""

import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent / "landmarks"))
from crops import EYES  # noqa: E402, upper lid, lower lid, crease above the upper one, from the outer corner on

CORNERS = ([33, 133], [263, 362])  # outer and inner, of the subject's right and left eye
PAIRS = (2, 3, 4)  # of the lids' points, which openness is measured at, as in the program


def openness(mesh):
    """Of both eyes: mean distance of three pairs of lid points over that of the corners."""
    out = []
    for corners, (upper, lower, _) in zip(CORNERS, EYES):
        gaps = [np.hypot(*(mesh[upper[k], :2] - mesh[lower[k], :2])) for k in PAIRS]
        out.append(np.mean(gaps) / np.hypot(*(mesh[corners[1], :2] - mesh[corners[0], :2])))
    return np.array(out)


def close(image, mesh, amounts, rng):
    """A copy of `image`, whose right and left eye's opening has become lower by the shares `amounts`.

    The lid slides over an eyeball that stays as it is: what shows of it between the new lids is the picture's own.
    """
    out = image.copy()
    share, lashes, shadow = rng.uniform(0.75, 1.0), rng.uniform(0, 0.7) * (rng.random() < 0.6), rng.uniform(0, 0.4)
    # The mesh may lie within the opening: skin that moves is taken from a little above it.
    above = rng.uniform(0, 0.06) * (rng.random() < 0.7)
    for corners, (upper, lower, crease), amount in zip(CORNERS, EYES, amounts):
        if amount > 0:
            one(out, image, [mesh[i, :2] for i in (corners, upper, lower, crease)], amount, share, lashes, shadow, above)
    return out


def one(out, image, points, amount, share, lashes, shadow, above):
    """Close one eye of `image` in `out`; `share` of the way is the upper lid's."""
    (outer, inner), upper, lower, crease = points
    middle, along = (outer + inner) / 2, inner - outer
    width = np.hypot(*along)
    along = along / width
    down = np.array([-along[1], along[0]])
    if down @ (lower.mean(0) - upper.mean(0)) < 0:
        down = -down
    own = lambda p: np.stack([(p - middle) @ along, (p - middle) @ down], -1) / width  # noqa: E731, corners at -0.5 and 0.5
    u, l, c = own(upper), own(lower), own(crease)
    # All pixels about the eye, in its frame.
    h, w = image.shape[:2]
    x0, y0 = np.maximum(np.floor(middle - 1.1 * width).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(middle + 1.1 * width).astype(int), [w - 1, h - 1])
    xs, ys = np.meshgrid(np.arange(x0, x1 + 1), np.arange(y0, y1 + 1))
    at = own(np.stack([xs, ys], -1).astype(np.float64))
    a, v = at[..., 0], at[..., 1]
    corners = np.array([[-0.5, 0.0], [0.5, 0.0]])
    top, low = smooth(a, np.vstack([u, corners])), smooth(a, np.vstack([l, corners]))
    # Skin goes with the lid next to it, less the farther from it; towards the corners and beyond nothing moves.
    there = np.clip((0.5 - np.abs(a)) / 0.06, 0, 1)
    gap = np.maximum(low - top, 0) * there
    fold = np.minimum(smooth(a, c), top - 0.03)
    brow, cheek = fold - 0.32, low + 0.4
    to = [brow, fold + 0.4 * share * amount * gap, top + share * amount * gap, low - (1 - share) * amount * gap, cheek]
    source = v + pieces(v, to, [brow, fold, np.maximum(top - above * there * min(1.0, 3 * amount), fold + 0.01), low, cheek])
    where = middle + width * (a[..., None] * along + source[..., None] * down)
    moved = cv2.remap(image, where[..., 0].astype(np.float32), where[..., 1].astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    # The eyeball stays; soft over a pixel.
    pixel = 1 / width
    edge = 0.012
    shows = np.clip((v - to[2] - edge) / pixel + 0.5, 0, 1) * np.clip((to[3] - v) / pixel + 0.5, 0, 1) * (gap > 0)
    under = 1 - shadow * amount * np.exp(-np.maximum(v - to[2], 0) / 0.05)
    ball = image[y0 : y1 + 1, x0 : x1 + 1] * under[..., None]
    made = moved * (1 - shows[..., None]) + ball * shows[..., None]
    if amount > 0.8 and lashes:
        line = np.exp(-(((v - to[2]) / 0.025) ** 2)) * (np.abs(a) < 0.47) * lashes
        made = made * (1 - line[..., None])
    out[y0 : y1 + 1, x0 : x1 + 1] = np.clip(made + 0.5, 0, 255).astype(np.uint8)


def smooth(x, points):
    """A curve through points (x, y), rounded where it bends."""
    points, fine = points[np.argsort(points[:, 0])], np.linspace(-0.7, 0.7, 281)
    line = np.interp(fine, points[:, 0], points[:, 1])
    line = np.convolve(np.pad(line, 14, "edge"), np.hanning(31)[1:-1] / np.hanning(31).sum(), "valid")
    return np.interp(x, fine, line)


def pieces(v, to, source):
    """How far from `v` its source lies, when the levels `source` have gone to `to`, and all between them in proportion."""
    out = np.zeros_like(v)
    for low, high, s_low, s_high in zip(to[:-1], to[1:], source[:-1], source[1:]):
        part = (v - low) / np.maximum(high - low, 1e-6)
        inside = (part >= 0) & (part < 1)
        out = np.where(inside, s_low + part * (s_high - s_low) - v, out)
    return out
