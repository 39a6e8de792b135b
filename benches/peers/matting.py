"""Matte, edges and time beside public matting approaches, in one run: the tables of docs/standard-photo.md.

    python matting.py --program BENCH --renders RENDERS --cutouts CUTOUTS --modules node_modules --work WORK
                      [--pictures ../../docs/pictures] [--core 0] [--only c01 c08]

BENCH: the program of benches/matting.rs, as `cargo build --bench matting` names it; CUTOUTS: of cutouts.py;
node_modules: of `npm install --ignore-scripts` with the package.json beside this. How to install them:
README.md. ORT_DYLIB_PATH gives ONNX Runtime for our side.

All of it runs on one core. Every person of CUTOUTS is put before two backdrops (a capture, with noise, as
a JPEG) and before the wanted blue (what is exact); every approach gets the same captures, and what it
makes is cut and scaled by the same crop, in linear light, to 480 x 640. The mattes alone are also held
against the masks of the renders. Times are of a processor, all threads; medians over the captures.
"""

import argparse
import json
import os
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import measure
import peers
from peers import timed, to_linear, to_srgb

NEW = (100, 197, 255)
# What studios and homes have; two codes: a slope from left to right.
BACKDROPS = {
    "grey": [(176, 176, 174)], "green": [(104, 142, 112)], "white": [(238, 238, 236)],
    "warm": [(196, 170, 140)], "dark": [(66, 72, 84)], "sloping": [(140, 152, 166), (206, 210, 212)],
}  # fmt: skip
OURS, TRACT = "photogate", "photogate, tract"
PLAIN_OURS = "photogate's matte, mixed plainly"
COARSE, CLOSED = "MediaPipe, mixed plainly", "MediaPipe, closed-form, own colours"
ISNET, ISNET_OWN = "ISNet, mixed plainly", "ISNet, own colours"
ISNET_LINEAR = "ISNet, own colours, linear light"
EXACT = "the exact share, own colours, linear light"


def backdrop(codes, size):
    """sRGB codes as a picture."""
    w, h = size
    share = np.linspace(0, 1, w, dtype=np.float32)[None, :, None] * np.ones((h, 1, 1), np.float32)
    first, last = np.float32(codes[0]), np.float32(codes[-1])
    return first + share * (last - first)


def film_of(path):
    """Light (RGB, linear, multiplied) and share."""
    film = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32) / 65535
    return film[..., 2::-1], film[..., 3]


def before(light, share, behind):
    """sRGB codes of the film before a backdrop (codes)."""
    return 255 * to_srgb(light + (1 - share[..., None]) * to_linear(np.float32(behind) / 255))


def captures(args):
    """{name: (path of the capture, film, backdrop's codes as a picture, classes)}"""
    folder = args.work / "captures"
    folder.mkdir(parents=True, exist_ok=True)
    kinds, out = list(BACKDROPS), {}
    films = sorted(args.cutouts.glob("*.png"))
    for i, path in enumerate(films):
        if args.only and path.stem not in args.only:
            continue
        film = film_of(path)
        classes = cv2.imread(str(args.renders / f"images/{path.stem}.mask.png"), cv2.IMREAD_GRAYSCALE)
        for kind in (kinds[2 * i % 6], kinds[(2 * i + 1) % 6]):
            behind = backdrop(BACKDROPS[kind], film[1].shape[::-1])
            picture = before(*film, behind)
            noise = np.random.default_rng(i).normal(0, 1.5, picture.shape)
            to = folder / f"{path.stem}-{kind}.jpg"
            shot = np.rint(np.clip(picture + noise, 0, 255)).astype(np.uint8)
            Image.fromarray(shot).save(to, quality=95, subsampling=0)
            out[to.stem] = to, film, behind, classes
    return out


def cut(planes, crop):
    """Every plane of a picture averaged over the crop, 480 x 640."""
    whole = [Image.fromarray(np.ascontiguousarray(p, np.float32)) for p in np.moveaxis(np.atleast_3d(planes), -1, 0)]
    box = [max(0.0, crop[0]), max(0.0, crop[1]), min(crop[2], whole[0].width), min(crop[3], whole[0].height)]
    return np.dstack([np.asarray(p.resize((480, 640), Image.Resampling.LANCZOS, box=box)) for p in whole])


def standard(picture, crop):
    """A picture (sRGB, 0..1) to the standard size as the program does it; codes."""
    shot = np.rint(255 * np.clip(picture, 0, 1)).astype(np.float32) / 255
    return np.rint(255 * to_srgb(cut(to_linear(shot), crop)))


def read(path):
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def grey(path):
    return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255


def run(args, cases):
    """{approach: {name: dict(alpha, picture, matting, whole)}}"""
    found = {}
    for label, tract in ((TRACT, True), (OURS, False)):
        records, engine = peers.ours(args.program, args.work / "ours", [c[0] for c in cases.values()], tract)
        print(f"{label}: {engine}")
        found[label] = {
            n: dict(
                alpha=grey(args.work / f"ours/{n}.alpha.png"), picture=read(args.work / f"ours/{n}.png").astype(np.float32),
                matting=r["matting"], whole=r["whole"], crop=r["crop"], filling=r["matting"] + r["filling"],
            )
            for n, r in records.items()
        }  # fmt: skip
    crops = {n: r["crop"] for n, r in found[OURS].items()}
    coarse_of = peers.media_pipe()
    cut_by_isnet = peers.isnet(args.modules, args.work / "isnet", [c[0] for c in cases.values()]) if args.modules else {}

    def put(label, name, alpha, front, mixer, spent, matting):
        """Mixed, scaled, kept."""
        def finish():
            return standard(mixer(front, alpha, NEW), crops[name])

        picture, last = timed(finish)
        record = dict(alpha=alpha, picture=picture, matting=matting, filling=matting + spent + last)
        found.setdefault(label, {})[name] = record

    first = True
    for name, (path, film, _, _) in cases.items():
        picture = read(path)
        codes = picture.astype(np.float32) / 255
        if first:  # the first calls load and compile
            peers.own_colours(picture, peers.closed_form(picture, coarse_of(picture)))
            first = False
        coarse, a = timed(coarse_of, picture)
        put(COARSE, name, coarse, codes, peers.mix, 0, a)
        closed, b = timed(peers.closed_form, picture, coarse)
        front, c = timed(peers.own_colours, picture, closed)
        put(CLOSED, name, closed, front, peers.mix, c, a + b)
        if name in cut_by_isnet:
            alpha, d = cut_by_isnet[name]
            put(ISNET, name, alpha, codes, peers.mix, 0, d)
            front, c = timed(peers.own_colours, picture, alpha)
            put(ISNET_OWN, name, alpha, front, peers.mix, c, d)
            front, c = timed(peers.own_colours_linear, picture, alpha)
            put(ISNET_LINEAR, name, alpha, front, peers.mix_linear, c, d)
        alpha = found[OURS][name]["alpha"]
        put(PLAIN_OURS, name, alpha, codes, peers.mix, 0, found[OURS][name]["matting"])
        front, c = timed(peers.own_colours_linear, picture, film[1])
        put(EXACT, name, film[1], front, peers.mix_linear, c, 0)
        print(name, flush=True)
    return found


def errors(cases, found):
    """{approach: {measure: [one a capture]}}"""
    out = {label: {} for label in found}
    for name, (_, (light, share), behind, classes) in cases.items():
        crop = found[OURS][name]["crop"]
        small = np.clip(cut(np.dstack([light, share]), crop), 0, 1)
        exact = before(small[..., :3], small[..., 3], NEW)
        old = cut(behind, crop)
        ids = nearest(classes, crop)
        for label, by in found.items():
            r = by[name]
            row = {f"matte {k}": v for k, v in measure.matte(r["alpha"], share).items()}
            row |= measure.composite(r["picture"], exact, small[..., 3], ids, old, NEW)
            row |= {k: r[k] for k in ("matting", "filling")}
            for k, v in row.items():
                out[label].setdefault(k, []).append(v)
    return out


def nearest(classes, crop):
    x = (crop[0] + (np.arange(480) + 0.5) * (crop[2] - crop[0]) / 480).astype(int).clip(0, classes.shape[1] - 1)
    y = (crop[1] + (np.arange(640) + 0.5) * (crop[3] - crop[1]) / 640).astype(int).clip(0, classes.shape[0] - 1)
    return classes[np.ix_(y, x)]


def table(title, columns, rows, base, times=()):
    """Markdown; behind every number its ratio to ours."""
    print(f"\n{title}\n\n| | " + " | ".join(columns.values()) + " |\n|---|" + "---|" * len(columns))
    for label, by in rows.items():
        cells = []
        for key in columns:
            over = np.median if key in times else np.mean
            if key not in by:
                cells.append("")
                continue
            value, us = over(by[key]), over(base[key])
            ratio = f" ({value / us:.2g}x)" if by is not base and us else ""
            cells.append(f"{value:.4g}{ratio}")
        print(f"| {label} | " + " | ".join(cells) + " |")


def renders(args):
    """The mattes alone on the renders before their blue, at 480 x 640 against the hard masks."""
    paths = sorted((args.renders / "images").glob("*.jpg"))
    paths = [p for p in paths if json.loads(p.with_suffix(".json").read_text())["persons"] == 1]
    if args.only:
        paths = [p for p in paths if p.stem in args.only]
    records, _ = peers.ours(args.program, args.work / "renders", paths)
    coarse_of = peers.media_pipe()
    by_isnet = peers.isnet(args.modules, args.work / "renders", paths) if args.isnet_on_renders else {}
    rows = {OURS: {}, "MediaPipe": {}, "MediaPipe, closed-form": {}, "ISNet": {}}
    for path in paths:
        mask = cv2.imread(str(path.with_suffix(".mask.png")), cv2.IMREAD_GRAYSCALE)
        at = lambda a: cv2.resize(np.float32(a), (480, 640), interpolation=cv2.INTER_AREA)  # noqa: E731
        truth, picture = at(mask > 0), read(path)
        coarse = coarse_of(picture)
        alphas = {"MediaPipe": coarse, "MediaPipe, closed-form": peers.closed_form(picture, coarse)}
        if path.stem in records:
            alphas[OURS] = grey(args.work / f"renders/{path.stem}.alpha.png")
        if path.stem in by_isnet:
            alphas["ISNet"] = by_isnet[path.stem][0]
        for label, alpha in alphas.items():
            for k, v in measure.matte(at(alpha), truth).items():
                rows[label].setdefault(k, []).append(v)
    columns = dict(iou="IoU", mae="mean abs. error", band="in the band", gradient="gradient error")
    table(f"Mattes of {len(paths)} renders, 480 x 640", columns, {k: v for k, v in rows.items() if v}, rows[OURS])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--program", required=True)
    args.add_argument("--renders", type=Path, required=True)
    args.add_argument("--cutouts", type=Path, required=True)
    args.add_argument("--modules", type=Path)
    args.add_argument("--work", type=Path, required=True)
    args.add_argument("--pictures", type=Path)
    args.add_argument("--core", type=int, default=0)
    args.add_argument("--only", nargs="*")
    args.add_argument("--skip-renders", action="store_true")
    args.add_argument("--isnet-on-renders", action="store_true", help="eight seconds of a core each")
    args = args.parse_args()
    os.sched_setaffinity(0, {args.core})  # children too
    cv2.setNumThreads(1)
    cases = captures(args)
    found = run(args, cases)
    by = errors(cases, found)
    rest = {k: v for k, v in by.items() if k != TRACT}
    base = by[OURS]
    columns = dict(whole="whole picture", edge="edge", delta="edge, CIEDE2000", hair="hair", ears="ears", glasses="glasses")
    columns |= dict(halo="halo, %", bitten="bitten, %")
    table(f"{len(cases)} captures before the wanted blue: levels of 255 from the exact picture", columns, rest, base)
    columns = {"matte iou": "IoU", "matte mae": "mean abs. error", "matte band": "in the band", "matte gradient": "gradient error"}
    one_each = {k: by[k] for k in (OURS, COARSE, CLOSED, ISNET) if k in by}
    table("Their mattes, at the captures' size, against the exact share", columns, one_each, base)
    columns = dict(matting="matte, ms", filling="to the finished picture, ms")
    timed_rows = {k: by[k] for k in (OURS, TRACT, COARSE, CLOSED, ISNET, ISNET_OWN) if k in by}
    table("Time of one core", columns, timed_rows, base, times=("matting", "filling"))
    whole = {k: np.median([r["whole"] for r in found[k].values()]) for k in (OURS, TRACT)}
    print("ours from the file's bytes, with detection, landmarks and every other network: " + str(whole))
    if args.pictures:
        import crops

        crops.make(args.pictures, cases, found, before, cut, NEW)
    if not args.skip_renders:
        renders(args)


if __name__ == "__main__":
    main()
