"""The pictures the detector is judged on: none was trained on, each comes out the same every time."""

import cv2
import numpy as np

import distort
from compose import Canvas, Composer, matrix_for

W, H = 720, 960  # a capture's shape; big enough that letterboxing shrinks it, as it will in use


def truth(mesh):
    """(box, five points as [5, 2]) of a mesh in picture pixels."""
    points = mesh[:468]
    return np.concatenate([points.min(0), points.max(0)]), mesh[[468, 473, 1, 61, 291]]


def no_faces(people, wallpapers, stamps):
    """[(name, picture)]: landscapes, animals, things, bodies without heads, heads from behind, nothing."""
    r = np.random.default_rng(11)
    out = []
    for k in range(2):
        for p in wallpapers:
            image = p.levels[0][0]
            h, w = image.shape[:2]
            if k:  # a portrait-shaped crop besides the whole picture
                cw = min(w, int(h * 0.75))
                x = r.integers(w - cw + 1)
                image = image[:, x:x + cw]
            out.append((f"wallpaper{k}:{p.name}", image))
    for p in stamps[::2]:
        canvas = Canvas(W, H, distort.flat(r, W, H))
        canvas.place(p, matrix_for(r, p, r.uniform(0.3, 0.8) * W, (W / 2, H / 2), 0, warp=False))
        out.append((f"stamp:{p.name}", canvas.image))
    for p in people[::6]:
        x0, y0, x1, y1 = p.box
        body = p.levels[0][0][int(y1 + 0.04 * (y1 - y0)):]
        if min(body.shape[:2]) >= 40:
            out.append((f"body:{p.name}", body))
    composer = Composer(people, wallpapers, stamps, 12)
    for k in range(50):
        canvas = Canvas(W, H, composer.background(W, H))
        for _ in range(4):
            composer.add_distractor(canvas)
        out.append((f"parts:{k}", canvas.image))
    for k in range(12):
        out.append((f"plain:{k}", np.full((H, W, 3), r.integers(0, 256, 3), np.uint8)))
    for k in range(12):
        noise = r.normal(r.uniform(40, 220), r.uniform(5, 80), (H >> k % 4, W >> k % 4, 3)).clip(0, 255).astype(np.uint8)
        out.append((f"noise:{k}", cv2.resize(noise, (W, H))))
    for k in range(40):
        out.append((f"texture:{k}", distort.flat(r, W, H)))
    return out


def pasted(people, wallpapers, share, angle=0.0, seed=21):
    """[(name, picture, [mesh])]: every other portrait, its face `share` of the picture's height."""
    composer = Composer(people, wallpapers, [], seed)
    r, out = composer.rng, []
    for k, p in enumerate(people[::2]):
        canvas = Canvas(W, H, composer.background(W, H))
        wander = 0.0 if share > 0.6 else 0.25
        centre = (0.5 + wander * r.uniform(-1, 1, 2)) * [W, H]
        turn = angle * (1 if k % 2 else -1)
        m = matrix_for(r, p, share * H, centre, turn, warp=False)
        cut = p.levels[0][1] is not None
        canvas.place(p, m, use_alpha=cut, replicate=not cut)
        out.append((p.name, canvas.image, [p.mesh @ m[:, :2].T + m[:, 2]]))
    return out


def pairs(people, wallpapers):
    """[(name, picture, [front mesh, back mesh])]: a smaller, blurred second person behind the first."""
    composer = Composer(people, wallpapers, [], 31)
    r, out = composer.rng, []
    cut = [p for p in people if p.levels[0][1] is not None]
    for k in range(200):
        front, back = cut[r.integers(len(cut))], cut[r.integers(len(cut))]
        canvas = Canvas(W, H, composer.background(W, H))
        side = 1 if k % 2 else -1
        small = r.uniform(0.10, 0.2) * H
        mb = matrix_for(r, back, small, (W / 2 - side * r.uniform(0.27, 0.38) * W, r.uniform(0.2, 0.4) * H), r.normal(0, 5), warp=False)
        canvas.place(back, mb)
        canvas.image[:] = cv2.GaussianBlur(canvas.image, (0, 0), r.uniform(0.01, 0.045) * small)
        mf = matrix_for(r, front, r.uniform(0.3, 0.4) * H, (W / 2 + side * 0.16 * W, 0.5 * H), r.normal(0, 5), warp=False)
        canvas.place(front, mf)
        out.append((f"{front.name}+{back.name}", canvas.image,
                    [front.mesh @ mf[:, :2].T + mf[:, 2], back.mesh @ mb[:, :2].T + mb[:, 2]]))
    return out


def treated(people):
    """{treatment: [(name, picture, [mesh])]}: every fourth portrait after each kind of bad capture."""
    def light(stops):
        table = (np.clip((np.arange(256) / 255) ** 2.2 * 2.0 ** stops, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
        return lambda im, p: cv2.LUT(im, table)

    kinds = {
        "under-exposed 3 stops": light(-3), "over-exposed 2 stops": light(2),
        "grey": lambda im, p: cv2.cvtColor(cv2.cvtColor(im, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB),
        "tinted": lambda im, p: (im * [1.0, 0.62, 0.4]).astype(np.uint8),
        "blurred 5 % of face": lambda im, p: cv2.GaussianBlur(im, (0, 0), 0.05 * (p.box[3] - p.box[1])),
        "JPEG 15": lambda im, p: cv2.imdecode(cv2.imencode(".jpg", im, [cv2.IMWRITE_JPEG_QUALITY, 15])[1], 1),
        "noise 20": lambda im, p: cv2.add(im, np.random.default_rng(5).normal(0, 20, im.shape), dtype=cv2.CV_8U),
        "top cut at the brows": lambda im, p: im[int(p.box[1] + 0.2 * (p.box[3] - p.box[1])):],
        "side cut at a pupil": lambda im, p: np.ascontiguousarray(im[:, int(p.mesh[468, 0]):]),
    }
    out = {}
    for kind, change in kinds.items():
        rows = []
        for p in people[::4]:
            shift = np.zeros(2)
            if kind.startswith("top"):
                shift = np.array([0, int(p.box[1] + 0.2 * (p.box[3] - p.box[1]))])
            if kind.startswith("side"):
                shift = np.array([int(p.mesh[468, 0]), 0])
            rows.append((p.name, change(p.levels[0][0], p), [p.mesh - shift]))
        out[kind] = rows
    return out
