"""What goes wrong with real captures: exposure, colour, blur, noise, JPEG, things before the face."""

import cv2
import numpy as np


def flat(r, w, h):
    """A plain, graded, striped or noisy background."""
    colour = r.uniform(0, 255, 3) if r.random() < 0.6 else np.full(3, r.uniform(0, 255)) + r.normal(0, 8, 3)
    if r.random() < 0.25:
        colour = np.array([r.uniform(60, 130), r.uniform(150, 220), r.uniform(220, 255)])  # studio blue
    image = np.empty((h, w, 3), np.float32)
    image[:] = colour
    kind = r.random()
    if kind < 0.4:
        other = colour + r.normal(0, 60, 3)
        ramp = np.linspace(0, 1, h, dtype=np.float32)[:, None] * r.uniform(-1, 1)
        ramp = ramp + np.linspace(0, 1, w, dtype=np.float32)[None] * r.uniform(-1, 1)
        image += np.clip(ramp, 0, 1)[..., None] * (other - colour).astype(np.float32)
    elif kind < 0.6:
        coarse = r.normal(0, r.uniform(10, 60), (r.integers(2, 40), r.integers(2, 40), 3)).astype(np.float32)
        image += cv2.resize(coarse, (w, h), interpolation=int(r.choice([cv2.INTER_NEAREST, cv2.INTER_LINEAR])))
    elif kind < 0.7:
        wave = np.sin(np.arange(w) * r.uniform(0.05, 1.5)) * r.uniform(10, 60)
        image += wave[None, :, None].astype(np.float32)
        if r.random() < 0.5:
            image += (np.sin(np.arange(h) * r.uniform(0.05, 1.5)) * r.uniform(10, 60))[:, None, None].astype(np.float32)
    image = np.clip(image, 0, 255).astype(np.uint8)
    for _ in range(r.integers(0, 8) if r.random() < 0.3 else 0):
        c = tuple(int(v) for v in r.integers(0, 256, 3))
        at = (int(r.integers(w)), int(r.integers(h)))
        if r.random() < 0.5:
            cv2.ellipse(image, at, tuple(int(v) for v in r.integers(3, 90, 2)), int(r.integers(180)), 0, 360, c, -1)
        else:
            cv2.rectangle(image, at, tuple(int(v) for v in np.array(at) + r.integers(3, 140, 2)), c, -1)
    return image


def occlude(r, image, mesh):
    """A hat, glasses, a mask, a hand-like blob or hair over part of the face, drawn on the picture."""
    up = mesh[10] - mesh[152]  # chin to forehead
    side = mesh[454] - mesh[234]  # left to right cheek
    height, width = np.linalg.norm(up), np.linalg.norm(side)
    if height < 14 or width < 8:
        return
    tilt = np.degrees(np.arctan2(side[1], side[0]))
    colour = tuple(int(v) for v in (r.integers(0, 256, 3) if r.random() < 0.6 else np.full(3, r.integers(0, 90))))
    kind = r.random()

    def poly(points, c=colour):
        cv2.fillPoly(image, [np.round(np.array(points) * 8).astype(np.int32)], c, cv2.LINE_AA, 3)

    if kind < 0.3:  # hat: everything above a line between the hairline and the brows
        line = r.uniform(-0.16, 0.02)
        a, b = mesh[234] * 1.0, mesh[454] * 1.0
        top = mesh[10] + up * line
        grow = r.uniform(0.1, 0.35)
        left, right = top + (a - b) * (0.5 + grow), top + (b - a) * (0.5 + grow)
        crown = up * r.uniform(0.25, 0.6)
        poly([left, right, right * 0.75 + left * 0.25 + crown, left * 0.75 + right * 0.25 + crown])
        if r.random() < 0.5:
            poly([left - side * 0.15, right + side * 0.15, right + up * 0.06, left + up * 0.06],
                 tuple(int(v * 0.7) for v in colour))
    elif kind < 0.65:  # glasses, from thin frames to opaque lenses
        thick = max(1, round(height * r.uniform(0.008, 0.035)))
        solid, shape = r.random() < 0.5, r.random() < 0.5
        layer = image.copy()
        for pupil in (mesh[468], mesh[473]):
            axes = (max(1, round(width * r.uniform(0.15, 0.21))), max(1, round(height * r.uniform(0.09, 0.15))))
            at = tuple(int(v) for v in pupil)
            if shape:
                cv2.ellipse(layer, at, axes, tilt, 0, 360, colour, -1 if solid else thick, cv2.LINE_AA)
            else:
                box = cv2.boxPoints((tuple(map(float, pupil)), (2.0 * axes[0], 2.0 * axes[1]), tilt)).astype(np.int32)
                cv2.drawContours(layer, [box], -1, colour, -1 if solid else thick, cv2.LINE_AA)
        cv2.line(layer, tuple(int(v) for v in mesh[133]), tuple(int(v) for v in mesh[362]), colour, thick, cv2.LINE_AA)
        mix = r.uniform(0.4, 1.0)
        cv2.addWeighted(layer, mix, image, 1 - mix, 0, dst=image)
    elif kind < 0.75:  # mask over nose and mouth
        poly([mesh[234] - up * 0.05, mesh[6] - up * 0.1, mesh[454] - up * 0.05, mesh[365], mesh[152] - up * 0.04, mesh[136]])
    else:  # blob: a hand, hair, a microphone
        skin = image[int(np.clip(mesh[50, 1], 0, image.shape[0] - 1)), int(np.clip(mesh[50, 0], 0, image.shape[1] - 1))]
        c = tuple(int(v) for v in skin) if r.random() < 0.6 else colour
        at = mesh[r.integers(468)]
        for _ in range(r.integers(1, 5)):
            axes = (max(1, round(width * r.uniform(0.06, 0.22))), max(1, round(height * r.uniform(0.1, 0.35))))
            cv2.ellipse(image, tuple(int(v) for v in at), axes, float(r.uniform(0, 180)), 0, 360, c, -1, cv2.LINE_AA)
            at = at + r.normal(0, 0.08 * width, 2)


def photometric(r, image, noise):
    h, w = image.shape[:2]
    if r.random() < 0.2:
        image = blur(r, image)
    if r.random() < 0.85:
        image = tone(r, image)
    if r.random() < 0.1:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if r.random() < 0.2:
        y, x = r.integers(512 - h + 1), r.integers(512 - w + 1)
        grain = noise[y:y + h, x:x + w] * np.float32(np.exp(r.uniform(np.log(2), np.log(18))))
        image = cv2.add(image, grain, dtype=cv2.CV_8U)
    if r.random() < 0.15:
        quality = int(r.integers(15, 80))
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)
    return image


def tone(r, image):
    """Exposure, gamma, contrast and colour cast as one table per channel."""
    x = np.arange(256, dtype=np.float64) / 255
    rough = r.random() < 0.3
    stops = r.uniform(-2.6, 1.8) if rough else r.normal(0, 0.35)
    gains = np.exp(r.normal(0, 0.22 if rough else 0.07, 3))
    gamma, contrast = np.exp(r.normal(0, 0.3 if rough else 0.12)), np.exp(r.normal(0, 0.3 if rough else 0.12))
    lift = r.normal(0, 0.08 if rough else 0.02)
    table = np.empty((256, 1, 3))
    for c in range(3):
        linear = x ** 2.2 * 2.0 ** stops * gains[c]  # light, not code values: clips as a camera clips
        y = np.clip(linear, 0, 1) ** (gamma / 2.2)
        table[:, 0, c] = (y - 0.5) * contrast + 0.5 + lift
    return cv2.LUT(image, np.clip(table * 255, 0, 255).astype(np.uint8))


def blur(r, image):
    size = np.exp(r.uniform(np.log(0.6), np.log(4.0)))
    if r.random() < 0.6:
        return cv2.GaussianBlur(image, (0, 0), size)
    n = int(2 * size) * 2 + 1
    kernel = np.zeros((n, n), np.float32)
    t, c = r.uniform(0, np.pi), n // 2
    d = (np.array([np.cos(t), np.sin(t)]) * c).round().astype(int)
    cv2.line(kernel, (int(c - d[0]), int(c - d[1])), (int(c + d[0]), int(c + d[1])), 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum())
