"""Train the shoulder network on leaning trunks.

    python train.py --pairs runs/shoulders --out runs/shoulders --minutes 50

Most people sit straight: below the chin a picture is leant by a known angle (`lean`), as far as rendered trunks lean. The network says
how far off it may be and is held to it (Laplace's likelihood). Seeded; the course runs by the clock. Writes OUT/shoulders.pt.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

sys.path.append(str(Path(__file__).resolve().parent))
from line import SIZE, TOP, Shoulders, both  # noqa: E402
import course  # noqa: E402
from eyes import lights  # noqa: E402
from shades import colours  # noqa: E402

STORED = 30  # pixels in one unit of the face's scale, of what pictures.py wrote
ABOVE = 112 - TOP  # rows of it above what is seen
RENDERED, OTHERS = 0.4, 0.12  # shares of a batch: renders, and portraits whose angle is not sure
LEANING = 3.0  # how much oftener than another a render is shown whose trunk leans
LEANT = 0.75  # share of pictures that are leant
MOST = 11  # degrees
BATCH = 64
WIDTH = -1.5, 3.0  # least and most of the logarithm of the expected error, degrees
LINE = 0.5  # weight of where the ends are
PIVOT = 0.5  # units below the chin: where a trunk leans about
NECK = -0.1, 0.6  # units below the chin: from here on it leans, and leans wholly


class Pictures:
    def __init__(self, folder):
        self.pictures = np.load(Path(folder) / "pictures.npy", mmap_mode="r")
        self.rows = json.loads((Path(folder) / "pictures.json").read_text())
        train, render = (np.array([r[k] == v for r in self.rows]) for k, v in (("split", "train"), ("source", "render")))
        sure = np.array([r["sure"] for r in self.rows])
        self.angle = np.array([r["angle"] for r in self.rows])
        self.renders, self.portraits, self.others = (np.flatnonzero(train & w) for w in (render, ~render & sure, ~render & ~sure))
        # Most other renders sit straight.
        lean = np.array([r["id"][0] == "s" for r in self.rows])[self.renders]
        self.weight = np.where(lean, LEANING, 1.0) / np.where(lean, LEANING, 1.0).sum()
        self.val = [np.flatnonzero(~train & w) for w in (render, ~render & sure, ~render & ~sure)]


def field(rng, chin):
    """(source places (2, rows, columns) of what is seen at the stored grain, shear, turn of the trunk and of all, forward map of points)."""
    w, h = 2 * SIZE[0], 2 * SIZE[1]
    k = np.exp(rng.normal(0, 0.04))
    all_of_it = np.radians(rng.normal(0, 1.5))
    move = rng.normal(0, 0.08, 2) * STORED
    shear = turn = 0.0
    if rng.random() < LEANT:
        angle = rng.normal(0, 3) if rng.random() < 0.3 else rng.uniform(-MOST, MOST)
        shared = rng.choice([0.0, 1.0, rng.random()], p=[0.5, 0.25, 0.25])
        shear, turn = np.tan(np.radians((1 - shared) * angle)), np.radians(shared * angle)
    # In stored pixels, about the trunk's pivot; what is seen starts ABOVE rows further down.
    pivot = np.array([chin[0], chin[1] + PIVOT * STORED])
    c, s = np.cos(all_of_it) / k, np.sin(all_of_it) / k
    whole = np.array([[c, s], [-s, c]])
    xs, ys = np.meshgrid(np.arange(w, dtype=np.float64), np.arange(h, dtype=np.float64) + ABOVE)
    at = np.stack([xs - pivot[0] - move[0], ys - pivot[1] - move[1]])
    at = np.tensordot(whole, at, 1)
    below = at[1] + PIVOT * STORED
    share = np.clip((below / STORED - NECK[0]) / (NECK[1] - NECK[0]), 0, 1)
    share = share * share * (3 - 2 * share)
    a = share * turn
    x, y = np.cos(a) * at[0] + np.sin(a) * at[1], np.cos(a) * at[1] - np.sin(a) * at[0]
    y = y - share * shear * x

    def forward(points):
        """Where ends of a line, which lean wholly, come to lie: stored pixels -> what is seen."""
        p = np.asarray(points, float) - pivot
        p[:, 1] += shear * p[:, 0]
        t = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        p = p @ t.T @ np.linalg.inv(whole).T + pivot + move
        return p - [0, ABOVE]

    return np.float32([x + pivot[0], y + pivot[1]]), forward


def limits(places, rect, rng):
    """x0, y0, x1, y1 of what is seen that shows the picture in all its rows and columns; cut closer now and then."""
    x0, y0, x1, y1 = rect
    of_it = (places[0] >= x0) & (places[0] <= x1 - 1)
    ok_y = ((places[1] < y1 - 1) | ~of_it).all(1)
    bottom = int(np.argmin(ok_y)) if not ok_y.all() else len(ok_y)
    lines = slice(0, max(bottom, 1))
    ok_x = (places[0][lines] >= x0).all(0) & (places[0][lines] <= x1 - 1).all(0)
    columns = np.flatnonzero(ok_x)
    left, right = (columns[0], columns[-1] + 1) if len(columns) else (0, 0)
    if rng.random() < 0.5:
        bottom -= int(rng.uniform(0, 1.0) * STORED)
    if rng.random() < 0.25:
        left, right = left + int(rng.uniform(0, 0.6) * STORED), right - int(rng.uniform(0, 0.6) * STORED)
    return left, 0, right, bottom


def worse(picture, rng):
    """Another light, lens and garment; the matte a little off."""
    rgb, alpha = np.ascontiguousarray(picture[..., :3]), np.ascontiguousarray(picture[..., 3])
    if rng.random() < 0.15:
        rgb = colours(rgb, rng)
    if rng.random() < 0.8:
        rgb = lights(rgb, rng)
    if rng.random() < 0.1:
        rgb = np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    if rng.random() < 0.4:
        rgb = cv2.GaussianBlur(rgb, (0, 0), rng.uniform(0.5, 2.0))
    if rng.random() < 0.3:
        rgb = np.clip(rgb + rng.normal(0, rng.uniform(2, 10), rgb.shape), 0, 255).astype(np.uint8)
    kind = rng.random()
    if kind < 0.15:
        alpha = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.7, 2.5))
    elif kind < 0.3:
        alpha = np.uint8(255 * (alpha > rng.uniform(60, 200)))
    elif kind < 0.4:
        # A spot that the matte takes for the other.
        x, y, r = rng.integers(alpha.shape[1]), rng.integers(alpha.shape[0]), rng.integers(5, 20)
        cv2.circle(alpha, (int(x), int(y)), int(r), int(255 * (rng.random() < 0.5)), -1)
    return np.dstack([rgb, alpha])


def to_input(picture, rect):
    """(5, 72, 112) float32 of (144, 224, 4) and where it shows the picture."""
    x0, y0, x1, y1 = rect
    there = np.zeros(picture.shape[:2], np.uint8)
    there[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = 255
    seen = cv2.resize(np.dstack([picture * (there[..., None] > 0), there]), SIZE, interpolation=cv2.INTER_AREA)
    return seen.transpose(2, 0, 1).astype(np.float32) / 255


def plain(pictures, i):
    """What is seen of a stored picture as it is."""
    x0, y0, x1, y1 = pictures.rows[i]["inside"]
    return to_input(np.array(pictures.pictures[i][ABOVE:]), (x0, y0 - ABOVE, x1, y1 - ABOVE))


def wanted(line):
    """Middle and half length of a line in pixels of what is seen (twice SIZE), units from the crop's middle."""
    (x0, y0), (x1, y1) = line
    middle = (np.array([x0 + x1, y0 + y1]) / 2 - np.array(SIZE) + 0.5) / STORED
    return [middle[0], middle[1], np.hypot(x1 - x0, y1 - y0) / 2 / STORED]


def leant(pictures, i, rng):
    """(seen, [degrees, middle x, y, half length, whether these are known])."""
    row = pictures.rows[i]
    places, forward = field(rng, row["chin"])
    picture = cv2.remap(np.ascontiguousarray(pictures.pictures[i]), places[0], places[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = to_input(worse(picture, rng), limits(places, row["inside"], rng))
    a = np.radians(row["angle"])
    away = np.array([np.cos(a), np.sin(a)]) * STORED
    middle = np.array([row["chin"][0], row["chin"][1] + STORED])
    (x0, y0), (x1, y1) = forward([middle - away, middle + away])
    angle = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    # Ends beside the neck lean but partly.
    known = bool(row["line"]) and min(y for _, y in row["line"]) > row["chin"][1] + NECK[1] * STORED
    rest = wanted(forward(row["line"])) if known else [0, 0, 0]
    return seen, [angle, *rest, float(known)]


class Stream(Dataset):
    def __init__(self, pictures, seed):
        self.pictures, self.seed = pictures, seed

    def __len__(self):
        return 10**7

    def __getitem__(self, step):
        rng, p = np.random.default_rng([self.seed, step]), self.pictures
        seen, know = [], []
        for _ in range(BATCH):
            kind = rng.random()
            if kind < RENDERED:
                i = rng.choice(p.renders, p=p.weight)
            else:
                i = rng.choice(p.others if kind < RENDERED + OTHERS else p.portraits)
            x, y = leant(p, i, rng)
            if rng.random() < 0.5:
                x, y = x[:, :, ::-1], [-y[0], -y[1], *y[2:]]
            seen.append(x)
            know.append(y)
        return np.stack(seen), np.array(know, np.float32)


def answers(network, pictures, which):
    network.eval()
    out = []
    with torch.no_grad():
        for at in range(0, len(which), 128):
            out.append(both(network, torch.from_numpy(np.stack([plain(pictures, i) for i in which[at : at + 128]]))).numpy())
    return np.concatenate(out)


def judged(network, pictures):
    said = []
    for name, which in zip(("renders", "sure", "others"), pictures.val):
        found = answers(network, pictures, which)
        error = np.abs(found[:, 0] - pictures.angle[which])
        said.append(f"{len(which)} {name} {np.percentile(error, [50, 90, 95]).round(2)}, expected {np.exp(found[:, 1]).mean():.2f}")
    return "off by, 50 90 95 %: " + "; ".join(said)


def loss_of(network, seen, know):
    found = network(seen)
    width = found[:, 1].clamp(*WIDTH)
    angle = (found[:, 0] - know[:, 0]).abs() * torch.exp(-width) + width
    line = (found[:, 2:] - know[:, 1:4]).abs().sum(1) * know[:, 4]
    return (angle + LINE * line).mean()


def main():
    args = course.options(__doc__)
    pictures = Pictures(args.pairs)
    course.run(args, Shoulders(), Stream(pictures, args.seed), loss_of, lambda network: judged(network, pictures), args.out / "shoulders.pt")


if __name__ == "__main__":
    sys.exit(main())
