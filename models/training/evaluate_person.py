"""Measure what the program sees of a person: matte, shoulders, crown, attributes.

    python evaluate_person.py --data ../../../shared --program ../../target/release/photogate [--onnxruntime FILE]
                              [--teacher runs/matte/teacher] [--out DIR]

Runs `photogate inspect --matte` on the validation portraits and the renders, so that detector,
landmarks, crops and refinement count as they do for a user. Renders have exact truth; portraits have
labels by eye and, with `--teacher`, the mattes of matte/prepare.py. `--out` keeps the drawn pictures
(never commit those of portraits).
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE / "attributes"), str(HERE / "matte")]
import portraits as data  # noqa: E402
from attributes import evaluate as answers  # noqa: E402
from attributes import labels  # noqa: E402
from attributes.measure import calibration_error, crossed_error, equal_error  # noqa: E402
from matte.evaluate import compose, measure  # noqa: E402

# output of the network: name in the program's record, classes there
NAMES = {
    "forehead": ("clear", "partly", "covered"), "brows": ("clear", "hidden"), "glasses": ("none", "clear", "reflecting", "tinted"),
    "mouth": ("closed", "open"), "eyes": ("open", "closed"), "headwear": ("none", "band", "hat", "scarf"), "earring": ("none", "present"),
    "necklace": ("none", "present"), "neckline": ("collar", "round", "low", "not_visible"), "pattern": ("plain", "patterned", "not_visible"),
}  # fmt: skip
EAR = ("visible", "partly", "hidden")


def inspect(args, paths, out):
    """{path: (record, matte 0..1 as large as the picture or None)} of what the program sees."""
    command = [args.program, "inspect", "-", "--matte", "--force", "--out", out]
    command += ["--onnxruntime", args.onnxruntime] if args.onnxruntime else []
    run = subprocess.run(command, input="\n".join(str(p) for p in paths), text=True, capture_output=True)
    if run.returncode:
        print(run.stdout, run.stderr[:2000])
    seen = {}
    for p in paths:
        place = Path(out) / str(p).lstrip("/")
        record = json.loads(Path(f"{place}.seen.json").read_text())
        matte = cv2.imread(f"{place}.matte.png", cv2.IMREAD_GRAYSCALE)
        seen[p] = record, None if matte is None else matte.astype(np.float32) / 255
    return seen


def gathered(records, rows):
    """As attributes/evaluate.py has it: {output: (probabilities, wanted class or -1)}."""
    out = {}
    for name, (column, letters) in answers.CLASSES.items():
        if name == "ears":
            sides = (("right_ear", "ear_l"), ("left_ear", "ear_r"))  # the subject's right is the picture's left
            p = np.array([[r["attributes"][a][c] for c in EAR] for a, _ in sides for r in records])
            said = [row.get(c) for _, c in sides for row in rows]
        else:
            p = np.array([[r["attributes"][name][c] for c in NAMES[name]] for r in records])
            said = [row.get(column) for row in rows]
        out[name] = p, np.array([letters.index(v) if v and v in letters else -1 for v in said])
    return out


def mattes_of_renders(seen, truths):
    print("\nMattes of the renders at 480 x 640, against exact masks\n")
    print("| | pictures | IoU | mean abs. error | gradient error | lowest IoU |\n|---|---|---|---|---|---|")
    whole, rows = np.ones((640, 480), bool), []
    for name, path, truth in truths:
        matte = seen[path][1]
        if matte is None:
            continue
        mask = compose.person_of(cv2.imread(str(path.with_suffix(".mask.png")), cv2.IMREAD_GRAYSCALE)).astype(np.float32) / 255
        found, mask = (cv2.resize(m, (480, 640), interpolation=cv2.INTER_AREA) for m in (matte, mask))
        rows.append((name, *measure(found, mask, whole)))
    v = np.array([r[1:] for r in rows])
    print(f"| program | {len(v)} | {' | '.join(f'{x:.4f}' for x in [*v.mean(0), v[:, 0].min()])} |")
    print("largest errors:", ", ".join(f"{r[0]} {r[2]:.4f}" for r in sorted(rows, key=lambda r: -r[2])[:6]))


def body_of_renders(seen, truths):
    tilt, crown = [], []
    for name, path, truth in truths:
        person = seen[path][0].get("person")
        if not person or truth.get("shoulder_tilt_image_deg") is None:
            continue
        if "angle" in person["shoulders"]:
            tilt.append((name, person["shoulders"]["angle"] - truth["shoulder_tilt_image_deg"], person["shoulders"]["confidence"]))
        if isinstance(person["crown"], list):
            head = truth["landmarks"]["chin"]["y"] - truth["head_top_y"]
            crown.append((name, (person["crown"][1] - truth["head_top_y"]) / head))
    for what, values, limit, unit in (("shoulder angle", tilt, 1.5, "degrees"), ("crown", crown, 0.02, "head heights")):
        off = np.abs([v[1] for v in values])
        print(f"\n{what}: {len(off)} renders, mean error {off.mean():.3f}, within {limit} {unit}: {(off <= limit).sum()};", end=" ")
        print("beyond:", ", ".join(f"{v[0]} {v[1]:+.3f}" for v in values if abs(v[1]) > limit) or "none")


def attributes(title, found):
    print(f"\n{title}; errors in %")
    head = ["question", "yes / no", "equal error", "missed at 0.5", "false at 0.5", "wanted"]
    answers.table(head, [f"{q} | {answers.row_of(found, q)} | {a[3] or ''}" for q, a in answers.ASKED.items()])


def by_label(records, rows):
    """The questions that were read a second time: errors by the given labels, by the second reading, and where both agree."""
    read = labels.readings()
    ids = [i for i in rows if i in read]
    given = [rows[i] for i in ids]
    sets = [given, [read[i] for i in ids], [labels.agreed(rows[i], read[i]) for i in ids]]
    found = [gathered([records[i] for i in ids], s) for s in sets]
    lines = []
    for q, (output, _, _, wanted) in answers.ASKED.items():
        column = answers.CLASSES[output][0]
        if f"{column}_l" not in sets[1][0] and column not in sets[1][0]:
            continue
        cells = []
        for f in found:
            score, want = answers.asked(f, q)
            cells.append(f"{int((want == 1).sum())} / {int((want == 0).sum())} | {answers.percent(equal_error(score, want))}")
        # The second reading in the network's place: its classes are in the order of the question.
        second = np.where(found[1][output][1] < 0, np.nan, found[1][output][1])
        cells.append(answers.percent(equal_error(second, answers.asked(found[0], q)[1])))
        lines.append(f"{q} | {' | '.join(cells)} | {wanted or ''}")
    print("\nBy the given labels, by a second blind reading, and where both agree; equal error in %")
    head = ["question", "given yes / no", "error", "read yes / no", "error", "agreed yes / no", "error", "the second reading by the given labels", "wanted"]
    answers.table(head, lines)
    for column in ("ear", "forehead", "pattern", "necklace"):
        letters = answers.CLASSES["ears" if column == "ear" else column][1]
        columns = ["ear_l", "ear_r"] if column == "ear" else [column]
        pairs = [(g[c], r[c]) for g, r in zip(*sets[:2]) for c in columns]
        lines = [f"{g} | {' | '.join(str(pairs.count((g, r))) for r in letters)}" for g in letters]
        print(f"\n{column}: given labels down, the second reading across")
        answers.table(["", *letters], lines)


def calibration(found):
    lines = []
    for name, (p, want) in found.items():
        p, want = p[want >= 0], want[want >= 0]
        right = 100 * (p.argmax(1) == want).mean()
        lines.append(f"{name} | {len(want)} | {right:.1f} | {100 * calibration_error(p, want):.1f} | {100 * crossed_error(p, want):.1f}")
    print("\nExpected calibration error of the likeliest class, as shipped (calibrated on these pictures), and crossed (each half on the other)")
    answers.table(["attribute", "labels", "right %", "ECE %", "ECE % crossed"], lines)


def groups(found, val, meshes):
    light = np.array([answers.skin_light(p.image(), m) for p, m in zip(val, meshes)])
    sources = np.array([p.source for p in val])
    kept = {s: sources == s for s in sorted(set(sources))}
    kept |= {f"skin darker than L* {np.median(light):.0f}": light < np.median(light), "skin lighter": light >= np.median(light)}
    kept |= {"skin darkest quarter": light < np.quantile(light, 0.25)}
    small = np.array([p.pupil_distance < 30 for p in val])
    kept |= {"under 30 px between the pupils": small, "30 px and more": ~small}
    asked = [q for q in answers.ASKED if q.split(" ")[0] in ("ear", "glasses", "forehead", "mouth", "collar", "pattern", "earring", "necklace") and "covered" not in q]
    lines = []
    for name, keep in kept.items():
        cells = []
        for q in asked:
            score, want = answers.asked(answers.part(found, keep), q)
            y, n = int((want == 1).sum()), int((want == 0).sum())
            cells.append(f"{answers.percent(equal_error(score, want))} ({y}/{n})" if min(y, n) >= 5 else "")
        lines.append(f"{name} | {int(keep.sum())} | {' | '.join(cells)}")
    print("\nEqual error by group (number of yes and no); left out where there are fewer than 5 of either")
    answers.table(["group", "pictures", *asked], lines)


def ears_of_renders(found, names):
    p, want = found["ears"]
    wrong = [f"{names[i % len(names)]} {'right' if i < len(names) else 'left'} is {EAR[want[i]]}, taken for {EAR[p[i].argmax()]}" for i in np.where((want >= 0) & (p.argmax(1) != want))[0]]
    print(f"\nears of the renders: {(want >= 0).sum()} with truth, wrong: {'; '.join(wrong) or 'none'}")


def mattes_of_portraits(seen, val, teacher):
    print("\nMattes of the validation portraits, against the teacher's where they are known\n")
    print("| source | pictures | IoU | mean abs. error | gradient error | lowest IoU |\n|---|---|---|---|---|---|")
    rows = []
    kinds = {r["id"]: r["kind"] for r in csv.DictReader(open(teacher / "index.csv", newline=""))}
    for p in val:
        if kinds.get(p.id, "rejected") == "rejected":
            continue
        truth = cv2.imread(str(teacher / f"{p.id}.png"))
        alpha, known = truth[..., 0].astype(np.float32) / 255, truth[..., 1] > 250
        rows.append((p.id, p.source, *measure(seen[p.path][1], alpha, known)))
    for source in [*sorted({r[1] for r in rows}), None]:
        v = np.array([r[2:] for r in rows if source in (None, r[1])])
        print(f"| {source or 'all'} | {len(v)} | {' | '.join(f'{x:.4f}' for x in [*v.mean(0), v[:, 0].min()])} |")
    print("IoU below 0.93:", ", ".join(f"{r[0]} {r[2]:.3f}" for r in sorted(rows, key=lambda r: r[2]) if r[2] < 0.93) or "none")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--program", required=True)
    args.add_argument("--onnxruntime")
    args.add_argument("--teacher", type=Path)
    args.add_argument("--out")
    args = args.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = args.out or scratch
        truths = data.load_renders(args.data)
        seen = inspect(args, [path for _, path, _ in truths], out)
        mattes_of_renders(seen, truths)
        body_of_renders(seen, truths)
        whole = [(n, t, seen[path][0]["person"]) for n, path, t in truths if "person" in seen[path][0]]
        rendered = gathered([r for _, _, r in whole], [labels.render_row(t) for _, t, _ in whole])
        ears_of_renders(rendered, [n for n, _, _ in whole])
        attributes(f"Renders ({len(whole)})", rendered)

        rows = labels.load(args.data)
        val = [p for p in data.load(args.data) if p.split == "val"]
        seen = inspect(args, [p.path for p in val], out)
        lost = [p.id for p in val if "person" not in seen[p.path][0]]
        print(f"\n{len(val)} validation portraits, not exactly one face: {lost}")
        val = [p for p in val if p.id not in lost]
        if args.teacher:
            mattes_of_portraits(seen, val, args.teacher)
        labelled = [p for p in val if p.id in rows]
        found = gathered([seen[p.path][0]["person"] for p in labelled], [rows[p.id] for p in labelled])
        attributes(f"Validation portraits ({len(labelled)})", found)
        by_label({p.id: seen[p.path][0]["person"] for p in labelled}, {p.id: rows[p.id] for p in labelled})
        both = {n: tuple(np.concatenate([found[n][k], rendered[n][k]]) for k in (0, 1)) for n in found}
        attributes("Portraits and renders together", both)
        calibration(found)
        groups(found, labelled, [p.mesh for p in labelled])


if __name__ == "__main__":
    main()
