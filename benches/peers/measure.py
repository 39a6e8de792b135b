"""Errors of a matte and of a picture put before another backdrop, against the exact ones."""

import cv2
import numpy as np

CLASSES = {"ears": (2, 3), "hair": (5,), "glasses": (10,)}  # of the renders' masks


def gradient(a):
    a = cv2.GaussianBlur(a, (0, 0), 1.4)
    return np.hypot(cv2.Sobel(a, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(a, cv2.CV_32F, 0, 1, scale=1 / 8))


def wider(mask, pixels):
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * pixels + 1,) * 2, np.uint8)) > 0


def edge_of(truth):
    """The band in which person and backdrop mix, and three pixels on either side."""
    return wider((truth > 0.02) & (truth < 0.98), 3)


def matte(found, truth):
    """As models/training/matte/evaluate.py has them, and the mean error in the band alone."""
    edge = edge_of(truth)
    both, either = ((found > 0.5) & (truth > 0.5)).sum(), ((found > 0.5) | (truth > 0.5)).sum()
    off = np.abs(found - truth)
    return dict(
        iou=both / max(1, either), mae=off.mean(), band=off[edge].mean(), gradient=np.abs(gradient(found) - gradient(truth))[edge].mean()
    )


def composite(found, exact, truth, classes, old, new):
    """sRGB pictures (0..255 float). Levels: mean over channels. Halo: how far the band leans towards the old
    backdrop, in percent of the way from the new one to it; bitten: how far away from it."""
    edge = edge_of(truth)
    off = np.abs(found - exact).mean(-1)
    out = dict(whole=off.mean(), edge=off[edge].mean())
    out["delta"] = ciede2000(lab(found[edge]), lab(exact[edge])).mean()
    for name, ids in CLASSES.items():
        near = wider(np.isin(classes, ids), 6) & wider(edge, 4)
        if np.isin(classes, ids).sum() > 30 and near.any():
            out[name] = off[near].mean()
    way = old - np.asarray(new, float)
    lean = ((found - exact) * way).sum(-1) / np.maximum((way**2).sum(-1), 1)
    out["halo"] = 100 * np.maximum(lean, 0)[edge].mean()
    out["bitten"] = 100 * np.maximum(-lean, 0)[edge].mean()
    return out


def lab(rgb):
    """sRGB 0..255, any shape ending in 3, to L*a*b* (D65)."""
    v = np.asarray(rgb, np.float64) / 255
    v = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    m = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    t = v @ m.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def ciede2000(p, q):
    """CIE 142-2001, weights 1; as Sharma, Wu and Dalal (2005) write it."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(p, -1, 0), np.moveaxis(q, -1, 0)
    c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 1.5 - 0.5 * np.sqrt(c**7 / (c**7 + 25.0**7))
    a1, a2 = a1 * g, a2 * g
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    grey = c1 * c2 == 0
    dh = np.where(grey, 0, (h2 - h1 + 180) % 360 - 180)
    big = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh / 2))
    h = np.where(grey, h1 + h2, (h1 + dh / 2) % 360)
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    cos = lambda d: np.cos(np.radians(d))  # noqa: E731
    t = 1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.2 * cos(4 * h - 63)
    sl = 1 + 0.015 * (lm - 50) ** 2 / np.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    turn = -np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2)))) * 2 * np.sqrt(cm**7 / (cm**7 + 25.0**7))
    x, y, z = (l2 - l1) / sl, (c2 - c1) / sc, big / sh
    return np.sqrt(np.maximum(x * x + y * y + z * z + turn * y * z, 0))
