"""Turn the eyes of a portrait: find each iris, take it away, and lay it down somewhere else between the lids.

Portraits look into the lens, so none of them shows what a look aside is. But an eye that turns by an
angle a carries its iris sideways by R sin(a), and lids hardly move with a look to the side: the same eye
with its iris moved is the same person looking aside. The limbus is found as in Daugman 1993 ("High
confidence visual recognition of persons"), by the arcs beside the lids alone, about where the mesh has the iris.
"""

import warnings
from dataclasses import dataclass

import cv2
import numpy as np

# From the eye's centre of rotation to the plane of the iris, in radii of the iris: 9.9 mm (13.5 less the 3.6 of
# cornea and chamber) over 5.9 mm. The centre of the cornea, which carries the reflections of lamps, lies about half as far.
TURNS, GLINT = 1.68, 0.5

# Mesh indices of each eye (MediaPipe): what shows between the lids, pupil, rim of the iris, outer and inner corner.
EYES = (
    ([33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7], 468, [469, 470, 471, 472], (33, 133)),
    ([263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249], 473, [474, 475, 476, 477], (263, 362)),
)  # fmt: skip
WIDTH, SIZE = 96, (208, 208)  # of the eye between its corners, and of the picture it is turned in, pixels
WINDOW = slice(56, 152), slice(24, 184)  # rows and columns in which an eye lies
ARCS = np.radians(np.r_[np.arange(-40, 41, 8), np.arange(140, 221, 8)])  # right of the pupil, left of it
RADII, ANGLES = np.linspace(0, 1.35, 28), 64
WEAK = 18  # grey levels, both sides together: the limbus is not to be seen


@dataclass
class Eye:
    crop: np.ndarray  # float32 RGB, the eye level and WIDTH pixels wide
    matrix: np.ndarray  # 2 x 3, from the portrait to it
    centre: np.ndarray  # of the iris, in WINDOW
    radius: float
    empty: np.ndarray  # WINDOW without the iris
    iris: np.ndarray  # RADII x ANGLES, without reflections
    glint: np.ndarray  # their share, likewise
    lit: np.ndarray  # their colour
    opening: np.ndarray  # 0..1 in WINDOW: between the lids


def level(image, mesh, corners):
    a, b = mesh[corners[0], :2], mesh[corners[1], :2]
    across = mesh[263, :2] - mesh[33, :2]
    k = WIDTH / max(np.linalg.norm(a - b), 1)
    c, s = k * across / np.linalg.norm(across)
    linear = np.array([[c, s], [-s, c]])
    matrix = np.column_stack([linear, np.array(SIZE) / 2 - linear @ ((a + b) / 2)])
    return cv2.warpAffine(image, matrix, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).astype(np.float32), matrix


def polygon(points, shape):
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask


def limbus(crop, centre, radius, between):
    """(centre, radius) of the circle that is darker inside, left and right alike; None where there is none."""
    luma = cv2.GaussianBlur(crop.mean(-1), (0, 0), 1.0)
    tries = np.array(
        [(x, y, k) for k in np.arange(0.85, 1.36, 0.05) for x in np.arange(-0.3, 0.31, 0.06) for y in np.arange(-0.18, 0.19, 0.06)]
    )
    x, y, r = centre[0] + tries[:, 0] * radius, centre[1] + tries[:, 1] * radius, tries[:, 2] * radius

    def ring(k):
        at = [(m[:, None] + k * r[:, None] * f(ARCS)).astype(np.float32) for m, f in ((x, np.cos), (y, np.sin))]
        return [cv2.remap(p, *at, cv2.INTER_LINEAR) for p in (luma, between)]

    (inner, a), (outer, b) = ring(0.9), ring(1.12)
    there = (a > 128) & (b > 128)
    step = np.clip(np.where(there, outer - inner, np.nan), -60, 60)
    half = len(ARCS) // 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # arcs that lie behind a lid as a whole
        score = np.nanmean(step[:, :half], 1) + np.nanmean(step[:, half:], 1)
    score -= 12 * np.abs(tries[:, 0]) + 12 * np.abs(tries[:, 1]) + 10 * np.abs(tries[:, 2] - 1.05)
    score[(np.minimum(there[:, :half].sum(1), there[:, half:].sum(1)) < 3) | np.isnan(score)] = -99
    best = int(np.argmax(score))
    return (np.array([x[best], y[best]]), r[best]) if score[best] >= WEAK else None


def find(image, mesh, side):
    """The eye of a side (0: the subject's right), or None where its iris cannot be taken out."""
    lids, pupil, rim, corners = EYES[side]
    crop, matrix = level(image, mesh, corners)
    points = mesh[:, :2] @ matrix[:, :2].T + matrix[:, 2] - [WINDOW[1].start, WINDOW[0].start]
    eye = crop[WINDOW]
    between = polygon(points[lids], eye.shape[:2])
    found = limbus(eye, points[pupil], np.linalg.norm(points[rim] - points[pupil], axis=1).mean(), between)
    if found is None:
        return None
    centre, r = found
    yy, xx = np.mgrid[: eye.shape[0], : eye.shape[1]].astype(np.float32)
    rho = np.hypot(xx - centre[0], yy - centre[1]) / r
    white = (cv2.erode(between, np.ones((3, 3), np.uint8)) > 128) & (rho > 1.25)
    if white.sum() < 30:
        return None
    empty = without_iris(eye, yy - centre[1], rho, white, r)
    # The iris on polar axes; what the lids hide is taken from above or below, or from the same radius.
    turn = np.arange(ANGLES) * 2 * np.pi / ANGLES
    at = [(m + r * RADII[:, None] * f(turn)).astype(np.float32) for m, f in zip(centre, (np.cos, np.sin))]
    seen = cv2.remap(eye, *at, cv2.INTER_LINEAR)
    bare = cv2.remap(cv2.erode(between, np.ones((3, 3), np.uint8)), *at, cv2.INTER_LINEAR) > 128
    enough = bare.sum(1) > 4
    if bare[:22].mean() < 0.35 or enough.sum() < 15:
        return None
    rings = np.stack([np.median(seen[i][bare[i]], axis=0) if enough[i] else np.zeros(3) for i in range(len(RADII))])
    rings = np.stack([np.interp(RADII, RADII[enough], rings[enough, k]) for k in range(3)], 1)
    other = -np.arange(ANGLES) % ANGLES
    whole = np.where(bare[..., None], seen, np.where(bare[:, other][..., None], seen[:, other], rings[:, None]))
    glint = np.clip((whole.mean(-1) - rings.mean(-1)[:, None] - 18) / 25, 0, 1) * (RADII < 1)[:, None]
    iris = whole * (1 - glint[..., None]) + rings[:, None] * glint[..., None]
    # The mesh has the opening too narrow rather than too wide.
    opening = cv2.GaussianBlur(cv2.dilate(between, np.ones((5, 5), np.uint8)), (0, 0), 1.5).astype(np.float32) / 255
    return Eye(crop, matrix, centre, r, empty, iris, glint, whole * glint[..., None], opening)


def without_iris(eye, down, rho, white, r):
    """The white continued over the iris: by its change from lid to lid, and by what lies beside."""
    terms = np.stack([np.ones_like(down), down / r, (down / r) ** 2], -1)
    base = terms @ np.linalg.lstsq(terms[white], eye[white], rcond=None)[0]
    low, high = np.percentile(eye[white], [5, 95], axis=0)
    base = np.clip(base, 0.8 * low, high)
    rest = cv2.GaussianBlur(np.where(white[..., None], eye - base, 0).astype(np.float32), (0, 0), 0.6 * r)
    known = cv2.GaussianBlur(white.astype(np.float32), (0, 0), 0.6 * r)[..., None]
    cover = cv2.GaussianBlur((rho < 1.25).astype(np.float32), (0, 0), 0.06 * r)[..., None]
    return eye * (1 - cover) + (base + rest / np.maximum(known, 1e-3) * np.clip(known / 0.05, 0, 1)) * cover


def turned(eye, degrees, down=0.0):
    """The eye's crop, uint8: looking `degrees` to the right of the picture, the iris `down` radii lower."""
    a = np.radians(degrees)
    yy, xx = np.mgrid[: eye.empty.shape[0], : eye.empty.shape[1]].astype(np.float32)

    def laid(picture, carried):
        cx = eye.centre[0] + carried * TURNS * np.sin(a) * eye.radius
        cy = eye.centre[1] + carried * down * eye.radius
        rho = np.hypot((xx - cx) / np.cos(a), yy - cy) / eye.radius
        around = (np.arctan2(yy - cy, xx - cx) % (2 * np.pi)) * ANGLES / (2 * np.pi)
        closed = np.concatenate([picture, picture[:, :1]], 1).astype(np.float32)
        rows = np.minimum(rho / RADII[-1], 1) * (len(RADII) - 1)
        return cv2.remap(closed, around.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR), rho

    iris, rho = laid(eye.iris, 1.0)
    alpha = np.clip((1.28 - rho) / 0.22, 0, 1)[..., None]
    new = eye.empty * (1 - alpha) + iris * alpha
    shine, lit = laid(eye.glint, GLINT)[0][..., None], laid(eye.lit, GLINT)[0]
    new = new * (1 - shine) + lit
    out = eye.crop.copy()
    out[WINDOW] += eye.opening[..., None] * (new - out[WINDOW])
    return np.clip(out, 0, 255).astype(np.uint8)
