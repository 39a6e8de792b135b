"""Light, lens and file on a patch: the landmark recipe's accidents, milder, at any size."""

import cv2
import numpy as np


def lights(image, rng):
    x = np.arange(256) / 255.0
    gamma, gain, lift = np.exp(rng.normal(0, 0.25)), np.exp(rng.normal(0, 0.18)), rng.normal(0, 0.04)
    cast = np.exp(rng.normal(0, 0.06, 3))
    table = np.stack([np.clip(gain * c * x**gamma + lift, 0, 1) for c in cast], 1) * 255
    return cv2.LUT(image, table.astype(np.uint8)[None])


def colours(image, rng):
    """Another hue and saturation; for garments, whose colour says nothing."""
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + int(rng.integers(180))) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.3, 1.6), 0, 255).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def lens_and_file(image, rng, least):
    """`least`: the share of its pixels that a patch keeps; stripes and chains must stay to be seen."""
    size = image.shape[0]
    kind = rng.random()
    if kind < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.6))
    elif kind < 0.4:
        small = int(rng.uniform(least, 0.8) * size)
        image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        image = cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC)
    if rng.random() < 0.15:
        noise = rng.standard_normal((size, size, 1 if rng.random() < 0.5 else 3), np.float32) * rng.uniform(2, 12)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        quality = int(rng.uniform(25, 90))
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)
    return image


def jitter(stored, size, grow, flip, rng):
    """A patch of `size` pixels cut from one stored `grow` times as wide, as a mesh's errors would move it."""
    side = stored.shape[0]
    k = size * grow / side * np.exp(rng.normal(0, 0.05))
    a = np.radians(rng.normal(0, 3))
    linear = k * np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    if flip:
        linear[0] = -linear[0]
    middle = (side - 1) / 2
    move = np.clip(rng.normal(0, 0.035, 2), -0.09, 0.09) * size
    matrix = np.column_stack([linear, (size - 1) / 2 + move - linear @ [middle, middle]])
    return cv2.warpAffine(stored, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def disturb(stored, size, grow, flip, garment, rng):
    image = jitter(stored, size, grow, flip, rng)
    if garment and rng.random() < 0.3:
        image = colours(image, rng)
    if rng.random() < 0.04:
        image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    image = lens_and_file(lights(image, rng) if rng.random() < 0.8 else image, rng, 0.6 if garment else 0.25)
    if rng.random() < 0.06:
        x, y = rng.integers(0, size, 2)
        w, h = rng.integers(size // 12, size // 4, 2)
        image[y : y + h, x : x + w] = rng.integers(0, 256, 3)
    return image
