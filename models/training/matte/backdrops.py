"""What training lays behind a cut-out person: photographs, rooms, studio canvases, clutter that touches the head."""

import cv2
import numpy as np
from model import HEIGHT, WIDTH

SIZE = WIDTH, HEIGHT
STUDIO = np.array([[100, 197, 255], [67, 142, 219], [255, 255, 255], [240, 240, 240], [200, 205, 210], [120, 130, 140], [200, 30, 40], [40, 60, 140], [225, 215, 200]], np.float32)


def field(rng, n):
    """A smooth random surface, about -1 to 1; `n` sets how many hills."""
    return cv2.resize(rng.uniform(-1, 1, (n, n)).astype(np.float32), SIZE, interpolation=cv2.INTER_CUBIC)


def worn(one, rng):
    """A colour of the person: the hair's (what lies highest), the garment's (lowest) or any."""
    ys, xs = np.nonzero(one.alpha[::4, ::4] > 250)
    if len(ys) == 0:
        return np.full(3, 200, np.float32)
    n, way = len(ys), rng.random()  # in the order of the rows
    k = rng.integers(max(1, n // 12)) if way < 0.3 else n - 1 - rng.integers(max(1, n // 3)) if way < 0.65 else rng.integers(n)
    return np.clip(one.colour[ys[k] * 4, xs[k] * 4] + rng.normal(0, 8, 3), 0, 255).astype(np.float32)


def paint(one, rng):
    """A colour of the backdrop: a studio's, any, or one that the person wears."""
    way = rng.random()
    if way < 0.4:
        return np.clip(STUDIO[rng.integers(len(STUDIO))] + rng.normal(0, 6, 3), 0, 255).astype(np.float32)
    return rng.uniform(0, 255, 3).astype(np.float32) if way < 0.55 else worn(one, rng)


def surroundings(one):
    """The room of a portrait as a whole square: what the person hides is filled with the mirror image of what lies beside."""
    x0, y0, x1, y1 = one.box
    picture, person = one.picture[y0:y1, x0:x1], cv2.dilate(one.alpha[y0:y1, x0:x1], np.ones((25, 25), np.uint8)) > 20
    h, w = person.shape
    rows, columns = np.tile(np.arange(h)[:, None], w), np.tile(np.arange(w), (h, 1))
    last = None
    for y in range(h):
        hidden = np.flatnonzero(person[y])
        if len(hidden):
            left, right = hidden[0], w - 1 - hidden[-1]
            if left + right < 0.25 * w:
                if last is None:
                    return None
                up = max(0, 2 * last - y)
                rows[y], columns[y] = rows[up], columns[up]
                continue
            seam = left + (w - left - right) * left // (left + right)
            for at, n, mirrored in ((np.arange(left, seam), left, False), (np.arange(hidden[-1], seam - 1, -1), right, True)):
                away = (at[0] - at if mirrored else at - at[0]) if len(at) else at
                k = away % max(1, 2 * n)
                back = np.minimum(k, 2 * n - 1 - k)  # 0 is the pixel beside the hole
                columns[y, at] = hidden[-1] + 1 + back if mirrored else left - 1 - back
        last = y
    side = one.alpha.shape[0]
    return cv2.resize(np.ascontiguousarray(picture[rows, np.clip(columns, 0, w - 1)]), (side, side), interpolation=cv2.INTER_AREA)


def photograph(pictures, least, rng):
    """A part of one of the pictures, at least `least` of its side."""
    picture = pictures[rng.integers(len(pictures))]
    side = rng.uniform(least, 1.0) * picture.shape[0]
    x, y = rng.uniform(0, picture.shape[0] - side, 2)
    k = HEIGHT / side
    out = cv2.warpAffine(picture, np.array([[k, 0, -k * x], [0, k, -k * y]]), SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    if rng.random() < 0.5:
        out = out[:, ::-1]
    if rng.random() < 0.4:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.7, 6))
    return np.ascontiguousarray(out).astype(np.float32)


def canvas(one, rng):
    """A wall or a studio's canvas."""
    out = np.ones((HEIGHT, WIDTH, 3), np.float32) * paint(one, rng)
    if rng.random() < 0.6:  # uneven light
        out *= (1 + rng.uniform(0.02, 0.3) * field(rng, int(rng.integers(2, 5))))[..., None]
    if rng.random() < 0.3:  # from one colour to another
        down = rng.random() < 0.7
        t = np.clip(0.5 + np.linspace(-0.7, 0.7, HEIGHT if down else WIDTH, dtype=np.float32) * rng.uniform(-1, 1), 0, 1)
        t = t[:, None, None] if down else t[None, :, None]
        out = out * t + (paint(one, rng) if rng.random() < 0.5 else np.clip(out * rng.uniform(0.5, 1.4), 0, 255)) * (1 - t)
    if rng.random() < 0.2:  # folds of cloth
        y, x = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j].astype(np.float32)
        angle, bend = rng.normal(0, 0.5), field(rng, 4) * rng.uniform(0, 0.15)
        folds = sum(np.sin((x * np.cos(angle) + y * np.sin(angle) + bend) * f + rng.uniform(0, 6)) for f in rng.uniform(15, 70, 3))
        out += (folds * rng.uniform(1, 10) * (0.6 + 0.4 * field(rng, 5)))[..., None]
    if rng.random() < 0.15:  # mottled
        out += (field(rng, int(rng.integers(8, 40))) * rng.uniform(3, 15))[..., None]
    return out


def box(out, x, y, w, h, colour, line=-1):
    cv2.rectangle(out, (int(x), int(y)), (int(x + w), int(y + h)), [float(c) for c in colour], line)


def panels(out, one, top, rng):
    """Frames, screens, doors; half of the time one whose edge runs behind the head."""
    for _ in range(rng.integers(1, 4)):
        x, y, w, h = (*rng.integers(-WIDTH // 3, WIDTH, 2), *rng.integers(10, WIDTH, 2))
        if rng.random() < 0.5:
            x, y = top[0] - rng.uniform(0, w), top[1] + rng.uniform(-6, 60) - rng.choice([0, h])
        box(out, x, y, w, h, paint(one, rng), -1 if rng.random() < 0.6 else int(rng.integers(2, 7)))


def shelves(out, one, top, rng):
    """Boards across the picture, one often just above the head, with books on them."""
    wood, pitch, thick = paint(one, rng), rng.uniform(30, 110), rng.uniform(2, 14)
    first = top[1] + rng.normal(0, 8) if rng.random() < 0.6 else rng.uniform(0, pitch)
    left, right = sorted(rng.uniform(-0.4, 1.4, 2) * WIDTH) if rng.random() < 0.3 else (-1, WIDTH + 1)
    for y in np.arange(first % pitch - pitch, HEIGHT, pitch):
        x = left
        while rng.random() < 0.97 and x < right:
            w, h = rng.uniform(3, 18), rng.uniform(0.4, 0.95) * pitch
            box(out, x, y - h, min(w, right - x), h, worn(one, rng) if rng.random() < 0.4 else rng.uniform(0, 255, 3))
            x += w + (rng.uniform(0, 40) if rng.random() < 0.15 else 0)
        box(out, left, y, right - left, thick, wood)
        box(out, left, y + thick, right - left, thick * 0.5, wood * rng.uniform(0.5, 0.9))


def bars(out, one, top, rng):
    """Blinds, planks, railings, window bars: parallel lines, often with grain."""
    pitch, share, down = rng.uniform(6, 50), rng.uniform(0.08, 0.9), rng.random() < 0.6
    a, b = paint(one, rng), paint(one, rng)
    if rng.random() < 0.6:
        b = np.clip(a * rng.uniform(0.5, 1.3), 0, 255)
    n = WIDTH if down else HEIGHT
    on = ((np.arange(n) + rng.uniform(0, pitch)) % pitch < share * pitch).astype(np.float32)
    on = on[None, :] if down else on[:, None]
    grain = cv2.resize(rng.normal(0, 1, (6, WIDTH) if down else (HEIGHT, 6)).astype(np.float32), SIZE) * rng.uniform(0, 14)
    lines = on[..., None] * a + (1 - on[..., None]) * b + grain[..., None]
    only = on * np.ones((HEIGHT, WIDTH), np.float32) if rng.random() < 0.4 else np.ones((HEIGHT, WIDTH), np.float32)
    only[: int(max(0, rng.uniform(-0.5, 0.6)) * HEIGHT)] = 0
    out += only[..., None] * (lines - out)


def flag(out, one, top, rng):
    """Stripes in folds at one side."""
    w, x = rng.uniform(25, 90), np.arange(WIDTH, dtype=np.float32)
    left = rng.choice([rng.uniform(-30, 50), WIDTH - w - rng.uniform(-30, 50)])
    folds = np.sin(x / rng.uniform(3, 10) + rng.uniform(0, 6)) + 0.6 * np.sin(x / rng.uniform(2, 6))
    slope = rng.normal(0, 1.5)
    y = np.arange(HEIGHT, dtype=np.float32)[:, None] + slope * x + folds * rng.uniform(0, 6)
    colours = np.array([worn(one, rng) if rng.random() < 0.3 else rng.choice([[190, 25, 45], [245, 245, 245], [35, 50, 110], rng.uniform(0, 255, 3)]) for _ in range(3)])
    stripes = colours[(y // rng.uniform(7, 45)).astype(int) % rng.integers(1, 4)] * (1 + 0.15 * folds)[None, :, None]
    edge = left + rng.normal(0, 0.08) * np.arange(HEIGHT)[:, None]
    there = (x > edge) & (x < edge + w) & (np.arange(HEIGHT)[:, None] > rng.uniform(-60, 120))
    out[there] = stripes[there]


def chair(out, one, top, rng):
    """A back of a chair or sofa behind the shoulders; a round seal on the wall."""
    x, y = WIDTH / 2 + rng.normal(0, 35), HEIGHT * rng.uniform(0.35, 0.8)
    w, h = rng.uniform(60, 200), rng.uniform(60, 200)
    colour = worn(one, rng) if rng.random() < 0.5 else rng.uniform(0, 200, 3)
    if rng.random() < 0.25:
        x, y, w = rng.uniform(0, WIDTH), rng.uniform(0.2, 1) * HEIGHT, rng.uniform(30, 120)
        for r in np.arange(w / 2, 3, -rng.uniform(4, 16)):
            cv2.circle(out, (int(x), int(y)), int(r), [float(c) for c in np.clip(colour * rng.uniform(0.5, 1.5), 0, 255)], -1)
        return
    top_end = np.full((HEIGHT, WIDTH), 0, np.uint8)
    cv2.ellipse(top_end, (int(x), int(y + 0.3 * h)), (int(w / 2), int(0.3 * h)), 0, 0, 360, 255, -1)
    box(top_end, x - w / 2, y + 0.3 * h, w, HEIGHT, [255])
    there = top_end > 0
    out[there] = (colour * (1 + 0.12 * field(rng, 6))[..., None])[there]


def leaves(out, one, top, rng):
    """A bush, a crowd of blots: up to as many as hide the wall."""
    middle, spread = rng.uniform(0, 1, 2) * SIZE, rng.uniform(30, 160)
    base = worn(one, rng) if rng.random() < 0.5 else np.array([60, 110, 40]) * rng.uniform(0.4, 1.8)
    for _ in range(rng.integers(30, 250)):
        x, y = rng.normal(middle, spread)
        axes = int(rng.uniform(2, 14)), int(rng.uniform(1, 6))
        colour = np.clip(base * rng.uniform(0.4, 1.5) + rng.normal(0, 10, 3), 0, 255)
        cv2.ellipse(out, (int(x), int(y)), axes, rng.uniform(0, 180), 0, 360, [float(c) for c in colour], -1)


CLUTTER = panels, shelves, bars, flag, chair, leaves


def backdrop(one, alpha, photographs, rooms, rng):
    """HEIGHT x WIDTH x 3 float32 to lie behind the person, who has this alpha in the crop."""
    way = rng.random()
    if way < 0.25:
        out, busy = photograph(photographs, 0.3, rng), 0.15
    elif way < 0.5 and rooms:
        out, busy = photograph(rooms, 0.6, rng), 0.15
    else:
        out, busy = canvas(one, rng), 0.5
    if rng.random() < busy:
        rows = np.flatnonzero(alpha.max(1) > 0.5)
        y = rows[0] if len(rows) else 0
        top = alpha[y].argmax(), y
        for i in rng.choice(len(CLUTTER), rng.integers(1, 4), replace=False):
            CLUTTER[i](out, one, top, rng)
        out = np.clip(out, 0, 255)
        if rng.random() < 0.5:
            out *= (1 + rng.uniform(0.02, 0.25) * field(rng, 3))[..., None]
        if rng.random() < 0.5:
            out = cv2.GaussianBlur(out, (0, 0), np.exp(rng.uniform(-0.7, 1.4)))
    return out


def shade(out, alpha, rng):
    """The person's shadow on the backdrop."""
    size = rng.uniform(2, 14)
    move = np.array([[1, 0, rng.normal(0, 14)], [0, 1, rng.normal(4, 8)]])
    shadow = cv2.GaussianBlur(cv2.warpAffine(alpha, move, SIZE, borderMode=cv2.BORDER_REPLICATE), (0, 0), size)
    return out * (1 - rng.uniform(0.1, 0.6) * shadow)[..., None]
