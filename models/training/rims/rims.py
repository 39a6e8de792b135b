"""Draw the rims of glasses on a portrait, where they belong or across an eye, and say how much of each eye they cover.

Nobody has a portrait published with a rim across the eye: of some 370 wearers that were looked at not one has more than the edge of an
eye covered. But a rim is opaque and lies in front of the eye: drawn over somebody who wears none it is what
a photo would show, but for the light on it. Real rims are lifted off wearers as well, where they are darker than the skin
around them, and laid over somebody else's eyes.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parent / "landmarks")]
from crops import frame  # noqa: E402
from portraits import FIVE  # noqa: E402

# Mesh indices of what shows between the lids, the subject's right eye first (MediaPipe; `part` of src/face.rs).
OPENINGS = (
    [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
    [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249],
)
WIDE, HIGH = 2.5, 1.5  # of the canvas, in units of the face's scale; the eyes lie in its middle
FINE = 4  # canvas pixels a portrait's pixel, and no more than MOST a unit
MOST = 240
TURN = np.linspace(0, 2 * np.pi, 120, endpoint=False)


@dataclass
class Canvas:
    """A level plane over both eyes."""

    unit: float  # pixels
    matrix: np.ndarray  # 2 x 3, from the portrait to it
    openings: list  # polygons, (16, 2), the subject's right eye first

    @property
    def shape(self):
        return round(HIGH * self.unit), round(WIDE * self.unit)

    @property
    def eyes(self):
        return [(o[0] + o[8]) / 2 for o in self.openings]


def plane_of(mesh, unit=None):
    """The canvas of a mesh, with `unit` pixels or as many as its portrait is worth."""
    _, angle, scale = frame(mesh[list(FIVE), :2])
    unit = unit or min(FINE * scale, MOST)
    k = unit / scale
    c, s = k * np.cos(angle), k * np.sin(angle)
    linear = np.array([[c, s], [-s, c]])
    middle = mesh[[33, 133, 263, 362], :2].mean(0)
    matrix = np.column_stack([linear, np.array([WIDE, HIGH]) * unit / 2 - linear @ middle])
    points = mesh[:, :2] @ linear.T + matrix[:, 2]
    return Canvas(unit, matrix, [points[o] for o in OPENINGS])


def filled(shape, polygon):
    out = np.zeros(shape, np.uint8)
    cv2.fillPoly(out, [np.round(polygon * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return out.astype(np.float32) / 255


@dataclass
class Shape:
    """The outline of a lens and how thick its rim is, of the right eye; the left one mirrors it."""

    lens: np.ndarray  # (n, 2) about its middle, x outward, in units of the face's scale
    thick: np.ndarray  # (n,)
    drawn: np.ndarray  # (n,) 0..1: how much of an outline there is; half rims have none below


def shape(rng, apart):
    half = np.array([rng.uniform(0.33, 0.47), rng.uniform(0.2, 0.4)]) * apart
    c, s = np.cos(TURN), np.sin(TURN)
    above, below = rng.choice([2.0, 2.5, 3.5, 6.0], 2)
    power = np.where(s < 0, above, below)
    p = np.stack([np.sign(c) * np.abs(c) ** (2 / power) * half[0], np.sign(s) * np.abs(s) ** (2 / power) * half[1]], 1)
    outward = p[:, 0] / half[0]
    p[:, 1] -= rng.choice([0, 0.03, 0.08]) * apart * np.clip(outward, 0, 1) ** 2 * (s < 0)  # cat's eye
    p[:, 0] *= 1 - rng.choice([0, 0, 0.12]) * np.clip(s, 0, 1)  # narrower below
    width = np.exp(rng.uniform(np.log(0.01), np.log(0.075)))
    thick = width * (1 + rng.choice([0, 0, 0.5, 1.2]) * np.clip(-s, 0, 1)) * (1 + rng.choice([0, 0.4]) * np.clip(outward, 0, 1))
    kind = rng.random()
    drawn = np.ones(len(TURN))
    if kind < 0.22:  # held from above, or seldom from below
        drawn = np.clip(0.5 - 4 * (s if kind < 0.19 else -s) + rng.uniform(-1, 1), 0, 1)
    return Shape(p, thick, drawn)


def height(rng, half, opening):
    """Where the middle of the lenses lies below that of the eyes, as a share of the face's scale, and aside."""
    kind, away = rng.random(), rng.uniform(-2.6, 1.6) * opening
    if kind < 0.42:
        return rng.uniform(-0.01, 0.13), rng.normal(0, 0.02)
    if kind < 0.80:  # slid down: the upper rim about the eye
        return half + away, rng.normal(0, 0.03)
    if kind < 0.93:  # pushed up
        return -half - away, rng.normal(0, 0.03)
    return rng.uniform(-0.05, 0.15), rng.choice([-1, 1]) * rng.uniform(0.08, 0.3)


def colours(rng, size, light):
    """A picture of what the rims are made of, and how opaque it is."""
    kind, opaque = rng.random(), 1.0
    if kind < 0.5:
        base = rng.uniform(5, 60) * np.exp(rng.normal(0, 0.15, 3))
    elif kind < 0.66:  # horn
        base = np.array([rng.uniform(60, 150), rng.uniform(35, 80), rng.uniform(10, 50)])
    elif kind < 0.84:  # metal
        base = rng.choice([[200, 170, 110], [185, 185, 190], [95, 95, 100], [190, 140, 120]]) * rng.uniform(0.6, 1.15)
    elif kind < 0.93:
        base = rng.uniform(10, 230, 3)
    else:  # clear
        base, opaque = rng.uniform(170, 245, 3), rng.uniform(0.35, 0.75)
    picture = np.broadcast_to(base, (*size, 3)).astype(np.float32)
    if 0.5 <= kind < 0.66 or 0.84 <= kind < 0.87:
        coarse = rng.random((size[0] // 12 + 1, size[1] // 12 + 1)).astype(np.float32)
        spots = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 1.0), size[::-1], interpolation=cv2.INTER_CUBIC)
        picture = picture * (0.3 + 2.2 * np.clip((spots - 0.42) * 5, 0, 1))[..., None]
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32) / size[1]
    slope = rng.normal(0, 0.5, 2)
    picture = picture * np.exp(slope[0] * (x - 0.5) + slope[1] * (y - 0.3))[..., None]
    return np.clip(picture * light, 0, 255), opaque


def moved(mask, x, y, blur):
    m = np.float32([[1, 0, x], [0, 1, y]])
    return cv2.GaussianBlur(cv2.warpAffine(mask, m, mask.shape[::-1]), (0, 0), max(blur, 0.3))


def line(mask, points, width):
    at = np.round(np.array(points) * 16).astype(np.int32)
    cv2.polylines(mask, [at], False, 255, max(1, round(width)), cv2.LINE_AA, 4)


def draw(image, mesh, rng):
    """(the portrait with glasses on, share of each eye's opening that the rims cover, the subject's right eye first)."""
    plane = plane_of(mesh)
    size, unit, eyes = plane.shape, plane.unit, plane.eyes
    apart = np.linalg.norm(eyes[1] - eyes[0]) / unit
    tall = np.mean([np.ptp(o[:, 1]) / 2 for o in plane.openings]) / unit
    worn, tilt = shape(rng, apart), np.radians(rng.normal(0, 2 if rng.random() < 0.8 else 6))
    drop, aside = height(rng, np.ptp(worn.lens[:, 1]) / 2, tall)
    wider, middle = rng.uniform(0, 0.06), (eyes[0] + eyes[1]) / 2
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    near = 1 - np.array([1, -1]) * rng.normal(0, 0.04)  # the head a little turned: one lens is nearer
    rim, inside, lenses = np.zeros(size, np.float32), np.zeros(size, np.float32), []
    for eye, side, large in zip(eyes, (-1, 1), near):
        at = eye + np.array([aside + side * wider, drop]) * unit
        inner = worn.lens * [side, 1] * large
        outer = inner * (1 + worn.thick / np.linalg.norm(worn.lens, axis=1))[:, None]
        inner, outer = (((at + p * unit - middle) @ turn.T) + middle for p in (inner, outer))
        ring = np.clip(filled(size, outer) - filled(size, inner), 0, 1)
        if worn.drawn.min() < 1:
            gone = np.zeros(size, np.float32)
            for k in np.flatnonzero(worn.drawn < 0.5):
                a, b = outer[k], outer[(k + 1) % len(outer)]
                c, d = inner[(k + 1) % len(inner)], inner[k]
                gone = np.maximum(gone, filled(size, np.array([a, b, c, d])))
            ring = ring * (1 - cv2.dilate(gone, np.ones((3, 3))))
        rim, inside = np.maximum(rim, ring), np.maximum(inside, filled(size, inner))
        lenses.append(inner)
    bars = np.zeros(size, np.uint8)
    width = np.median(worn.thick) * unit
    inmost = [lens[(side * lens[:, 0]).argmin()] for lens, side in zip(lenses, (-1, 1))]
    up = rng.uniform(0, 0.1) * unit
    over = (inmost[0] + inmost[1]) / 2 - [0, up + rng.uniform(0, 0.05) * unit]
    line(bars, [inmost[0] - [0, up], over, inmost[1] - [0, up]], width * rng.uniform(0.8, 1.8))
    for lens, side, temple in ((lenses[0], -1, 127), (lenses[1], 1, 356)):
        outmost = lens[(side * lens[:, 0]).argmax()] - [0, rng.uniform(0, 0.15) * unit]
        ear = plane.matrix[:, :2] @ mesh[temple, :2] + plane.matrix[:, 2]
        if side * (ear[0] - outmost[0]) > 0:
            line(bars, [outmost, ear], width * rng.uniform(0.8, 1.6))
    rim = np.maximum(rim, bars.astype(np.float32) / 255)
    between = [filled(size, o) for o in plane.openings]
    shares = [float((rim * o).sum() / max(o.sum(), 1)) for o in between]
    return laid(image, plane, rim, inside, rng), shares


def laid(image, plane, rim, inside, rng):
    """The portrait with rims of some material on, and with what lenses shine."""
    size, unit = rim.shape, plane.unit
    light = brightness(image, plane)
    what, opaque = colours(rng, size, np.clip(light / 170, 0.25, 1.3))
    shine = np.clip(rim - moved(rim, 0, rng.uniform(0.004, 0.012) * unit, 0.3), 0, 1) * rng.choice([0, 0.2, 0.6])
    what = what + shine[..., None] * (np.clip(1.5 * light, 0, 255) - what)
    glass, tone = np.zeros(size, np.float32), np.full(3, 255.0)
    if rng.random() < 0.3:
        spot = (rng.uniform(0.2, 0.8, 2) * size[::-1]).astype(np.float32)
        y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
        glow = np.exp(-((((x - spot[0]) / (rng.uniform(0.05, 0.4) * unit)) ** 2) + ((y - spot[1]) / (rng.uniform(0.03, 0.2) * unit)) ** 2))
        glass, tone = inside * glow * rng.uniform(0.1, 0.8), rng.uniform(170, 255, 3)
    elif rng.random() < 0.2:
        glass, tone = inside * rng.uniform(0.02, 0.25), rng.uniform(40, 230, 3)
    return over(image, plane, what, rim, opaque, (glass, tone), rng)


def brightness(image, plane):
    around = cv2.warpAffine(image, plane.matrix, plane.shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.percentile(around.mean(-1), 70)


def over(image, plane, what, rim, opaque, glass, rng):
    """`what` over the portrait where `rim` is, with its shadow, behind it what the lenses shine (`glass`: share, colour)."""
    unit = plane.unit
    shadow = moved(rim, rng.normal(0, 0.02) * unit, rng.uniform(0.005, 0.06) * unit, rng.uniform(0.008, 0.03) * unit) * rng.uniform(0, 0.35)
    # Back to the portrait's pixels: each the mean of those that it covers.
    back, k = cv2.invertAffineTransform(plane.matrix), np.hypot(*plane.matrix[0, :2])
    soft = max(np.hypot(0.4 * k, k * rng.uniform(0, 0.8)), 0.3)

    def to_portrait(layer):
        return cv2.warpAffine(layer, back, image.shape[1::-1], flags=cv2.INTER_LINEAR)

    out = image.astype(np.float32)
    out *= 1 - to_portrait(shadow)[..., None]
    if glass is not None:
        out += to_portrait(glass[0])[..., None] * (glass[1] - out)
    cover = to_portrait(cv2.GaussianBlur(rim, (0, 0), soft))[..., None] * opaque
    out += cover * (to_portrait(np.asarray(what, np.float32)) - out)
    return np.clip(out, 0, 255).astype(np.uint8)


# --- rims of others --------------------------------------------------------------------------------

LIFTED = 200  # pixels a unit of a lifted rim
# Mesh indices around the brows: dark as rims are.
BROWS = ([70, 63, 105, 66, 107, 55, 65, 52, 53, 46], [300, 293, 334, 296, 336, 285, 295, 282, 283, 276])


def lift(image, mesh):
    """(colours, 0..1 where a rim is) of what is thin, long and darker than the skin around a wearer's eyes, on a canvas of LIFTED."""
    plane = plane_of(mesh, LIFTED)
    h, w = plane.shape
    what = cv2.warpAffine(image, plane.matrix, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    luma = cv2.cvtColor(what, cv2.COLOR_RGB2GRAY)
    skin = cv2.medianBlur(cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 27)
    skin = cv2.resize(skin, (w, h)).astype(np.float32)
    rim = np.clip((skin - luma - 14) / (0.45 * skin + 1e-3), 0, 1)
    points = mesh[:, :2] @ plane.matrix[:, :2].T + plane.matrix[:, 2]
    for dark, grown in [(o, 11) for o in plane.openings] + [(points[b], 9) for b in BROWS]:
        rim *= 1 - cv2.dilate(filled((h, w), cv2.convexHull(dark.astype(np.float32))[:, 0]), np.ones((grown, grown)))
    # Noses throw shadows and hair hangs beside the face: rims are neither.
    y, x = (np.mgrid[:h, :w] - np.array([h, w])[:, None, None] / 2) / LIFTED
    rim *= (np.abs(x) < 0.95) & (y < 0.55) & ((y < 0.25) | (np.abs(x) > 0.16))
    count, parts, stats, _ = cv2.connectedComponentsWithStats((rim > 0.4).astype(np.uint8))
    long = [k for k in range(1, count) if max(stats[k, cv2.CC_STAT_WIDTH], stats[k, cv2.CC_STAT_HEIGHT]) > 0.3 * LIFTED]
    return what, (rim * cv2.dilate(np.isin(parts, long).astype(np.uint8), np.ones((3, 3)))).astype(np.float32)


def lay(image, mesh, lifted, rng):
    """As `draw`, with the rims of somebody else."""
    what, rim = lifted
    plane = plane_of(mesh, LIFTED)
    (h, w), middle = plane.shape, np.array(plane.shape[::-1]) / 2
    if rng.random() < 0.5:
        what, rim = what[:, ::-1], rim[:, ::-1]
    if rng.random() < 0.3:  # the lower rim, mostly the cleaner one, becomes the upper one
        what, rim = what[::-1], rim[::-1]
    between, wanted = [filled((h, w), o) for o in plane.openings], 0.05 if rng.random() < 0.65 else 0.0
    for _ in range(12):  # until it lies over an eye, if it shall
        drop = rng.uniform(-0.5, 0.5) if wanted else rng.normal(0, 0.05)
        angle, scale = np.radians(rng.normal(0, 2.5)), rng.uniform(0.9, 1.12)
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        to = np.column_stack([linear, middle + np.array([rng.normal(0, 0.02), drop]) * LIFTED - linear @ middle])
        moved_rim = cv2.warpAffine(np.ascontiguousarray(rim), to, (w, h), flags=cv2.INTER_LINEAR)
        shares = [float((moved_rim * o).sum() / max(o.sum(), 1)) for o in between]
        if max(shares) >= wanted:
            break
    what = cv2.warpAffine(np.ascontiguousarray(what), to, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    there = np.percentile(cv2.cvtColor(what, cv2.COLOR_RGB2GRAY), 70)
    what = np.clip(what * (brightness(image, plane) / max(there, 1)), 0, 255)
    return over(image, plane, what, moved_rim, 1.0, None, rng), shares
