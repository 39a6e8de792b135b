"""Measure the shipped attribute and garment networks: the tables of the model cards.

    python evaluate.py --data ../../../../shared --onnx ../../attributes.onnx --garment ../../garment.onnx
                       [--landmarks ../../landmarks.onnx] [--renders DIR] [--mirror] [--sheets DIR]

Patches are laid by the labelled meshes, or with `--landmarks` by that network's, from five points
moved as far as the detector errs. `--mirror` averages the picture and its mirror image. `--renders`:
more renders than the data folder's. `--sheets`: write the worst mistakes as pictures (never commit them).
"""

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

import labels
import pool
from measure import calibration_error, crossed_error, equal_error
from crops import shrink_and_warp
from patches import GROUPS, OTHER, PATCHES, cut, matrix
import portraits as data
from views import SIDE, STORES

CLASSES = {  # output: (column of attributes.csv, class letters in the order of the output)
    "ears": ("ear", "vph"), "forehead": ("forehead", "cph"), "brows": ("brows", "co"), "glasses": ("glasses", "ngrt"),
    "mouth": ("mouth", "ct"), "eyes": ("eyes", "oc"), "headwear": ("headwear", "nbhs"), "earring": ("earring", "ny"),
    "necklace": ("necklace", "ny"), "neckline": ("neckline", "crlx"), "pattern": ("pattern", "pkx"),
}  # fmt: skip
# question: (output, classes that say yes, classes that say no, wanted equal error)
ASKED = {
    "ear hidden : visible": ("ears", "h", "v", 4),
    "ear touched : visible": ("ears", "ph", "v", 12),
    "glasses : none": ("glasses", "grt", "n", 2),
    "tinted : rest": ("glasses", "t", "ngr", 4),
    "reflecting : rest": ("glasses", "r", "ngt", None),
    "headwear : none": ("headwear", "bhs", "n", 4),
    "forehead touched : clear": ("forehead", "ph", "c", 10),
    "forehead covered : clear": ("forehead", "h", "c", None),
    "brows hidden : clear": ("brows", "o", "c", None),
    "eyes closed : open": ("eyes", "c", "o", None),
    "mouth open or teeth : closed": ("mouth", "t", "c", 5),
    "collar : other neckline": ("neckline", "c", "rl", 10),
    "low neckline : rest": ("neckline", "l", "cr", 10),
    "pattern : plain": ("pattern", "k", "p", 10),
    "earring : none": ("earring", "y", "n", 12),
    "necklace : none": ("necklace", "y", "n", 12),
}


class Program:
    """What the program does with a picture and its mesh."""

    def __init__(self, onnx, garment, mirror):
        self.sessions = [onnxruntime.InferenceSession(str(f), pool.one_thread(), providers=["CPUExecutionProvider"]) for f in (onnx, garment)]
        self.mirror = mirror

    def run(self, patches, torso):
        out = []
        for session, pictures in zip(self.sessions, (patches, np.stack([torso, torso[:, ::-1]]))):
            x = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2).astype(np.float32) / 255)
            out.append(dict(zip([o.name for o in session.get_outputs()], session.run(None, {session.get_inputs()[0].name: x}))))
        return out[0] | out[1]

    def __call__(self, seen):
        patches, torso = seen
        out = self.run(patches, torso)
        if self.mirror:  # both of a pair are cut as if on the left: mirrored, they only change places
            flipped = patches[:, :, ::-1].copy()
            paired = [k for k, other in enumerate(OTHER[: len(patches)]) if other != k]
            flipped[paired] = patches[paired]
            other = self.run(flipped, torso[:, ::-1])
            out = {n: (v + other[n]) / 2 for n, v in out.items()}
        return out


def look(image, mesh):
    """What the networks see: (patches, torso)."""
    torso = shrink_and_warp(image, matrix(STORES["body"].seen, mesh, SIDE), SIDE, cv2.BORDER_CONSTANT)
    return cut(image, mesh)[: GROUPS["body"].start], torso


def gather(program, seen, rows):
    """{output: (probabilities, want)}: want is the index of the class, -1 where unknown. Ears: left, then right."""
    found = [program(s) for s in seen]
    out = {}
    for name, (column, letters) in CLASSES.items():
        if name == "ears":
            p = np.concatenate([[f["ears"][i] for f in found] for i in (0, 1)])
            said = [r.get(f"ear_{s}") for s in "lr" for r in rows]
        else:
            p, said = np.array([f[name][0] for f in found]), [r.get(column) for r in rows]
        out[name] = p, np.array([letters.index(v) if v and v in letters else -1 for v in said])
    return out


def asked(gathered, question):
    """(score, want: 1, 0 or NaN)."""
    output, yes, no, _ = ASKED[question]
    p, want = gathered[output]
    letters = CLASSES[output][1]
    y, n = ([letters.index(c) for c in which] for which in (yes, no))
    py, pn = p[:, y].sum(1), p[:, n].sum(1)
    return py / (py + pn + 1e-9), np.where(np.isin(want, y), 1.0, np.where(np.isin(want, n), 0.0, np.nan))


def part(gathered, keep):
    """The pictures where `keep`."""
    return {n: (p[k], w[k]) for n, (p, w) in gathered.items() for k in [np.tile(keep, 2) if n == "ears" else keep]}


def percent(x):
    return "" if x is None or not np.isfinite(x) else f"{100 * x:.1f}"


def row_of(gathered, question):
    score, want = asked(gathered, question)
    yes, no = want == 1, want == 0
    at = [np.mean(score[yes] < 0.5) if yes.any() else np.nan, np.mean(score[no] >= 0.5) if no.any() else np.nan]
    return f"{int(yes.sum())} / {int(no.sum())} | {percent(equal_error(score, want))} | {percent(at[0])} | {percent(at[1])}"


def skin_light(image, mesh):
    """L* of the cheeks."""
    centre = mesh[[50, 280, 205, 425], :2]
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    r = max(2, int(0.06 * np.linalg.norm(mesh[473, :2] - mesh[468, :2])))
    spots = [lab[max(0, int(y) - r) : int(y) + r + 1, max(0, int(x) - r) : int(x) + r + 1, 0].mean() for x, y in centre]
    return float(np.median(spots))


def table(head, lines):
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for line in lines:
        print(f"| {line} |")


def sheet(folder, gathered, seen, ids, question):
    """The worst mistakes of a question: its score, the label, what was seen."""
    score, want = asked(gathered, question)
    wrong = np.where(want == 1, 1 - score, np.where(want == 0, score, -1))
    body = dict.fromkeys(["neckline", "pattern", "necklace"], [5, 6, 7, 8, len(PATCHES)])
    which = (body | {"ears": None, "earring": [0, 1], "mouth": [4]}).get(ASKED[question][0], [2, 3])
    cells = []
    for i in np.argsort(-wrong)[:24]:
        k = i % len(seen)
        shown = which or [i // len(seen)]
        cell = np.concatenate([cv2.resize([*seen[k][0], seen[k][1]][j], (144, 144)) for j in shown], 1)
        cell = np.pad(cell, ((16, 0), (0, 0), (0, 0)))
        text = f"{'yes' if want[i] == 1 else 'no'} {score[i]:.2f} {ids[k]}"
        cv2.putText(cell, text, (1, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.33, (255, 255, 255), 1)
        cells.append(cell)
    image = np.concatenate([np.concatenate(cells[k : k + 6], 1) for k in range(0, 24, 6)])
    cv2.imwrite(str(folder / (question.replace(" ", "_").replace(":", "against") + ".png")), image[..., ::-1])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--onnx", required=True)
    args.add_argument("--garment", required=True)
    args.add_argument("--landmarks")
    args.add_argument("--renders", nargs="*", default=[])
    args.add_argument("--mirror", action="store_true")
    args.add_argument("--sheets", type=Path)
    args = args.parse_args()
    cv2.setNumThreads(1)
    program = Program(args.onnx, args.garment, args.mirror)
    finder = pool.Finder(args.landmarks) if args.landmarks else None
    rng = np.random.default_rng(0)
    rows = labels.load(args.data)
    val = [p for p in data.load(args.data) if p.split == "val" and p.id in rows]
    seen, light = [], []
    for p in val:
        image = p.image()
        mesh = finder(image, p.five + rng.normal(0, 0.04, (5, 2)) * p.pupil_distance) if finder else p.mesh
        seen.append(look(image, mesh))
        light.append(skin_light(image, p.mesh))
    found = gather(program, seen, [rows[p.id] for p in val])

    print(f"Validation portraits ({len(val)}), patches by the {'landmark network' if finder else 'labelled mesh'}; errors in %")
    head = ["question", "yes / no", "equal error", "missed at 0.5", "false at 0.5", "wanted"]
    table(head, [f"{q} | {row_of(found, q)} | {ASKED[q][3] or ''}" for q in ASKED])

    lines = []
    for name, (column, letters) in CLASSES.items():
        p, want = found[name]
        p, want = p[want >= 0], want[want >= 0]
        counts = ", ".join(f"{c} {int((want == i).sum())}" for i, c in enumerate(letters))
        right = 100 * (p.argmax(1) == want).mean()
        lines.append(f"{name} | {counts} | {right:.1f} | {percent(calibration_error(p, want))} | {percent(crossed_error(p, want))}")
    print("\nCalibration error of the likeliest class: as shipped (calibrated on these pictures), and each half calibrated on the other")
    table(["output", "labels", "right", "ECE", "ECE, crossed"], lines)

    main_ones = ["ear hidden : visible", "ear touched : visible", "glasses : none", "forehead touched : clear", "mouth open or teeth : closed",
                 "collar : other neckline", "pattern : plain", "earring : none", "necklace : none"]  # fmt: skip
    sources, light = np.array([p.source for p in val]), np.array(light)
    dark = light < np.median(light)
    small = np.array([p.pupil_distance < 30 for p in val])
    kept = {s: sources == s for s in sorted(set(sources))} | {"skin darker than L* %.0f" % np.median(light): dark, "skin lighter": ~dark,
            "pupil distance under 30 px": small, "30 px and more": ~small}  # fmt: skip
    print("\nEqual error by source, skin and size (with the number of yes and no); groups with fewer than 5 of either are left out")
    lines = []
    for name, keep in kept.items():
        cells = []
        for q in main_ones:
            score, want = asked(part(found, keep), q)
            y, n = int((want == 1).sum()), int((want == 0).sum())
            cells.append(f"{percent(equal_error(score, want))} ({y}/{n})" if min(y, n) >= 5 else "")
        lines.append(f"{name} | {int(keep.sum())} | {' | '.join(cells)}")
    table(["group", "pictures", *main_ones], lines)

    folders = [Path(args.data) / "renders" / "images", *args.renders]
    finder = finder or pool.Finder(Path(args.onnx).parent / "landmarks.onnx")
    found_there = [pool.renders(d, finder) for d in folders]
    some = found_there[0] + [r for rs in found_there[1:] for r in rs[1::2]]  # the even ones were trained on
    rendered = gather(program, [look(image, mesh) for _, image, mesh, _ in some], [r[3] for r in some])
    print(f"\nRenders ({len(some)}), patches by the landmark network")
    table(head, [f"{q} | {row_of(rendered, q)} | {ASKED[q][3] or ''}" for q in ASKED])
    both = {n: tuple(np.concatenate([found[n][k], rendered[n][k]]) for k in (0, 1)) for n in found}
    print("\nPortraits and renders together")
    rare = ("tinted : rest", "reflecting : rest", "headwear : none", "eyes closed : open")
    table(head, [f"{q} | {row_of(both, q)} | {ASKED[q][3] or ''}" for q in rare])
    print()
    for name, (column, letters) in CLASSES.items():
        p, want = rendered[name]
        for i in np.where((want >= 0) & (p.argmax(1) != want))[0]:
            where = some[i % len(some)][0] + (" lr"[1 + i // len(some)] if name == "ears" else "")
            said = ", ".join(f"{c} {v:.2f}" for c, v in zip(letters, p[i]))
            print(f"- {where}: {name} is {letters[want[i]]}, taken for {letters[p[i].argmax()]} ({said})")

    if args.sheets:
        args.sheets.mkdir(parents=True, exist_ok=True)
        for q in ASKED:
            sheet(args.sheets, found, seen, [p.id for p in val], q)
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        program.run(*seen[0])
        times.append(time.perf_counter() - begun)
    print(f"\none thread, ONNX Runtime: {1e3 * np.median(times):.1f} ms (best {1e3 * min(times):.1f}) for both")


if __name__ == "__main__":
    sys.exit(main())
