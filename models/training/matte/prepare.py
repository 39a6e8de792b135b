"""Teacher mattes for the portraits.

    python prepare.py --data ../../../../shared --prior runs/matte/prior --out runs/matte/teacher

A plain backdrop tells the person by colour: a smooth backdrop is fitted around MediaPipe's coarse mask,
and each pixel near the outline is unmixed between it and the person's own colours. Where backdrop and
person look alike the matte is unknown. Other pictures keep the coarse mask, unknown along the outline.
Writes OUT/ID.png (blue alpha, green 255 where known) at the picture's size and OUT/index.csv
(id, kind: plain, cluttered, rejected, and the numbers that decided). Goes on where it stopped.
"""

import argparse
import csv
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "landmarks"))
import portraits as data  # noqa: E402
from crops import frame  # noqa: E402
from refine import guided  # noqa: E402

WORK = 448  # rows of the pictures that mattes are made at, at most
NUMBERS = ("share", "noise", "rough", "agree", "unknown")  # of `plain_matte`, which decide the kind


def disc(radius):
    n = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (n, n))


def grow(mask, radius):
    """Pixels within `radius` of the mask."""
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) <= radius if mask.any() else mask


def shrink(mask, radius):
    return ~grow(~mask, radius)


def spread(image, mask, sigma):
    """Colours of the masked pixels, carried outwards: a normalised blur, coarse where the fine one does not reach."""
    out, covered = None, None
    for s in (sigma, 3 * sigma, 9 * sigma):
        k = max(1, int(s / 2))  # blur a small picture: a wide blur needs no more
        size = (max(2, image.shape[1] // k), max(2, image.shape[0] // k))
        w = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        c = cv2.resize(image * mask[..., None].astype(np.float32), size, interpolation=cv2.INTER_AREA)
        w, c = (cv2.GaussianBlur(a, (0, 0), s / k, borderType=cv2.BORDER_REFLECT) for a in (w, c))
        whole = image.shape[1::-1]
        w, c = cv2.resize(w, whole), cv2.resize(c, whole)
        if out is None:
            out, covered = c, w
        else:
            missing = np.clip(1 - covered / 0.05, 0, 1)
            out, covered = out + missing[..., None] * c, covered + missing * w
    return out / np.maximum(covered, 1e-6)[..., None]


def length(v):
    """Length of the vectors along the last axis."""
    return np.sqrt(np.einsum("...i,...i", v, v))


def fit_backdrop(image, sure):
    """A cubic in x and y per channel through the sure backdrop, robust against what is none."""
    h, w = sure.shape
    rows = np.linspace(-1, 1, h, dtype=np.float32)[:, None] ** np.arange(4, dtype=np.float32)
    columns = np.linspace(-1, 1, w, dtype=np.float32)[:, None] ** np.arange(4, dtype=np.float32)
    pairs = [(i, j) for i in range(4) for j in range(4 - i)]
    i, j = np.array(pairs).T
    y, x = np.nonzero(sure)
    step = max(1, len(y) // 3000)
    y, x = y[::step], x[::step]
    a, b = (rows[y][:, i] * columns[x][:, j]).astype(np.float64), image[y, x].astype(np.float64)
    weight = np.ones(len(a))
    for _ in range(5):
        weighted = a.T * weight
        solution = np.linalg.solve(weighted @ a + 0.1 * np.eye(len(pairs)), weighted @ b)
        off = np.abs(a @ solution - b).max(1)
        weight = 1 / (1 + (off / max(2.0, np.median(off))) ** 2) ** 2
    table = np.zeros((4, 4, 3), np.float32)
    table[i, j] = solution
    return np.einsum("yi,xj,ijc->yxc", rows, columns, table, optimize=True)


def unmix(image, backdrop, noise, person, inside, near, far):
    """(alpha, known) by colour. `person`: sure pixels; `inside`: coarse mask;
    `near`: where to unmix; `far`: not close to the coarse outline."""
    own = spread(image, person, 0.04 * max(image.shape[:2]))
    axis = own - backdrop
    contrast = np.maximum(length(axis), 1)
    off = image - backdrop
    away = length(off) / noise
    mixed = np.clip(np.einsum("yxc,yxc->yx", off, axis) / contrast**2, 0, 1)
    unexplained = length(off - mixed[..., None] * axis)
    different = np.clip((away - 3) / 6, 0, 1)
    # What no mixture of person and backdrop explains (a collar, an earring, a light strand) is the person's.
    strange = np.clip((unexplained / noise - 3) / 4, 0, 1)
    alpha = mixed * (1 - strange) + np.maximum(mixed, different) * strange
    alpha = alpha * np.clip((away - 1) / 2, 0, 1)
    # Where both look alike the coarse mask decides, except close to its outline.
    apart = contrast / noise
    known = (apart > 9) | (different > 0.7) | far
    alpha = np.where(far & (apart <= 9) & (different < 0.7), inside, alpha)
    alpha = np.where(near, alpha, inside.astype(np.float32))
    return alpha, known | ~near


def plain_matte(image, prior, scale):
    """(alpha, known, numbers) of a picture taken before a plain backdrop."""
    image = image.astype(np.float32)
    inside = prior > 0.5
    empty = prior < 0.15
    sure = shrink(empty, 0.12 * scale) & ~grow(inside, 0.25 * scale)
    numbers = dict(share=sure.mean(), noise=99.0, rough=1.0, agree=0.0, unknown=1.0)
    if numbers["share"] < 0.03 or sure.sum() < 200:
        return None, None, numbers
    backdrop = fit_backdrop(image, sure)
    for _ in range(2):
        off = image - backdrop
        calm = sure & (length(off) < 40)
        if calm.sum() < 200:
            return None, None, numbers
        local = backdrop + spread(off, calm, 0.25 * scale)
        distance = length(image - local)
        noise = max(4.0, float(np.quantile(distance[sure], 0.7)))
        numbers |= dict(noise=noise, rough=float((distance[sure] > 3 * noise).mean()))
        near = grow(inside, 0.45 * scale) & ~shrink(inside, 0.10 * scale)
        person = shrink(inside, 0.10 * scale)
        far = ~grow(inside, 0.15 * scale) | person
        alpha, known = unmix(image, local, noise, person, inside, near, far)
        # The second backdrop is fitted close to the outline found: shadows lie there.
        sure = shrink(alpha < 0.05, 2) & ~person & ~shrink(inside, 0.03 * scale)
    solid = ((alpha > 0.12) * 255).astype(np.uint8)
    count, labels = cv2.connectedComponents(solid)
    keep = np.zeros(count, bool)
    keep[np.unique(labels[person])] = True
    keep[0] = False
    alpha = alpha * grow(keep[labels], 1.5)
    holes = cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, disc(0.03 * scale))
    alpha = np.where(shrink(inside, 0.04 * scale), np.maximum(alpha, holes), alpha)
    alpha = np.clip((alpha - 0.06) / 0.88, 0, 1)
    hard = alpha > 0.5
    numbers["agree"] = float((hard & inside).sum() / max(1, (hard | inside).sum()))
    edge = near & (prior > 0.05)
    numbers["unknown"] = float((~known & edge).sum() / max(1, edge.sum()))
    return alpha, known, numbers


def coarse_matte(image, prior, scale):
    """(alpha, known) of any picture: the coarse mask drawn to the edges nearby, unknown along the outline."""
    radius = max(2, round(0.06 * scale))
    guide = image.astype(np.float32) / 255
    a, b = guided(guide, prior, radius, 1e-4)
    alpha = np.einsum("yxc,yxc->yx", a, guide) + b
    inside = prior > 0.5
    band = grow(inside, 0.08 * scale) & grow(~inside, 0.08 * scale)
    band |= (prior > 0.1) & (prior < 0.9)
    alpha = np.where(band, np.clip((alpha - 0.1) / 0.8, 0, 1), inside)
    return alpha.astype(np.float32), ~band


def badge(image):
    """Whether the picture shows a disc on one colour: somebody cut the photograph out."""
    h, w = image.shape[:2]
    y, x = np.mgrid[:h, :w]
    off = np.hypot(x - w / 2, y - h / 2) / (min(h, w) / 2)
    corners = image[(off > 1.08) & (off < 1.35)].astype(np.float32)
    rim = image[(off > 0.9) & (off < 0.97)].astype(np.float32)
    colour = np.median(corners, 0)
    return bool(np.median(length(corners - colour)) < 6 and (length(corners - colour) < 12).mean() > 0.9 and (length(rim - colour) > 12).mean() > 0.6)


def teach(p, prior):
    """(kind, matte as it is stored, numbers) of a portrait."""
    image = p.image()
    whole = image.shape[1::-1]
    k = min(1.0, WORK / whole[1])
    size = round(whole[0] * k), round(whole[1] * k)
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    prior = cv2.resize(cv2.imread(str(prior), cv2.IMREAD_GRAYSCALE), size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    scale = frame(p.five)[2] * k
    alpha, known, numbers = plain_matte(image, prior, scale)
    kind = "plain"
    if not (numbers["noise"] < 16 and numbers["rough"] < 0.06 and numbers["agree"] > 0.94 and numbers["unknown"] < 0.25):
        kind = "cluttered"
        alpha, known = coarse_matte(image, prior, scale)
    if badge(image) or not 0.12 < (alpha > 0.5).mean() < 0.97:
        kind = "rejected"
    return kind, cv2.resize(np.dstack([alpha * 255, known * 255, known * 0]).astype(np.uint8), whole), numbers


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--prior", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    everyone = data.load(args.data)
    np.random.default_rng(args.seed).shuffle(everyone)
    index = args.out / "index.csv"
    done = {r["id"] for r in csv.DictReader(open(index, newline=""))} if index.exists() else set()
    with open(index, "a", newline="") as f:
        writer = csv.DictWriter(f, ["id", "split", "source", "kind", *NUMBERS], lineterminator="\n")
        if not done:
            writer.writeheader()
        for p in everyone:
            if p.id not in done:
                kind, matte, numbers = teach(p, args.prior / f"{p.id}.png")
                cv2.imwrite(str(args.out / f"{p.id}.png"), matte)
                writer.writerow(dict(id=p.id, split=p.split, source=p.source, kind=kind) | {k: round(float(v), 4) for k, v in numbers.items()})
                f.flush()


if __name__ == "__main__":
    main()
