"""Hold something before the lower face of a portrait, and say how much of it is covered.

No portrait of the data has a mask, and only a few a hand or a microphone before the face. What covers a face is opaque and lies in
front of it, so it can be laid there: rendered hands (hands.py) in the person's own tone, masks, microphones, cups, telephones, cards and
scarves, each also beside the face.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parent / "landmarks"), str(HERE.parent / "attributes")]
from crops import frame  # noqa: E402
from portraits import FIVE  # noqa: E402

# Mesh indices around the face below the eyes: along the jaw from ear to ear, and back under the eyes (MediaPipe).
LOWER = [234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 347, 197, 118]  # fmt: skip
CHEEKS = [50, 280]
KINDS = {"hand": 0.42, "mask": 0.2, "thing": 0.28, "scarf": 0.1}
APART = 0.063  # metres between the pupils
ACROSS = 0.27  # metres that a rendered hand's picture is wide (hands.py)


def filled(size, polygon):
    out = np.zeros(size, np.uint8)
    cv2.fillPoly(out, [np.round(np.asarray(polygon) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return out.astype(np.float32) / 255


class Face:
    """A portrait as things are held before it; `axes`: pixels of one unit of the face's scale to the right and down."""

    def __init__(self, image, mesh):
        self.image, self.size, self.points = image, image.shape[:2], mesh[:, :2]
        _, angle, self.unit = frame(mesh[list(FIVE), :2])
        c, s = np.cos(angle) * self.unit, np.sin(angle) * self.unit
        self.axes = np.array([[c, s], [-s, c]])
        self.lower = filled(self.size, self.points[LOWER])
        self.apart = np.linalg.norm(mesh[FIVE[1], :2] - mesh[FIVE[0], :2])

    def at(self, place, about):
        """Points (n, 2) in the face's units about a point, in pixels."""
        return np.asarray(place) @ self.axes + about

    def tone(self):
        """Mean colour of the cheeks."""
        patch = sum(filled(self.size, self.points[c] + 0.12 * self.unit * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])) for c in CHEEKS)
        weight = patch[..., None] + 1e-6
        return (self.image * weight).sum((0, 1)) / weight.sum((0, 1))

    def target(self, rng):
        """A point of the lower face, mostly near the mouth."""
        mouth = self.points[[13, 14]].mean(0)
        return mouth + self.unit * np.array([0.3, 0.25]) * rng.normal(0, 1, 2)


def texture(size, others, rng):
    """Something of `size` (rows, columns): a plain colour, or a piece of another picture."""
    if rng.random() < 0.45 or not others:
        out = np.broadcast_to(rng.choice([rng.uniform(5, 60), rng.uniform(0, 255), rng.uniform(200, 250)]) * np.exp(rng.normal(0, 0.25, 3)), (*size, 3))
    else:
        other = others[rng.integers(len(others))]
        h, w = other.shape[:2]
        side = int(rng.uniform(0.15, 0.5) * min(h, w))
        y, x = rng.integers(0, h - side), rng.integers(0, w - side)
        out = cv2.resize(other[y : y + side, x : x + side], size[::-1], interpolation=cv2.INTER_LINEAR)
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32) / max(size)
    slope = rng.normal(0, 0.6, 2)
    return np.clip(out * np.exp(slope[0] * (x - 0.5) + slope[1] * (y - 0.5))[..., None] * rng.uniform(0.7, 1.1), 0, 255).astype(np.float32)


def hand(face, hands, others, rng):
    """(colours, alpha) of a hand, as large as the face; the same tone as the cheeks, mostly."""
    picture = hands[rng.integers(len(hands))].astype(np.float32)
    colours, alpha = picture[..., :3], picture[..., 3] / 255
    r, g, b = np.moveaxis(colours, 2, 0)
    skin = (alpha > 0.9) & (r > g + 8) & (g > b)  # not the sleeve
    inside = np.argwhere(skin if skin.sum() > 500 else alpha > 0.9)
    anchor = inside[rng.integers(len(inside))][::-1]
    middle = np.median(colours[tuple(inside.T)], 0)
    tone = face.tone() * np.exp(rng.normal(0, 0.04, 3) + rng.normal(0, 0.12))
    if rng.random() < 0.1:
        tone = tone * rng.uniform(0.5, 1.4)
    colours = np.clip(tone * (np.maximum(colours, 1) / np.maximum(middle, 1)) ** rng.uniform(0.6, 1.0), 0, 255)
    k = face.apart / APART * ACROSS / picture.shape[1] * rng.uniform(0.85, 1.2)
    angle, flip = np.radians(rng.normal(0, 25)), rng.choice([-1, 1])
    c, s = k * np.cos(angle), k * np.sin(angle)
    linear = np.array([[c, -s], [s, c]]) * [[flip, 1]]
    to = np.column_stack([linear, face.target(rng) - linear @ anchor])
    if k < 0.7:  # several pixels of the render fall on one
        colours, alpha = (cv2.GaussianBlur(v, (0, 0), 0.35 / k) for v in (colours * alpha[..., None], alpha))
        colours /= np.maximum(alpha, 1e-3)[..., None]
    warp = [cv2.warpAffine(v, to, face.size[::-1], flags=cv2.INTER_LINEAR) for v in (colours, alpha)]
    return warp


def mask(face, hands, others, rng):
    """A mask from ear to ear, over the nose or below it; with loops and folds."""
    top = face.points[rng.choice([197, 195, 5, 4, 2, 0], p=[0.25, 0.25, 0.15, 0.15, 0.1, 0.1])]
    jaw = face.points[[93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323]]
    ends = [face.points[a] + rng.uniform(0.0, 0.25) * (face.points[b] - face.points[a]) for a, b in ((323, 280), (93, 50))]
    middle = face.points[152]
    jaw = jaw + (jaw - jaw.mean(0)) * rng.uniform(-0.08, 0.08) + (middle - top) * rng.uniform(-0.05, 0.06)
    rise = face.axes[1] * rng.uniform(0.0, 0.12)
    outline = np.vstack([jaw, ends[:1], [top + 0.4 * face.axes[0] + rise, top, top - 0.4 * face.axes[0] + rise], ends[1:]])
    alpha = filled(face.size, outline)
    colour = np.array(
        [[150, 190, 215], [235, 238, 240], [22, 22, 25], [170, 205, 190], [225, 180, 190], [60, 70, 110]][rng.choice(6, p=[0.35, 0.25, 0.2, 0.08, 0.06, 0.06])]
    )
    picture = np.broadcast_to(colour * np.exp(rng.normal(0, 0.08, 3)), (*face.size, 3)).astype(np.float32)
    if rng.random() < 0.1:
        picture = texture(face.size, others, rng)
    # Light falls on it as on the face: bright in the middle, darker towards the jaw.
    across = ((np.mgrid[: face.size[0], : face.size[1]][::-1].reshape(2, -1).T - top) @ np.linalg.inv(face.axes)).reshape(*face.size, 2)
    shade = 1 - rng.uniform(0.1, 0.4) * np.clip(np.hypot(across[..., 0], across[..., 1] - 0.4), 0, 1.2)
    for at in rng.uniform(0.1, 0.7, rng.integers(0, 4)):  # folds
        shade = shade * (1 - 0.15 * np.exp(-(((across[..., 1] - at - 0.1 * across[..., 0] ** 2) / 0.02) ** 2)))
    loops = np.zeros(face.size, np.uint8)
    for end, ear in ((ends[0], 454), (ends[1], 234)):
        cv2.line(loops, *[tuple(int(v * 16) for v in p) for p in (end, face.points[ear])], 255, max(1, round(0.02 * face.unit)), cv2.LINE_AA, 4)
    return np.clip(picture * shade[..., None], 0, 255), np.maximum(alpha, loops.astype(np.float32) / 255)


def thing(face, hands, others, rng):
    """A microphone, a cup, a telephone, a card or a ball before the mouth or the chin."""
    kind, about = rng.choice(["microphone", "cup", "flat", "round"]), face.target(rng)
    tilt = rng.normal(0, 0.35)
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    circle = np.stack([np.cos(t := np.linspace(0, 2 * np.pi, 60)), np.sin(t)], 1)
    parts = []
    if kind == "microphone":
        wide = rng.uniform(0.16, 0.32)
        parts.append(circle * [wide, wide * rng.uniform(1, 1.4)])
        parts.append(np.array([[-0.7 * wide, 0.5 * wide], [0.7 * wide, 0.5 * wide], [0.5 * wide, 3], [-0.5 * wide, 3]]))
    elif kind == "round":
        parts.append(circle * rng.uniform(0.15, 0.5, 2))
    else:
        wide, high = (rng.uniform(0.25, 0.45), rng.uniform(0.4, 0.7)) if kind == "cup" else rng.uniform(0.25, 0.9, 2)
        narrow = rng.uniform(0.75, 1) if kind == "cup" else 1.0
        parts.append(np.array([[-wide, -high], [wide, -high], [narrow * wide, high], [-narrow * wide, high]]))
    alpha, picture = np.zeros(face.size, np.float32), np.zeros((*face.size, 3), np.float32)
    for part in parts[::-1]:
        shape = face.at(part @ turn, about)
        cover = filled(face.size, shape)
        skin = texture(face.size, [] if kind == "microphone" else others, rng)
        if kind == "microphone":
            skin *= 0.35
        side = ((np.mgrid[: face.size[0], : face.size[1]][::-1].reshape(2, -1).T - about) @ np.linalg.inv(face.axes) @ turn.T).reshape(*face.size, 2)[..., 0]
        if kind != "flat":  # round about its axis
            skin = skin * (1 - 0.6 * np.clip(np.abs(side) / (np.abs(part[:, 0]).max() + 1e-3), 0, 1) ** 2)[..., None]
        picture = cover[..., None] * skin + (1 - cover[..., None]) * picture
        alpha = np.maximum(alpha, cover)
    return picture, alpha


def scarf(face, hands, others, rng):
    """Cloth over the chin, up to the mouth or the nose."""
    height = rng.uniform(0.0, 1.0)
    top = face.points[152] * (1 - height) + face.points[4] * height
    across = np.linspace(-1.4, 1.4, 40)
    edge = rng.uniform(-0.1, 0.3) * across**2 + 0.03 * np.cumsum(rng.normal(0, 0.5, 40)) * 0.3
    below = np.stack([across[::-1], np.full(40, 3.0)], 1)
    alpha = filled(face.size, face.at(np.vstack([np.stack([across, -edge], 1), below]), top))
    return texture(face.size, others, rng), alpha


def held(image, mesh, hands, others, rng):
    """(kind, the portrait with something before it, share of the lower face that it covers)."""
    face = Face(image, mesh)
    kind = rng.choice(list(KINDS), p=list(KINDS.values()))
    colours, alpha = {"hand": hand, "mask": mask, "thing": thing, "scarf": scarf}[kind](face, hands, others, rng)
    if kind != "mask" and rng.random() < 0.22:  # beside the face
        away = rng.choice([-1, 1]) * rng.uniform(0.8, 1.4) * face.axes[0] + rng.uniform(0.3, 1.2) * face.axes[1]
        m = np.float32([[1, 0, away[0]], [0, 1, away[1]]])
        colours, alpha = (cv2.warpAffine(v, m, face.size[::-1]) for v in (colours, alpha))
    soft = max(0.012 * face.unit * rng.uniform(0.2, 1.5), 0.3)
    alpha = cv2.GaussianBlur(alpha, (0, 0), soft)
    shadow = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.03, 0.12) * face.unit)
    m = np.float32([[1, 0, rng.normal(0, 0.05) * face.unit], [0, 1, rng.uniform(0, 0.08) * face.unit]])
    out = image * (1 - rng.uniform(0, 0.5) * cv2.warpAffine(shadow, m, face.size[::-1]))[..., None]
    colours = cv2.GaussianBlur(np.asarray(colours, np.float32), (0, 0), max(0.5 * soft, 0.3))
    out = out + alpha[..., None] * (colours - out)
    if rng.random() < 0.5:  # nothing is too clean
        out = out + rng.normal(0, rng.uniform(0.5, 4), image.shape)
    return kind, np.clip(out, 0, 255).astype(np.uint8), float((alpha * face.lower).sum() / max(face.lower.sum(), 1))


def lit(image, mesh, rng):
    """The portrait as light, lens and retouching may change it, with nothing before the face: a shadow with an edge, smoothed skin, another exposure."""
    out, size = image.astype(np.float32), image.shape[:2]
    if rng.random() < 0.5:
        _, angle, unit = frame(mesh[list(FIVE), :2])
        middle, way = mesh[4, :2] + unit * rng.normal(0, 0.4, 2), rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
        beyond = ((x - middle[0]) * np.cos(way) + (y - middle[1]) * np.sin(way)) / unit
        beyond = beyond + 0.1 * np.sin(rng.uniform(2, 8) * (x - middle[0]) / unit)  # of a nose or of hair
        dark = rng.uniform(0.1, 0.7) ** (1 / 2.2)
        out *= (1 - (1 - dark) / (1 + np.exp(-np.clip(beyond / rng.uniform(0.005, 0.15), -40, 40))))[..., None]
    if rng.random() < 0.5:
        smooth = cv2.bilateralFilter(np.clip(out, 0, 255).astype(np.uint8), 9, rng.uniform(20, 70), rng.uniform(2, 7)).astype(np.float32)
        out += rng.uniform(0.5, 1.0) * (smooth - out)
    return np.clip(255 * np.clip(out / 255, 0, 1) ** np.exp(rng.normal(0, 0.2)) * np.exp(rng.normal(0, 0.08, 3)), 0, 255).astype(np.uint8)
