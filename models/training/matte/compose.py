"""The pool of cut-out people, and the pictures that training makes of them: other backdrops (backdrops.py), light, lens, file."""

import csv
import json
import pickle
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.append(str(Path(__file__).resolve().parent.parent / "landmarks"))
import portraits as data  # noqa: E402
from crops import frame, shrink_and_warp  # noqa: E402
from backdrops import backdrop, shade  # noqa: E402
from model import HEIGHT, WIDTH  # noqa: E402

UNIT = 30  # pixels of the crop in one unit of the face's scale; the crop spans 7.47 by 8.53 units
DROP = 1.0  # how far its middle lies below the middle of eyes and mouth, units
SIZE = WIDTH, HEIGHT
POOL = 320  # side of the pool's squares
POOL_UNIT = 320 / 8.4
POOL_DROP = 0.4
NOBODY = (0, 15)  # classes of a render's mask that are not the person: background, other person


def place(five, unit=UNIT, drop=DROP, size=SIZE):
    """2 x 3 matrix from the picture to the head-and-shoulders crop: upright, as the program lays it."""
    (x, y), _, scale = frame(np.asarray(five))
    k = unit / scale
    return np.array([[k, 0, size[0] / 2 - k * x], [0, k, size[1] / 2 - k * (y + drop * scale)]])


def crop(image, matrix, size=SIZE):
    """The crop, averaging where it shrinks; outside the picture, the picture's border goes on."""
    side = max(size)
    margin = np.array([[0, 0, (side - size[0]) / 2], [0, 0, (side - size[1]) / 2]])
    x, y = margin[:, 2].astype(int)
    return shrink_and_warp(image, matrix + margin, side, cv2.BORDER_REPLICATE)[y : y + size[1], x : x + size[0]]


def inside(matrix, width, height):
    """x0, y0, x1, y1 of the picture in a crop: the pixels whose middle it covers."""
    k = matrix[0, 0]
    corners = matrix[:, 2], matrix[:, 2] + k * np.array([width - 1, height - 1])
    return [int(v) for v in np.concatenate([np.ceil(corners[0] - 0.5 * k), np.floor(corners[1] + 0.5 * k) + 1])]


@dataclass
class Cut:
    """A person in the pool's square: picture, colours without backdrop, alpha, where alpha is known."""

    id: str
    source: str
    kind: str  # plain, cluttered, render
    picture: np.ndarray
    colour: np.ndarray
    alpha: np.ndarray
    known: np.ndarray
    box: list  # the picture in the square


def spread(image, mask, sigma):
    """The masked pixels' colours, carried outwards."""
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    w = cv2.resize(mask.astype(np.float32), small.shape[1::-1], interpolation=cv2.INTER_AREA)
    out, covered = 0, 1e-4
    for s in (sigma, 4 * sigma, 16 * sigma):
        k = cv2.GaussianBlur(np.dstack([small * w[..., None], w]), (0, 0), s / 4, borderType=cv2.BORDER_REPLICATE)
        left = np.clip(1 - covered / 0.1, 0, 1)
        left = left[..., None] if np.ndim(left) else left
        out, covered = out + k[..., :3] * left, covered + k[..., 3] * (left[..., 0] if np.ndim(left) else left)
    return cv2.resize(out / covered[..., None], image.shape[1::-1])


def clean(picture, alpha):
    """The person's own colours: the backdrop's share taken out of the mixed pixels."""
    image = picture.astype(np.float32)
    own, behind = spread(image, alpha > 0.97, 3), spread(image, alpha < 0.03, 4)
    a = alpha.astype(np.float32)[..., None]
    taken = np.clip((image - (1 - a) * behind) / np.maximum(a, 0.1), 0, 255)
    sure = np.clip((a - 0.2) / 0.6, 0, 1)
    return (sure * taken + (1 - sure) * (0.7 * own + 0.3 * taken)).astype(np.uint8)


def cut(id, source, kind, image, alpha, known, five):
    matrix = place(five, POOL_UNIT, POOL_DROP, (POOL, POOL))
    picture, both = crop(image, matrix, (POOL, POOL)), crop(np.dstack([alpha, known, known]), matrix, (POOL, POOL))
    x0, y0, x1, y1 = inside(matrix, *image.shape[1::-1])
    box = [max(0, x0), max(0, y0), min(POOL, x1), min(POOL, y1)]
    colour = clean(picture, both[..., 0] / 255) if kind != "cluttered" else picture[:1, :1]
    return Cut(id, source, kind, picture, colour, both[..., 0], both[..., 1] > 250, box)


def kept(path, make):
    """What `make` gives, from the file `path` where an earlier run left it."""
    if path.exists():
        return pickle.loads(path.read_bytes())
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".new").write_bytes(pickle.dumps(made))
    path.with_suffix(".new").replace(path)
    return made


def portraits(folder, teacher, split, most=None):
    """The cuts of the portraits that have a matte so far (`most` of them); kept in TEACHER/cuts."""
    rows = {r["id"]: r for r in csv.DictReader(open(Path(teacher) / "index.csv", newline=""))}
    chosen = [p for p in data.load(folder) if p.split == split and p.id in rows and rows[p.id]["kind"] != "rejected"]
    if most and most < len(chosen):
        chosen = [chosen[i] for i in sorted(np.random.default_rng(0).choice(len(chosen), most, replace=False))]
    for p in chosen:
        row = rows[p.id]
        # Where much of the outline is unknown, a cut-out would carry its old backdrop along.
        kind = "cluttered" if float(row["unknown"]) > 0.04 else row["kind"]

        def make(p=p, kind=kind):
            matte = cv2.imread(str(Path(teacher) / f"{p.id}.png"))
            return cut(p.id, p.source, kind, p.image(), matte[..., 0], matte[..., 1], p.five)

        yield kept(Path(teacher) / "cuts" / f"{p.id}.pickle", make)


def person_of(mask):
    """Alpha of a render from its mask of classes."""
    return np.where(np.isin(mask, NOBODY), 0, 255).astype(np.uint8)


def render_five(truth):
    """The five points of a render, in photogate's order."""
    names = ["pupil_right", "pupil_left", "nose_tip", "mouth_right", "mouth_left"]
    return np.array([[truth["landmarks"][n]["x"], truth["landmarks"][n]["y"]] for n in names])


def renders(folders):
    """The cuts of renders: NAME.jpg, NAME.mask.png, NAME.json."""
    for path in sorted(f for d in folders for f in Path(d).glob("*.mask.png")):
        stem = path.with_name(path.name.removesuffix(".mask.png"))
        truth = json.loads(stem.with_suffix(".json").read_text())
        if truth.get("landmarks"):
            mask = person_of(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
            image = cv2.cvtColor(cv2.imread(str(stem.with_suffix(".jpg"))), cv2.COLOR_BGR2RGB)
            yield cut(stem.name, "renders", "render", image, mask, np.full_like(mask, 255), render_five(truth))


def company(out, others, rng):
    """Somebody else in the backdrop: not the person."""
    other = others[rng.integers(len(others))]
    if other.kind == "cluttered":
        return out
    k = UNIT / POOL_UNIT * rng.uniform(0.45, 1.0)
    x = WIDTH * (0.5 + rng.choice([-1, 1]) * rng.uniform(0.3, 0.6))
    at = np.array([[k, 0, x - k * POOL / 2], [0, k, rng.uniform(0.3, 0.6) * HEIGHT - k * POOL / 2]])
    behind = cv2.warpAffine(np.dstack([other.colour, other.alpha]), at, SIZE, borderMode=cv2.BORDER_CONSTANT)
    if rng.random() < 0.5:
        behind = behind[:, ::-1]
    a = behind[..., 3:].astype(np.float32) / 255
    out = out * (1 - a) + behind[..., :3] * a
    return cv2.GaussianBlur(out, (0, 0), rng.uniform(0.7, 3)) if rng.random() < 0.3 else out


def light(image, rng):
    """Exposure, contrast and colour cast."""
    gamma, gain, lift = np.exp(rng.normal(0, 0.25)), np.exp(rng.normal(0, 0.2)), rng.normal(0, 0.04)
    cast = np.exp(rng.normal(0, 0.06, 3))
    x = np.arange(256) / 255.0
    table = np.stack([np.clip(gain * c * x**gamma + lift, 0, 1) for c in cast], 1) * 255
    return cv2.LUT(image, table.astype(np.uint8)[None])


def lens_and_file(image, alpha, rng):
    """Out of focus (the matte with it), too few pixels, noise, JPEG."""
    if rng.random() < 0.12:
        sigma = rng.uniform(0.4, 1.8)
        image, alpha = cv2.GaussianBlur(image, (0, 0), sigma), cv2.GaussianBlur(alpha, (0, 0), sigma)
    if rng.random() < 0.1:
        k = rng.uniform(0.4, 0.8)
        image = cv2.resize(cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), SIZE, interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.2:
        noise = rng.standard_normal((HEIGHT, WIDTH, 1 if rng.random() < 0.5 else 3), np.float32) * rng.uniform(2, 12)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(25, 90))])[1], 1)
    return image, alpha


def from_pool(zoom=1.0, shift=(0, 0)):
    """2 x 3 matrix from the pool's square to the crop; `shift` in units."""
    k = zoom * UNIT / POOL_UNIT
    middle = POOL / 2 + POOL_UNIT * (np.array([0, DROP - POOL_DROP]) + shift)
    return np.column_stack([np.eye(2) * k, np.array(SIZE) / 2 - k * middle])


def sample(one, scenery, others, calm, rng):
    """(picture, alpha, weight) of a crop: the weight is 0 where alpha is unknown, most along the outline.

    `calm`: the picture as it was taken, with its own backdrop. `scenery`: photographs without people, and rooms of portraits.
    """
    zoom = np.exp(rng.normal(0, 0.05)) if calm else 1 / rng.uniform(0.85, 1.25)
    matrix = from_pool(zoom, rng.normal(0, 0.13 if calm else 0.26, 2))
    k = matrix[0, 0]
    keep = calm or one.kind == "cluttered"
    warped = cv2.warpAffine(
        np.dstack([one.picture if keep else one.colour, one.alpha]), matrix, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    known = cv2.warpAffine(one.known.astype(np.uint8), matrix, SIZE, flags=cv2.INTER_NEAREST)
    picture, alpha = warped[..., :3], warped[..., 3].astype(np.float32) / 255
    x0, y0, x1, y1 = (np.array(one.box) * k + matrix[[0, 1, 0, 1], 2]).round().astype(int)
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(WIDTH, x1), min(HEIGHT, y1)
    if not keep:
        behind = backdrop(one, alpha, *scenery, rng)
        if rng.random() < 0.12:
            behind = company(behind, others, rng)
        if rng.random() < 0.35:
            behind = shade(behind, alpha, rng)
        if rng.random() < 0.4:
            picture = light(picture, rng)
        a = alpha[..., None]
        picture = np.clip(picture * a + behind * (1 - a), 0, 255).astype(np.uint8)
    if rng.random() < 0.12 and not calm:  # a tighter picture
        x0, x1 = x0 + int(rng.uniform(0, 0.12) * (x1 - x0)), x1 - int(rng.uniform(0, 0.12) * (x1 - x0))
        y0, y1 = y0 + int(rng.uniform(0, 0.08) * (y1 - y0)), y1 - int(rng.uniform(0, 0.25) * (y1 - y0))
    # Outside the picture: its last row and column again, as the program does.
    rows, columns = np.clip(np.arange(HEIGHT), y0, y1 - 1), np.clip(np.arange(WIDTH), x0, x1 - 1)
    picture = picture[rows][:, columns]
    weight = known.astype(np.float32)
    grey = (alpha * 255).astype(np.uint8)
    weight *= 1 + 4 / 255 * cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8))
    # Outside the picture its border goes on, and so does the matte: a little of it is worth learning,
    # for the rim of a crop is seldom a picture's inside here.
    outside = np.ones((HEIGHT, WIDTH), bool)
    outside[y0:y1, x0:x1] = False
    alpha, weight = alpha[rows][:, columns], weight[rows][:, columns]
    weight[outside] = np.minimum(weight[outside], 0.15)
    if not calm:
        picture, alpha = lens_and_file(light(picture, rng) if rng.random() < 0.5 else picture, alpha, rng)
        if rng.random() < 0.06:
            picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    if rng.random() < 0.5:
        picture, alpha, weight = picture[:, ::-1], alpha[:, ::-1], weight[:, ::-1]
    return np.ascontiguousarray(picture), np.ascontiguousarray(alpha), np.ascontiguousarray(weight)
