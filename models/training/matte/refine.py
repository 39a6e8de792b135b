"""The matte at the photo's size: a guided filter along the outline (the program unmixes by colour first)."""

import cv2
import numpy as np


def guided(guide, p, radius, eps):
    """Guided filter (He et al. 2013) with a colour guide: a and b of `p` = a . guide + b along the guide's edges; all 0..1."""
    k = (2 * radius + 1,) * 2

    def mean(a):
        return cv2.blur(a, k, borderType=cv2.BORDER_REFLECT_101)

    m, mp = mean(guide), mean(p)
    cov = mean(guide * p[..., None]) - m * mp[..., None]
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    rr, rg, rb, gg, gb, bb = (mean(guide[..., i] * guide[..., j]) - m[..., i] * m[..., j] + (eps if i == j else 0) for i, j in pairs)
    # Inverse of the symmetric 3 x 3 by cofactors.
    c00, c01, c02 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    c11, c12, c22 = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    determinant = np.maximum(rr * c00 + rg * c01 + rb * c02, 1e-12)
    x, y, z = cov[..., 0], cov[..., 1], cov[..., 2]
    a = np.stack([c00 * x + c01 * y + c02 * z, c01 * x + c11 * y + c12 * z, c02 * x + c12 * y + c22 * z], -1) / determinant[..., None]
    b = mp - np.einsum("yxc,yxc->yx", a, m)
    return mean(a), mean(b)


def refine(picture, alpha, radius, eps, shrink=1, band=(0.02, 0.98), blend=1.0):
    """`alpha` (0..1, as large as `picture`) drawn to the picture's edges where it is neither 0 nor 1.

    `radius` in pixels of the picture; `shrink`: the filter's coefficients are found on a picture
    that many times smaller (He and Sun 2015).
    """
    h, w = alpha.shape
    guide = picture.astype(np.float32) / 255
    size = (max(1, w // shrink), max(1, h // shrink))
    small, low = (cv2.resize(v, size, interpolation=cv2.INTER_AREA) for v in (guide, alpha))
    a, b = guided(small, low, max(1, round(radius / shrink)), eps)
    drawn = np.clip(np.einsum("yxc,yxc->yx", cv2.resize(a, (w, h)), guide) + cv2.resize(b, (w, h)), 0, 1)
    edge = ((alpha > band[0]) & (alpha < band[1])).astype(np.uint8)
    edge = cv2.GaussianBlur(cv2.dilate(edge, np.ones((3, 3), np.uint8)).astype(np.float32), (0, 0), 1.0) * blend
    return alpha + edge * (drawn - alpha)
