"""Measure the shipped matte network: the tables of the model card.

    python evaluate.py --data ../../../../shared --teacher runs/matte/teacher --onnx ../../matte.onnx [--overlays DIR] [--tune]

Every picture goes through what the program does: the crop laid by five points, the network, the
matte laid back into the picture (beyond the crop its last row and column go on), the refinement.
Validation portraits against the teacher's mattes where they are known, renders against their exact masks, at 480 x 640.
`--overlays`: writes every picture under 0.93, and a sample of the rest, side by side with its matte.
`--tune`: the table of refinement settings.
"""

import argparse
import csv
import itertools
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

import compose
from compose import data, frame, place
from model import HEIGHT, WIDTH
from refine import refine

RIM = 2  # pixels of the crop
FINE = 18  # pixels in a unit of the face's scale where the refinement finds its coefficients
RADIUS, EPS = 3, 1e-4  # of the refinement; the radius in pixels of that small picture


def find(session, picture, five):
    """The network's matte (0..1), as large as the picture."""
    matrix = place(five)
    crop = compose.crop(picture, matrix)
    alpha = session.run(None, {"image": crop.transpose(2, 0, 1)[None].astype(np.float32) / 255})[0][0, 0]
    # The rim of the crop is the network's least sure; what lies beyond goes on from within it.
    alpha = np.pad(alpha[RIM:-RIM, RIM:-RIM], RIM, mode="edge")
    back = cv2.invertAffineTransform(matrix)
    return cv2.warpAffine(alpha, back, picture.shape[1::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def draw(picture, alpha, five, radius=RADIUS, eps=EPS, fine=FINE):
    """The matte refined."""
    shrink = max(1, round(frame(np.asarray(five))[2] / fine))
    return refine(picture, alpha, radius * shrink, eps, shrink)


def gradient(a):
    a = cv2.GaussianBlur(a, (0, 0), 1.4)
    return np.hypot(cv2.Sobel(a, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(a, cv2.CV_32F, 0, 1, scale=1 / 8))


def measure(found, truth, known):
    """IoU over 0.5, mean absolute error, mean absolute error of the gradient near the true outline."""
    both, either = ((found > 0.5) & (truth > 0.5) & known).sum(), (((found > 0.5) | (truth > 0.5)) & known).sum()
    edge = cv2.dilate(((truth > 0.02) & (truth < 0.98)).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    edge &= known
    off = np.abs(gradient(found) - gradient(truth))
    return both / max(1, either), np.abs(found - truth)[known].mean(), off[edge].mean() if edge.any() else 0.0


def overlay(picture, found, truth=None, known=None):
    """Picture, person on green (red line: the teacher's outline), matte."""
    green = np.array([60, 220, 60], np.float32)
    cut = (picture * found[..., None] + green * (1 - found[..., None])).astype(np.uint8)
    if truth is not None:
        lines, _ = cv2.findContours((truth > 0.5).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(cut, lines, -1, (255, 0, 0), 1)
    grey = np.repeat((found * 255).astype(np.uint8)[..., None], 3, 2)
    if known is not None:
        grey[~known] = grey[~known] // 2 + np.array([127, 0, 127], np.uint8)
    return np.hstack([picture, cut, grey])


def sheet(cells, path, rows=260, columns=3):
    """Overlays side by side in one picture."""
    scaled = []
    for name, c in cells:
        c = cv2.cvtColor(cv2.resize(c, (round(c.shape[1] * rows / c.shape[0]), rows), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
        c = np.ascontiguousarray(np.pad(c, ((0, 0), (0, max(0, 3 * rows - c.shape[1])), (0, 0)))[:, : 3 * rows])
        cv2.putText(c, name, (3, rows - 5), 0, 0.45, (0, 0, 255), 1)
        scaled.append(c)
    while scaled and len(scaled) % columns:
        scaled.append(np.zeros_like(scaled[0]))
    if scaled:
        cv2.imwrite(str(path), np.vstack([np.hstack(scaled[i : i + columns]) for i in range(0, len(scaled), columns)]))


def row(name, values):
    v = np.array(values)
    cells = " | ".join(f"{x:.4f}" for x in [*v.mean(0), v[:, 0].min()])
    print(f"| {name} | {len(v)} | {cells} |")


def render_truths(folder):
    """(name, picture, five points, truth) of every render with a person, at 480 x 640."""
    for name, path, truth in data.load_renders(folder):
        if truth.get("landmarks"):
            alpha = compose.person_of(cv2.imread(str(path.with_suffix(".mask.png")), cv2.IMREAD_GRAYSCALE))
            picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
            k = 640 / picture.shape[0]
            size = (480, 640)
            picture, alpha = (cv2.resize(v, size, interpolation=cv2.INTER_AREA) for v in (picture, alpha))
            yield name, picture, compose.render_five(truth) * k, alpha.astype(np.float32) / 255


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--teacher", type=Path, required=True)
    args.add_argument("--onnx", required=True)
    args.add_argument("--overlays", type=Path)
    args.add_argument("--tune", action="store_true")
    args = args.parse_args()
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(args.onnx, options, providers=["CPUExecutionProvider"])

    print("Renders at 480 x 640, against their exact masks\n")
    print("| | pictures | IoU | mean abs. error | gradient error | lowest IoU |\n|---|---|---|---|---|---|")
    cases = [(*r, find(session, r[1], r[2])) for r in render_truths(args.data)]
    whole = np.ones((640, 480), bool)
    plain, fine, middle, cells = [], [], [], []
    for name, picture, five, truth, found in cases:
        drawn = draw(picture, found, five)
        x0, y0, x1, y1 = np.clip(compose.inside(cv2.invertAffineTransform(place(five)), WIDTH, HEIGHT), 0, 640)
        within = np.zeros_like(whole)
        within[y0:y1, x0:x1] = True
        plain.append(measure(found, truth, whole))
        fine.append(measure(drawn, truth, whole))
        middle.append(measure(drawn, truth, within))
        cells.append((f"{name} {fine[-1][0]:.3f} {fine[-1][1]:.4f}", overlay(picture, drawn, truth)))
    row("network alone", plain)
    row("refined", fine)
    row("refined, inside the crop", middle)
    order = np.argsort([-f[1] for f in fine])
    print("worst:", ", ".join(f"{cases[i][0]} {fine[i][1]:.4f}" for i in order[:8]))
    if args.overlays:
        args.overlays.mkdir(parents=True, exist_ok=True)
        sheet([cells[i] for i in order[:18]], args.overlays / "renders.png")

    if args.tune:
        print("\n| radius | eps | pixels in a unit | mean abs. error | gradient error |\n|---|---|---|---|---|")
        for radius, eps, fine in itertools.product((2, 3, 4, 6), (1e-5, 1e-4, 1e-3), (18, 36)):
            m = np.mean([measure(draw(p, f, five, radius, eps, fine), t, whole) for _, p, five, t, f in cases], 0)
            print(f"| {radius} | {eps:g} | {fine} | {m[1]:.5f} | {m[2]:.5f} |")

    print("\nValidation portraits, against the teacher's mattes where known\n")
    print("| source, kind | pictures | IoU | mean abs. error | gradient error | lowest IoU |\n|---|---|---|---|---|---|")
    rows = {r["id"]: r for r in csv.DictReader(open(args.teacher / "index.csv", newline=""))}
    by, low, some = {}, [], []
    for p in data.load(args.data):
        r = rows.get(p.id)
        if p.split != "val" or not r or r["kind"] == "rejected":
            continue
        picture = p.image()
        matte = cv2.imread(str(args.teacher / f"{p.id}.png"))
        truth, known = matte[..., 0].astype(np.float32) / 255, matte[..., 1] > 250
        found = find(session, picture, p.five)
        m = measure(found, truth, known)
        refined = measure(draw(picture, found, p.five), truth, known)
        by.setdefault((p.source, r["kind"]), []).append([*m])
        by.setdefault(("all, refined", r["kind"]), []).append([*refined])
        by.setdefault(("all", r["kind"]), []).append([*m])
        cell = (f"{p.id} {r['kind'][:2]} {m[0]:.3f}", overlay(picture, found, truth, known))
        if m[0] < 0.93:
            low.append((m[0], cell))
        elif np.random.default_rng(len(p.id) + int(1e6 * m[1])).random() < 0.1:
            some.append(cell)
    for key in sorted(by):
        row(", ".join(key), by[key])
    every = [v for (s, _), vs in by.items() if not s.startswith("all") for v in vs]
    row("all", every)
    print(f"\nIoU under 0.93: {len(low)}: " + ", ".join(name for _, (name, _) in sorted(low, key=lambda l: l[0])))
    if args.overlays:
        sheet([c for _, c in sorted(low, key=lambda l: l[0])][:36], args.overlays / "low.png")
        sheet(some[:36], args.overlays / "some.png")

    x = np.random.default_rng(0).random((1, 3, HEIGHT, WIDTH), np.float32)
    times = []
    for _ in range(40):
        begun = time.perf_counter()
        session.run(None, {"image": x})
        times.append(time.perf_counter() - begun)
    print(f"\none thread, ONNX Runtime: median {1e3 * np.median(times):.1f} ms, least {1e3 * min(times):.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
