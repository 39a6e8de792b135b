"""Read labels again by eye, blind: sheets of crops with numbers alone, and the readings typed from them.

    python audit.py sheets --data DATA --field ears --out SHEETS [--answers suspects.csv]
    python audit.py note --data DATA --field ears --typed letters.txt [--answers suspects.csv --out corrections.csv]
    python audit.py suspects --data DATA --cache runs/pool --onnx ../../attributes.onnx --field ears --count 400 > suspects.csv

`sheets` lays the crops in a random but fixed order, without label and without the network's answer
(never commit a sheet). `note` takes the letters of `labels.py`'s columns in that order, white space
left out, and writes them beside this script: `readings.csv` (id and one column a field) for the
validation portraits. With `--answers` (id, field), a list of training labels, it writes what was read
otherwise than given to `--out`, for labels.py to train on. `suspects` lists the training labels that a
network finds least likely.
"""

import argparse
import csv
import sys
from pathlib import Path

import cv2
import numpy as np

import evaluate
import labels
import pool
import portraits as data
from patches import Patch, matrix, shrink_and_warp

# field: (columns, where to look at each, cells in a row, side of a cell in pixels)
FIELDS = {
    "ears": ({"ear_l": Patch("", (234,), -0.15, 0.25, 2.0), "ear_r": Patch("", (454,), 0.15, 0.25, 2.0)}, 8, 136),
    "forehead": ({"forehead": Patch("", (10,), 0.0, 0.2, 2.8)}, 7, 156),
    "pattern": ({"pattern": Patch("", (152,), 0.0, 0.95, 2.9)}, 5, 218),
    "necklace": ({"necklace": Patch("", (152,), 0.0, 0.55, 2.2)}, 6, 182),
}


def ordered(args):
    """[(portrait, column)] in the order of the sheets."""
    everyone = {p.id: p for p in data.load(args.data)}
    columns = FIELDS[args.field][0]
    if args.answers:
        some = [(everyone[r["id"]], r["field"]) for r in csv.DictReader(open(args.answers, newline="")) if r["field"] in columns]
        assert all(p.split == "train" for p, _ in some)
    else:
        rows = labels.load(args.data)
        some = [(p, c) for c in columns for p in everyone.values() if p.split == "val" and p.id in rows]
    order = np.random.default_rng(7).permutation(len(some))
    return [some[i] for i in order]


def sheets(args):
    columns, across, side = FIELDS[args.field]
    cells = []
    for k, (p, column) in enumerate(ordered(args)):
        cell = shrink_and_warp(p.image(), matrix(columns[column], p.mesh, side), side, cv2.BORDER_CONSTANT)
        for colour, width in (((0, 0, 0), 3), ((255, 255, 0), 1)):
            cv2.putText(cell, str(k), (2, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.38, colour, width, cv2.LINE_AA)
        cell[-1:], cell[:, -1:] = 255, 255
        cells.append(cell)
    args.out.mkdir(parents=True, exist_ok=True)
    for n, start in enumerate(range(0, len(cells), across * across)):
        some = cells[start : start + across * across]
        some += [np.zeros_like(some[0])] * (-len(some) % across)
        image = np.concatenate([np.concatenate(some[k : k + across], 1) for k in range(0, len(some), across)])
        cv2.imwrite(str(args.out / f"{args.field}-{n:02}.png"), image[..., ::-1])


def note(args):
    where, given = ordered(args), labels.given(args.data)
    typed = "".join(args.typed.read_text().split())
    assert len(typed) == len(where), f"{len(typed)} letters for {len(where)} answers"
    if args.answers:
        seen = labels.corrections() if args.out.exists() else []
        lines = {(r["id"], r["field"]): r for r in seen}
        for (p, column), letter in zip(where, typed):
            if letter != given[p.id][column]:
                lines[p.id, column] = dict(id=p.id, field=column, given=given[p.id][column], read=letter)
        write(args.out, ["id", "field", "given", "read"], [lines[k] for k in sorted(lines)])
    else:
        rows = labels.readings() if labels.READINGS.exists() else {}
        for (p, column), letter in zip(where, typed):
            rows.setdefault(p.id, {"id": p.id})[column] = letter
        fields = ["id"] + [c for f in FIELDS.values() for c in f[0] if any(c in r for r in rows.values())]
        write(labels.READINGS, fields, [rows[k] for k in sorted(rows)])


def write(path, fields, rows):
    with open(path, "w", newline="") as f:
        out = csv.DictWriter(f, fields, lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def suspects(args):
    patches, items, _ = pool.load(args.cache, "real")
    program, rows = evaluate.Program(args.onnx, False), [row for _, _, row in items]
    inner = round(pool.WIDE / pool.GROW)
    first = (pool.WIDE - inner) // 2
    shown = patches[:, :, first : first + inner, first : first + inner]
    small = (np.stack([cv2.resize(np.array(s), (evaluate.SIZE,) * 2) for s in some]) for some in shown)
    found = evaluate.gather(program, small, rows)
    output = next(o for o, (c, _) in evaluate.CLASSES.items() if args.field.startswith(c))
    p, want = found[output]
    chance = np.where(want >= 0, p[np.arange(len(p)), want], 1)
    columns = list(FIELDS[args.field][0])
    print("id,field")
    for i in np.argsort(chance)[: args.count]:
        print(f"{items[i % len(items)][0]},{columns[i // len(items)]}")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("what", choices=["sheets", "note", "suspects"])
    args.add_argument("--data", required=True)
    args.add_argument("--field", choices=list(FIELDS), required=True)
    args.add_argument("--out", type=Path)
    args.add_argument("--typed", type=Path)
    args.add_argument("--answers", type=Path)
    args.add_argument("--cache", type=Path)
    args.add_argument("--onnx", type=Path)
    args.add_argument("--count", type=int, default=400)
    args = args.parse_args()
    cv2.setNumThreads(1)
    {"sheets": sheets, "note": note, "suspects": suspects}[args.what](args)


if __name__ == "__main__":
    sys.exit(main())
