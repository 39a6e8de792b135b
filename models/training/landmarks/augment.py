"""What may happen to a face crop between the studio and the program: light, lens, file, obstacles."""

import cv2
import numpy as np

from crops import POOL, SIDE, affine, frame, move, shrink_and_warp
from model import SIZE


def lights(image, rng):
    """Exposure, contrast, colour cast by one table per channel; then a shading across the face."""
    x = np.arange(256) / 255.0
    gamma, gain, lift = np.exp(rng.normal(0, 0.35)), np.exp(rng.normal(0, 0.3)), rng.normal(0, 0.06)
    cast = np.exp(rng.normal(0, 0.08, 3))
    table = np.stack([np.clip(gain * c * x**gamma + lift, 0, 1) for c in cast], 1) * 255
    image = cv2.LUT(image, table.astype(np.uint8)[None])
    if rng.random() < 0.25:
        a, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.85)
        ys, xs = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
        ramp = (xs * np.cos(a) + ys * np.sin(a)) * rng.uniform(1, 4)
        shade = 1 - strength / (1 + np.exp(-3 * ramp))
        image = np.clip(image * shade[..., None], 0, 255).astype(np.uint8)
    if rng.random() < 0.08:
        image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    return image


def lens_and_file(image, rng):
    """Out of focus, motion, too few pixels, noise, JPEG."""
    if rng.random() < 0.2:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.004, 0.02) * SIZE)
    elif rng.random() < 0.1:
        n = int(rng.integers(3, 11))
        kernel = np.zeros((n, n), np.float32)
        kernel[n // 2] = 1 / n
        kernel = cv2.warpAffine(kernel, cv2.getRotationMatrix2D((n / 2 - 0.5,) * 2, rng.uniform(0, 180), 1), (n, n))
        image = cv2.filter2D(image, -1, kernel / kernel.sum())
    if rng.random() < 0.2:
        small = int(rng.uniform(0.2, 0.75) * SIZE)
        image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        image = cv2.resize(image, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.2:
        noise = rng.standard_normal((SIZE, SIZE, 1 if rng.random() < 0.5 else 3), np.float32) * rng.uniform(2, 16)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        quality = int(rng.uniform(15, 85))
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)
    return image


def glasses(image, mesh, rng):
    """Frames with clear, shining or tinted lenses, where the eyes are."""
    colour = tuple(int(c) for c in rng.integers(0, 90, 3))
    width = float(np.linalg.norm(mesh[473, :2] - mesh[468, :2]))
    axes = (int(width * rng.uniform(0.33, 0.44)), int(width * rng.uniform(0.22, 0.38)))
    tilt = float(np.degrees(np.arctan2(*(mesh[263, :2] - mesh[33, :2])[::-1])))
    drop = rng.uniform(-0.02, 0.1) * width
    layer, thick = image.copy(), max(1, int(width * rng.uniform(0.02, 0.07)))
    centres = [mesh[[33, 133], :2].mean(0), mesh[[263, 362], :2].mean(0)]
    tint = rng.random() < 0.45
    for c in centres:
        c = (int(c[0]), int(c[1] + drop))
        if tint:
            cv2.ellipse(layer, c, axes, tilt, 0, 360, colour, -1, cv2.LINE_AA)
        elif rng.random() < 0.3:
            cv2.ellipse(layer, c, (axes[0] // 2, axes[1] // 3), tilt + rng.uniform(-40, 40), 0, 360, (250, 250, 250), -1)
    opacity = rng.uniform(0.5, 1.0)
    image = cv2.addWeighted(layer, opacity, image, 1 - opacity, 0)
    for c in centres:
        cv2.ellipse(image, (int(c[0]), int(c[1] + drop)), axes, tilt, 0, 360, colour, thick, cv2.LINE_AA)
    cv2.line(image, tuple(int(v) for v in mesh[133, :2]), tuple(int(v) for v in mesh[362, :2]), colour, thick, cv2.LINE_AA)
    return image


def obstacle(image, other, rng):
    """A patch of another picture, or of plain colour, over a part of the crop."""
    cx, cy = rng.uniform(0, SIZE, 2)
    axes = tuple(int(v) for v in rng.uniform(0.04, 0.23, 2) * SIZE)
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.ellipse(mask, (int(cx), int(cy)), axes, rng.uniform(0, 180), 0, 360, 255, -1)
    fill = np.full_like(image, rng.integers(0, 255, 3)) if rng.random() < 0.5 else other
    return np.where(mask[..., None] > 0, fill, image)


def jitter(five, rng, calm=False):
    """The crop that a detector's five points (calm: the mesh of a first pass) might give: centre, angle, side in pool pixels."""
    centre, angle, scale = frame(five)
    side = scale * SIDE
    spread = 1.0 if rng.random() < 0.85 else 2.2
    spread = 0.4 if calm else spread
    centre = centre + rng.normal(0, 0.035, 2) * side * spread
    angle += np.radians(rng.normal(0, 5) * spread)
    return centre, angle, side * np.exp(rng.normal(0, 0.07) * spread)


def face(picture, mesh, mirror, other, calm, rng):
    """(crop, mesh in 0..1 of the crop)."""
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
        mesh = mesh[mirror] * np.array([-1, 1, 1], np.float32) + np.array([POOL - 1, 0, 0], np.float32)
    matrix = affine(*jitter(mesh[[468, 473, 1, 61, 291], :2], rng, calm), SIZE)
    border = cv2.BORDER_REPLICATE if rng.random() < 0.6 else cv2.BORDER_CONSTANT
    crop = shrink_and_warp(picture, matrix, SIZE, border)
    mesh = move(mesh, matrix)
    if calm:
        return crop, mesh / SIZE
    if rng.random() < 0.15:
        crop = glasses(crop, mesh, rng)
    if rng.random() < 0.2:
        crop = obstacle(crop, other, rng)
    return lens_and_file(lights(crop, rng), rng), mesh / SIZE


def not_a_face(picture, mesh, rng):
    """A crop of a pooled picture that misses the face, or holds it far too small, large or cut."""
    centre, angle, scale = frame(mesh[[468, 473, 1, 61, 291], :2])
    way = rng.uniform(0, 2 * np.pi)
    side = scale * SIDE * np.exp(rng.uniform(-0.9, 0.2))
    shift = rng.uniform(0.3, 0.55) * scale * SIDE + 0.3 * side
    matrix = affine(centre + shift * np.array([np.cos(way), np.sin(way)]), rng.uniform(-3, 3), side, SIZE)
    return lens_and_file(lights(shrink_and_warp(picture, matrix, SIZE, cv2.BORDER_REPLICATE), rng), rng)


def scenery(picture, rng):
    """A random square of a picture without people."""
    h, w = picture.shape[:2]
    side = rng.uniform(0.2, 1.0) * min(h, w)
    centre = np.array([rng.uniform(side / 2, w - side / 2), rng.uniform(side / 2, h - side / 2)])
    matrix = affine(centre, rng.uniform(-0.4, 0.4), side, SIZE)
    return lens_and_file(lights(shrink_and_warp(picture, matrix, SIZE, cv2.BORDER_REFLECT), rng), rng)


def decoy(picture, five, rng):
    """The crop that the program would make of something that is no face."""
    matrix = affine(*jitter(five, rng), SIZE)
    crop = shrink_and_warp(picture, matrix, SIZE, cv2.BORDER_REPLICATE)
    if rng.random() < 0.5:
        crop = np.ascontiguousarray(crop[:, ::-1])
    return lens_and_file(lights(crop, rng), rng) if rng.random() < 0.6 else crop
