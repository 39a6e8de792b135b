"""Portraits with what they seldom wear: made from the training portraits, region by region.

    python props.py --data DATA --cache runs/pool
    python props.py --data DATA --cache runs/pool --split val --count 150 --seed 2

Adds to the cache of pool.py the groups `lenses` (frames, tints, reflections), `hats` (caps, hats,
bands, turbans, scarves), `eyes` (closed by moving the lids), `jewels` (earrings), `patterns` (of
garments) and `chains` (necklaces). A row keeps only the labels that the made picture still answers.
With `--split val` they are made from validation portraits, as `val-lenses` and so on: whole pictures
for the calibration of questions that hardly any portrait answers with yes.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from patches import GROUPS, PATCHES, cut, matrix
import labels
import pool
import portraits as data
from crops import EYES, affine, frame, move, shrink_and_warp
import mesh as geometry
from warp import OVAL, triangulation, turn

FINE = 4  # drawing is done in 1/16 pixels


class Face:
    """A portrait at a size that is quick to draw on; lengths below are in units of its face scale."""

    def __init__(self, portrait):
        image = portrait.image()
        _, _, scale = frame(portrait.five)
        k = min(1.0, 80 / scale)
        if k < 1:
            image = cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        self.image, self.mesh = image, portrait.mesh * k
        self.centre, self.angle, self.scale = frame(self.mesh[list(data.FIVE), :2])
        self.turn = np.array([[np.cos(self.angle), -np.sin(self.angle)], [np.sin(self.angle), np.cos(self.angle)]])

    def at(self, points):
        """Points of the face's frame (n, 2) to pixels."""
        return np.asarray(points, float) @ self.turn.T * self.scale + self.centre

    def own(self, index):
        """Mesh points in the face's frame."""
        return (self.mesh[index, :2] - self.centre) @ self.turn / self.scale

    def mask(self, polygon, soft=0.01):
        """0..1 inside a polygon of the face's frame."""
        m = np.zeros(self.image.shape[:2], np.uint8)
        cv2.fillPoly(m, [np.round(self.at(polygon) * 2**FINE).astype(np.int32)], 255, cv2.LINE_AA, FINE)
        m = m.astype(np.float32) / 255
        return cv2.GaussianBlur(m, (0, 0), soft * self.scale) if soft * self.scale > 0.4 else m

    def line(self, points, width, colour, closed=False):
        thick = max(1, round(width * self.scale))
        where = np.round(self.at(points) * 2**FINE).astype(np.int32)
        cv2.polylines(self.image, [where], closed, tuple(int(c) for c in colour), thick, cv2.LINE_AA, FINE)

    def blend(self, mask, colour):
        """`colour`: one colour or a picture; `mask`: 0..1 opacity."""
        self.image = blend(self.image, mask, colour)


def blend(image, mask, colour):
    m = mask[..., None]
    return np.clip(image * (1 - m) + np.asarray(colour, np.float32) * m, 0, 255).astype(np.uint8)


def curve(points, n=40):
    """A smooth line through a few points (Catmull-Rom)."""
    p = np.asarray(points, float)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    out = []
    for i in range(len(p) - 3):
        t = np.linspace(0, 1, max(2, n // (len(p) - 3)), endpoint=False)[:, None]
        a, b, c, d = p[i : i + 4]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*out, p[-2:-1]])


def rounded(centre, half, power, tilt=0.0, n=36):
    """A superellipse: 2 is an ellipse, more is squarer."""
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    c, s = np.cos(a), np.sin(a)
    p = np.stack([np.sign(c) * np.abs(c) ** (2 / power) * half[0], np.sign(s) * np.abs(s) ** (2 / power) * half[1]], 1)
    t = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    return p @ t.T + centre


# --- glasses -------------------------------------------------------------------------------------


def lens_shapes(face, rng):
    eyes = np.array([face.own([33, 133]).mean(0), face.own([362, 263]).mean(0)])
    apart = np.linalg.norm(eyes[1] - eyes[0])
    half = np.array([rng.uniform(0.34, 0.46), rng.uniform(0.22, 0.38)]) * apart
    power = rng.choice([2.0, 2.6, 3.5, 5.0])
    drop = rng.uniform(-0.02, 0.08)
    return [rounded(e + [s * rng.uniform(0, 0.03), drop], half, power, s * rng.uniform(0, 0.12)) for e, s in zip(eyes, (-1, 1))]


def frames(face, lenses, rng):
    colour = rng.integers(0, 80, 3) if rng.random() < 0.7 else rng.integers(0, 240, 3)
    width = rng.choice([0.012, 0.02, 0.035, 0.06])
    for lens in lenses:
        face.line(lens, width, colour, True)
    inner = [lenses[0][lenses[0][:, 0].argmax()], lenses[1][lenses[1][:, 0].argmin()]]
    middle = (inner[0] + inner[1]) / 2 - [0, rng.uniform(0, 0.08)]
    face.line(curve([inner[0], middle, inner[1]]), width, colour)
    for lens, i, s in ((lenses[0], 127, -1), (lenses[1], 356, 1)):
        outer = lens[(s * lens[:, 0]).argmax()]
        temple = face.own([i])[0]
        if s * (temple[0] - outer[0]) > 0:
            face.line([outer - [0, 0.08], temple - [0, 0.02]], width, colour)


def tint(face, lenses, rng):
    kind = rng.random()
    dark = rng.uniform(0, 45, 3) if kind < 0.6 else rng.uniform([60, 30, 0], [130, 80, 40]) if kind < 0.8 else rng.uniform(0, 150, 3)
    strength = rng.uniform(0.45, 0.97)
    fade = rng.uniform(0, 0.75) if rng.random() < 0.4 else 0.0  # lighter towards the lower rim
    ys, xs = np.mgrid[: face.image.shape[0], : face.image.shape[1]]
    for lens in lenses:
        m = face.mask(lens, 0.005)
        top, low = face.at(lens)[:, 1].min(), face.at(lens)[:, 1].max()
        m = m * strength * (1 - fade * np.clip((ys - top) / (low - top), 0, 1))
        face.blend(m, dark)
        if rng.random() < 0.5:  # what dark lenses mirror
            glow = np.clip(np.sin((xs * rng.normal() + ys * rng.normal()) / face.scale * 4 + rng.uniform(0, 6)), 0, 1)
            face.blend(face.mask(lens, 0.005) * glow * rng.uniform(0, 0.3), rng.uniform(120, 255, 3))


def reflect(face, lenses, rng):
    colour = rng.choice([[255, 255, 255], [235, 245, 255], [200, 255, 220], [225, 205, 255], [190, 215, 255]])
    tilt, wide = rng.uniform(-0.4, 0.4), rng.uniform(0.6, 1.3)
    for k, lens in enumerate(lenses):
        if k and rng.random() < 0.15:
            continue
        inside = face.mask(lens, 0.003)
        middle = lens.mean(0) + rng.uniform(-0.05, 0.05, 2)
        half = np.ptp(lens, 0) / 2
        kind = rng.random()
        if kind < 0.4:  # a window or a lamp
            spot = face.mask(rounded(middle, half * rng.uniform(0.3, 0.75, 2), rng.choice([2, 4, 8]), tilt), 0.015)
        elif kind < 0.7:  # a streak across
            s = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [rng.uniform(0.1, 0.35) * wide * half[0], 2 * half[1]]
            a = rng.uniform(0.3, 1.0)
            spot = face.mask(middle + s @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]), 0.02)
        else:  # a veil over the larger part
            spot = face.mask(rounded(middle + rng.uniform(-0.5, 0.5, 2) * half, half * rng.uniform(0.7, 1.1, 2), 2), 0.08)
        face.blend(inside * spot * rng.uniform(0.5, 0.98), colour)


def lenses(face, row, rng):
    """(changed face, its row)."""
    shapes = lens_shapes(face, rng)
    worn = row["glasses"] == "g"
    kind = rng.choice(["t", "r", "g"], p=[0.5, 0.35, 0.15] if not worn else [0.55, 0.45, 0.0])
    if kind == "t":
        tint(face, shapes, rng)
    if not worn or rng.random() < 0.3:
        frames(face, shapes, rng)
    if kind == "r":
        reflect(face, shapes, rng)
    return {"glasses": kind, "headwear": row["headwear"], "forehead": row["forehead"]}


# --- headwear ------------------------------------------------------------------------------------


def cloth(face, garments, rng, bold=0.5):
    """A picture of fabric, as large as the face's: a garment of another portrait, or drawn; shaded."""
    h, w = face.image.shape[:2]
    base = rng.uniform(0, 255, 3) if rng.random() < 0.6 else np.full(3, rng.uniform(0, 255)) + rng.normal(0, 6, 3)
    if rng.random() < bold:
        patch = garments[rng.integers(len(garments))]
        patch = np.rot90(patch, rng.integers(4))
        k = face.scale * rng.uniform(1.0, 2.5) / patch.shape[0]
        patch = cv2.resize(patch, None, fx=k, fy=k, interpolation=cv2.INTER_LINEAR)
        mirrored = np.concatenate([patch, patch[:, ::-1]], 1)
        mirrored = np.concatenate([mirrored, mirrored[::-1]], 0)
        out = np.tile(mirrored, (h // mirrored.shape[0] + 1, w // mirrored.shape[1] + 1, 1))[:h, :w].astype(np.float32)
        if rng.random() < 0.5:
            out = out[..., rng.permutation(3)]
    else:
        out = np.full((h, w, 3), base, np.float32)
        if rng.random() < 0.3:
            ys, xs = np.mgrid[:h, :w] / face.scale
            a, f = rng.uniform(0, 3.2), rng.uniform(6, 30)
            wave = np.sin((xs * np.cos(a) + ys * np.sin(a)) * f)[..., None]
            out += wave * rng.uniform(-60, 60, 3)
    # Folds: smooth noise, stretched one way.
    folds = rng.normal(0, 1, (9, 5) if rng.random() < 0.5 else (5, 9)).astype(np.float32)
    folds = cv2.resize(folds, (w, h), interpolation=cv2.INTER_CUBIC)
    ys, xs = np.mgrid[:h, :w]
    middle = face.at([[0, -1.6]])[0]
    round_ = 1 - 0.35 * np.clip(np.hypot(xs - middle[0], ys - middle[1]) / (1.4 * face.scale), 0, 1) ** 2
    light = 1 + rng.uniform(-0.35, 0.35) * (xs - middle[0]) / (1.5 * face.scale)
    out *= (round_ * light * (1 + 0.12 * folds))[..., None]
    return np.clip(out + rng.normal(0, 4, (h, w, 1)), 0, 255)


def oval(face, grow):
    """The outline of the face, grown about its middle."""
    p = face.own(OVAL)
    return p.mean(0) + (p - p.mean(0)) * grow


def hat(face, garments, rng):
    """A cap, brimmed hat, beanie or turban."""
    fabric = cloth(face, garments, rng, 0.3)
    rim = rng.uniform(-1.45, -0.95)  # height of the lower edge at the middle
    side = rng.uniform(1.05, 1.3)
    low = rim + rng.uniform(0.0, 0.45)  # at the sides
    top = rng.uniform(-2.6, -2.15)
    x0 = face.own([10])[0][0]
    crown = curve([[x0 - side, low], [x0 - side * 1.02, (low + top) / 2], [x0 - side * 0.6, top + 0.1], [x0, top], [x0 + side * 0.6, top + 0.1],
                   [x0 + side * 1.02, (low + top) / 2], [x0 + side, low]])  # fmt: skip
    half = (rim + low) / 2 - 0.1
    edge = curve([[x0 + side, low], [x0 + side * 0.5, half], [x0, rim], [x0 - side * 0.5, half], [x0 - side, low]])
    face.blend(face.mask(np.concatenate([crown, edge])), fabric)
    kind = rng.random()
    if kind < 0.3:  # a peak
        peak = curve([[x0 - side * 0.85, rim - 0.05], [x0 - side * 0.5, rim + rng.uniform(0.1, 0.3)], [x0, rim + rng.uniform(0.2, 0.45)],
                      [x0 + side * 0.5, rim + 0.25], [x0 + side * 0.85, rim - 0.05]])  # fmt: skip
        face.blend(face.mask(np.concatenate([peak, [[x0 + side * 0.4, rim - 0.15], [x0 - side * 0.4, rim - 0.15]]])), fabric * rng.uniform(0.5, 0.9))
    elif kind < 0.6:  # a brim all round
        out = side * rng.uniform(1.3, 1.8)
        face.blend(face.mask(rounded([x0, (rim + low) / 2 - 0.1], [out, rng.uniform(0.12, 0.3)], 2)), fabric * rng.uniform(0.6, 1.1))
        face.blend(face.mask(np.concatenate([edge - [0, 0.35], (edge - [0, 0.15])[::-1]])), rng.uniform(0, 120, 3))
    elif kind < 0.8:  # a turned-up cuff or turban folds
        for i in range(rng.integers(1, 5)):
            e = edge - [0, 0.18 * i + 0.2] + rng.normal(0, 0.03, 2)
            face.line(e, 0.02, fabric.mean((0, 1)) * rng.uniform(0.4, 0.9))
    return {"headwear": "h" if kind < 0.8 or rng.random() < 0.5 else "", "forehead": "", "brows": "", "glasses": ""}


def band(face, garments, rng):
    """A band or an ornament in the hair."""
    x0 = face.own([10])[0][0]
    colour = cloth(face, garments, rng, 0.2)
    if rng.random() < 0.75:
        y, width, side = rng.uniform(-1.85, -1.35), rng.choice([0.06, 0.12, 0.22, 0.35]), rng.uniform(0.95, 1.2)
        low = rng.uniform(-0.9, -0.5)
        arc = curve([[x0 - side, low], [x0 - side * 0.75, (2 * y + low) / 3], [x0, y], [x0 + side * 0.75, (2 * y + low) / 3], [x0 + side, low]])
        inner = arc + np.array([0, width]) - (arc - [x0, 0]) * [width * 0.8, 0]
        face.blend(face.mask(np.concatenate([arc, inner[::-1]])), colour)
    else:
        where = np.array([x0 + rng.choice([-1, 1]) * rng.uniform(0.3, 1.0), rng.uniform(-1.8, -1.2)])
        if rng.random() < 0.5:
            for a in np.linspace(0, 2 * np.pi, rng.integers(4, 8), endpoint=False):  # a flower or bow
                r = rng.uniform(0.1, 0.2)
                face.blend(face.mask(rounded(where + r * np.array([np.cos(a), np.sin(a)]), [r, r * 0.6], 2, a)), colour * rng.uniform(0.8, 1.2))
        else:
            a = rng.uniform(-1.2, 1.2)
            face.blend(face.mask(rounded(where, [rng.uniform(0.15, 0.35), rng.uniform(0.03, 0.08)], 4, a)), rng.uniform(0, 255, 3))
    return {"headwear": "b", "forehead": "", "brows": "", "glasses": ""}


def scarf(face, garments, rng):
    """Cloth around the face."""
    fabric = cloth(face, garments, rng, 0.5)
    hole = oval(face, rng.uniform(0.96, 1.08))
    hole[:, 1] = np.maximum(hole[:, 1], rng.uniform(-1.35, -1.0))
    half = np.array([[2.4, 4.5], [1.9, 2.0], [1.45, 0.4], [1.45, -0.9], [1.0, -1.9]])
    outer = curve(np.concatenate([half * [-1, 1], [[0, -2.2]], half[::-1]]))
    outer = outer * [rng.uniform(0.85, 1.1), rng.uniform(0.92, 1.08)] + [face.own([10])[0][0] / 2, 0]
    m = face.mask(outer) * (1 - face.mask(hole, 0.012))
    rim = np.clip(cv2.GaussianBlur(m, (0, 0), 0.08 * face.scale) * 1.3, 0, 1)  # shadow at the edge
    face.image = (face.image * (1 - 0.35 * (rim * (1 - m))[..., None])).astype(np.uint8)
    face.blend(m, fabric)
    return {"headwear": "s", "forehead": "", "brows": "", "glasses": ""}


def hats(face, row, rng, garments):
    return [hat, band, scarf][rng.choice(3, p=[0.45, 0.25, 0.3])](face, garments, rng)


# --- eyes ----------------------------------------------------------------------------------------


def eyes(face, row, rng, garments, triangles):
    """Both lids moved down by the mesh; about a quarter of the made pictures only half."""
    matrix_ = affine(face.centre, face.angle, face.scale * 5.1, 288)
    crop = shrink_and_warp(face.image, matrix_, 288, cv2.BORDER_REPLICATE)
    mesh = move(face.mesh, matrix_)
    closed = rng.random() < 0.75
    amount = rng.uniform(0.95, 1.05) if closed else rng.uniform(0.0, 0.4)
    changed = mesh.copy()
    for upper, lower, crease in EYES:
        gap = mesh[lower] - mesh[upper]
        share = rng.uniform(0.7, 0.9)
        changed[upper] += share * amount * gap
        changed[lower] -= (1 - share) * amount * gap
        changed[crease] += 0.4 * amount * gap
    warped, _ = turn(crop, mesh, 0, 0, triangles, changed)
    if closed:  # the lids meet in a dark line of lashes
        for upper, lower, _ in EYES:
            where = np.round((changed[upper, :2] + changed[lower, :2]) / 2 * 16).astype(np.int32)
            shade = warped[where[3, 1] // 16, where[3, 0] // 16] * rng.uniform(0.15, 0.6)
            layer = warped.copy()
            cv2.polylines(layer, [where], False, tuple(int(c) for c in shade), int(rng.integers(1, 4)), cv2.LINE_AA, FINE)
            warped = cv2.addWeighted(layer, 0.8, warped, 0.2, 0)
    back = cv2.invertAffineTransform(matrix_)
    h, w = face.image.shape[:2]
    inside = face.mask(rounded(face.own([33, 263]).mean(0), [1.0, 0.55], 4), 0.08)
    whole = cv2.warpAffine(warped, back, (w, h), flags=cv2.INTER_AREA if face.scale < 56 else cv2.INTER_LINEAR)
    face.blend(inside, whole.astype(np.float32))
    more = rng.random()  # what else is there must not matter
    if more < 0.2:
        hat(face, garments, rng)
    elif more < 0.4 and row["glasses"] == "n":
        frames(face, lens_shapes(face, rng), rng)
    return {"eyes": "c" if closed else "o", "glasses": row["glasses"] if more >= 0.4 else ""}


# --- jewellery -----------------------------------------------------------------------------------


def metal(rng):
    kinds = [[225, 185, 95], [200, 200, 205], [245, 240, 230], [240, 205, 150], [30, 30, 30]]
    if rng.random() < 0.15:
        return rng.uniform(0, 255, 3)
    return np.clip(np.array(kinds[rng.choice(5, p=[0.35, 0.3, 0.2, 0.1, 0.05])]) * rng.uniform(0.6, 1.1), 0, 255)


def jewels(face, row, rng):
    """Earrings on ears that can be seen."""
    colour, kind = metal(rng), rng.choice(["stud", "hoop", "drop"])
    size = rng.uniform(0.03, 0.07) if kind == "stud" else rng.uniform(0.07, 0.22)
    length = rng.uniform(0.12, 0.5)
    for name, i, s in (("ear_l", 234, -1), ("ear_r", 454, 1)):
        if row[name] == "h" or (rng.random() < 0.1 and name == "ear_r" and row["ear_l"] != "h"):
            continue
        lobe = face.own([i])[0] + np.array([s * rng.uniform(0.01, 0.09), rng.uniform(0.3, 0.42)])
        if kind == "stud":
            face.blend(face.mask(rounded(lobe, [size, size], 2), 0.006), colour)
            face.blend(face.mask(rounded(lobe - [0.01, 0.015], [size * 0.4] * 2, 2), 0.006), np.minimum(colour * 1.4 + 30, 255))
        elif kind == "hoop":
            face.line(rounded(lobe + [0, size], [size * rng.uniform(0.3, 1.0), size], 2), rng.uniform(0.012, 0.035), colour, True)
        else:
            face.line([lobe, lobe + [0, length]], 0.012, colour)
            for t in np.linspace(rng.uniform(0, 0.7), 1, rng.integers(1, 4)):
                drop = rounded(lobe + [0, length * t], [rng.uniform(0.03, 0.08), rng.uniform(0.03, 0.1)], rng.choice([2, 4]))
                face.blend(face.mask(drop, 0.006), colour * rng.uniform(0.7, 1.2))
    return {"earring": "y", "ear_l": row["ear_l"], "ear_r": row["ear_r"]}


def chains(face, row, rng):
    """A necklace, where the neckline leaves room."""
    colour, chin = metal(rng), face.own([152])[0]
    wide, start = rng.uniform(0.55, 0.8), chin[1] + rng.uniform(0.1, 0.5)
    deep = start + rng.uniform(0.35, 1.1)
    between = start + 0.62 * (deep - start)
    path = [[-wide, start], [-0.6 * wide, between], [0, deep], [0.6 * wide, between], [wide, start]]
    path = curve(np.array(path) + [chin[0], 0], 120)
    shade = [[p[0] + 0.01, p[1] + 0.02] for p in path]
    face.blend(0.35 * line_mask(face, shade, 0.02), [40, 20, 15])
    if rng.random() < 0.55:
        face.line(path, rng.choice([0.008, 0.014, 0.025]), colour)
    else:  # beads
        size, at = rng.uniform(0.018, 0.075), np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
        for t in np.arange(0, at[-1], size * rng.choice([2.0, 2.0, 5.0])):
            p = np.array([np.interp(t, at, path[:, 0]), np.interp(t, at, path[:, 1])])
            where = tuple(int(v) for v in np.round(face.at([p])[0] * 16))
            radius = max(8, int(size * face.scale * 16))
            cv2.circle(face.image, where, radius, tuple(int(c) for c in colour * rng.uniform(0.75, 1)), -1, cv2.LINE_AA, FINE)
            light = (where[0] - radius // 3, where[1] - radius // 3)
            cv2.circle(face.image, light, radius // 3, tuple(int(c) for c in np.minimum(colour * 1.3 + 25, 255)), -1, cv2.LINE_AA, FINE)
    if rng.random() < 0.5:
        half = rng.uniform(0.02, 0.11, 2)
        face.blend(face.mask(rounded([chin[0], deep + half[1]], half, rng.choice([1.3, 2, 5])), 0.006), colour * rng.uniform(0.5, 1.1))
    return {"necklace": "y", "neckline": row["neckline"], "pattern": row["pattern"]}


def line_mask(face, points, width):
    m = np.zeros(face.image.shape[:2], np.uint8)
    where = np.round(face.at(points) * 2**FINE).astype(np.int32)
    cv2.polylines(m, [where], False, 255, max(1, round(width * face.scale)), cv2.LINE_AA, FINE)
    return m.astype(np.float32) / 255


# --- garments ------------------------------------------------------------------------------------


def garment(face, rng):
    """0..1 on what looks like one piece of cloth below the chin; None where it is not clear."""
    h, w = face.image.shape[:2]
    soft = cv2.bilateralFilter(face.image, 5, 30, 5)
    closed = np.zeros((h + 2, w + 2), np.uint8)
    closed[1:-1, 1:-1] = 1 - (face.mask([[-4, 1.45], [4, 1.45], [4, 9], [-4, 9]]) > 0.5)
    step = int(rng.integers(5, 9))
    coat = [(-0.9, 2.5), (0.9, 2.5), (-0.6, 2.2), (0.6, 2.2), (-1.2, 2.8), (1.2, 2.8), (0, 2.6)]
    shirt = [(-0.3, 1.9), (0.3, 1.9), (-0.22, 2.2), (0.22, 2.2), (-0.45, 1.75), (0.45, 1.75)]
    tint = cv2.cvtColor(soft, cv2.COLOR_RGB2LAB)[..., 1:].astype(int)
    cheek = np.median([tint[int(y), int(x)] for x, y in face.mesh[[50, 280, 205, 425], :2].clip(0, [w - 1, h - 1])], 0)
    for x, y in shirt if rng.random() < 0.25 else coat:
        px, py = (int(v) for v in face.at([[x, y]])[0])
        if 0 <= px < w and 0 <= py < h and not closed[py + 1, px + 1] and np.abs(tint[py, px] - cheek).max() > 9:
            cv2.floodFill(soft, closed, (px, py), 0, (step,) * 3, (step,) * 3, 4 | cv2.FLOODFILL_MASK_ONLY | (2 << 8))
    m = (closed[1:-1, 1:-1] == 2).astype(np.uint8)
    m = cv2.morphologyEx(m, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    share = m.mean() / max(1e-6, (closed[1:-1, 1:-1] != 1).mean()) if m.sum() > 0.2 * face.scale**2 else 0
    return cv2.GaussianBlur(m.astype(np.float32), (0, 0), 0.7) if 0.05 < share < 0.8 else None


def weave(image, m, scale, rng):
    """A picture whose garment, 0..1 in `m`, has stripes, checks, dots, flowers or a weave; None where nothing can be seen of it.

    `scale`: pixels in one unit of the face's scale.
    """
    h, w = m.shape
    ys, xs = np.mgrid[:h, :w] / scale
    a = rng.choice([rng.normal(0, 0.15), rng.normal(1.57, 0.1), rng.uniform(0, 3.14)], p=[0.5, 0.2, 0.3])
    f = np.exp(rng.uniform(np.log(2.2), np.log(9)))  # repeats in one unit of the face's scale
    thin, kind, strength = rng.uniform(0.08, 0.5), rng.random(), rng.uniform(35, 90)
    fine = rng.random() < 0.6  # pinstripes, faint checks
    if fine:
        f, thin, kind, strength = np.exp(rng.uniform(np.log(3), np.log(16))), rng.uniform(0.08, 0.3), 0.6 * rng.random(), rng.uniform(20, 60)
        f = min(f, scale / 4)  # four pixels a repeat at least
    u, v = (xs * np.cos(a) + ys * np.sin(a)) * f, (ys * np.cos(a) - xs * np.sin(a)) * f
    if kind < 0.35:
        shape = (u % 1 < thin).astype(np.float32)
    elif kind < 0.6:
        shape = ((u % 1 < thin).astype(np.float32) + (v % 1 < thin)) / 2
        shape = (shape > 0).astype(np.float32) if thin < 0.2 else shape
    elif kind < 0.72:
        shape = (np.hypot(u % 1 - 0.5, (v + 0.5 * (u // 1 % 2)) % 1 - 0.5) < rng.uniform(0.15, 0.35)).astype(np.float32)
    else:  # flowers, leaves, spots, a weave: thresholded smooth noise
        rough = rng.normal(0, 1, (max(3, int(h / scale * f)), max(3, int(w / scale * f)))).astype(np.float32)
        shape = (cv2.resize(rough, (w, h), interpolation=cv2.INTER_CUBIC) > rng.uniform(0.2, 0.9)).astype(np.float32)
    inside = image[m > 0.5].astype(float)
    base = inside.mean(0)
    if fine or rng.random() < 0.5:  # tone in tone
        lighter = rng.random() < (0.85 if fine else 0.5)
        colour = np.clip(base + (strength if lighter else -strength) + rng.normal(0, 12, 3), 0, 255)
    else:
        colour = rng.uniform(0, 255, 3)
        if np.abs(colour - base).max() < 60:
            colour = 255 - base
    shade = np.clip(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / max(20.0, base.mean()), 0.5, 1.5)[..., None]
    shape = cv2.GaussianBlur(shape, (0, 0), max(0.3, 0.008 * scale))
    out = blend(image, m * shape * rng.uniform(0.5, 1.0), colour * shade)
    if kind >= 0.72 and rng.random() < 0.6:
        other = np.roll(shape, (h // 3, w // 4), (0, 1))
        out = blend(out, m * other * rng.uniform(0.5, 1.0), rng.uniform(0, 255, 3) * shade)
    return out if np.percentile(np.abs(out[m > 0.5] - inside).max(1), 90) >= 12 else None


def patterns(face, row, rng):
    m = garment(face, rng)
    made = None if m is None else weave(face.image, m, face.scale, rng)
    if made is None:
        return None
    face.image = made
    return {"pattern": "k", "neckline": row["neckline"], "necklace": row["necklace"]}


# --- all -----------------------------------------------------------------------------------------


def cut_group(face, group):
    parts = PATCHES[GROUPS[group]]
    where = [matrix(p, face.mesh, pool.WIDE, pool.GROW) for p in parts]
    return np.stack([shrink_and_warp(face.image, m, pool.WIDE, cv2.BORDER_REPLICATE) for m in where])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--cache", type=Path, required=True)
    args.add_argument("--split", default="train", choices=["train", "val"])
    args.add_argument("--count", type=int, default=1200, help="made pictures of each kind")
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    cv2.setNumThreads(1)
    rows = labels.load(args.data)
    portraits = [p for p in data.load(args.data) if p.split == args.split and p.id in rows]
    torso, items, _ = pool.load(args.cache, "real")
    bold = [i for i, (_, _, row) in enumerate(items) if row["pattern"] in "pk" and row["neckline"] != "x"]
    garments = [np.array(torso[i][6][84:112, k : k + 28]) for i in bold[:: max(1, len(bold) // 600)] for k in (12, 84)]
    sharp = [p.mesh for p in portraits if p.pupil_distance > 40]
    mean = geometry.mean_face(sharp, geometry.mirror_order(sharp))
    triangles = triangulation(mean * 100)
    kinds = {
        "lenses": ("face", lambda r: r["glasses"] in "ng" and r["headwear"] == "n", lenses),
        "hats": ("face", lambda r: r["headwear"] == "n", lambda f, r, g: hats(f, r, g, garments)),
        "eyes": ("face", lambda r: r["eyes"] == "o" and r["glasses"] in "ng", lambda f, r, g: eyes(f, r, g, garments, triangles)),
        "jewels": ("ears", lambda r: r["earring"] == "n" and (r["ear_l"] + r["ear_r"]) in ("vv", "vp", "pv", "pp", "vh", "hv"), jewels),
        "chains": ("body", lambda r: r["necklace"] == "n" and r["neckline"] in "rl", chains),
        "patterns": ("body", lambda r: r["pattern"] == "p" and r["neckline"] != "x", patterns),
    }
    for k, (name, (group, fits, make)) in enumerate(kinds.items()):
        name = name if args.split == "train" else f"val-{name}"
        if (args.cache / f"{name}.npy").exists():
            continue
        rng, count = np.random.default_rng([args.seed, k]), args.count * (2 if name == "patterns" else 1)
        some = [p for p in portraits if fits(rows[p.id])]
        # Small pictures hold little of what is drawn on them: they are taken less often.
        chance = np.array([min(1.0, 0.3 + p.pupil_distance / 80) for p in some])
        out = []
        for i in rng.choice(len(some), count, p=chance / chance.sum()):
            face, row = Face(some[i]), rows[some[i].id]
            new = make(face, row, rng)
            if new is None:
                continue
            patches = cut_group(face, group) if args.split == "train" else cut(face.image, face.mesh)
            out.append((some[i].id, "made", new, patches))
        pool.write(args.cache, name, out, group if args.split == "train" else "all")


if __name__ == "__main__":
    sys.exit(main())
