"""Render people whose glasses have slipped, to measure the rim network on what it never saw.

    python slipped.py --data DATA --out runs/slipped [--only NAME ...]

Needs bpy, as DATA/renders/render.py does, which places the lenses at one height: here they lie lower or higher. The truth of
NAME.json is `covered`: the shares of the right and the left eye's opening that the rims cover, %, counted on the masks of the same
person with and without glasses.
"""

import argparse
import inspect
import json
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))
from people import PEOPLE, SHIRT, renderer  # noqa: E402

EYES = 7  # in the masks' classes
PLACE = ".35; cx"  # where render.py says how far below the eyes the lenses' middle lies, in centimetres
# Specs of glasses, which take turns.
GLASSES = [
    dict(type="clear", shape="rect"),
    dict(type="clear", shape="round", color=[0.6, 0.5, 0.3], metal=1, rim=0.09),
    dict(type="clear", shape="rect", color=[0.18, 0.08, 0.03], rim=0.2),
    dict(type="clear", shape="round", color=[0.02, 0.02, 0.03], rim=0.16),
]
# How far below the eyes the lenses' middle lies (as it should: 0.35), beside half the height of a lens; half an opening is about 0.5.
FITS = [0.1, 0.35, 0.7]
ABOUT = [-0.9, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.7]


def opening(path, truth):
    """Pixels of the right and the left eye in the mask."""
    mask = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    xs = [truth["landmarks"][f"pupil_{s}"]["x"] for s in ("right", "left")]
    x = np.nonzero((mask if mask.ndim == 2 else mask[..., 0]) == EYES)[1]
    return np.array([(np.abs(x - xs[k]) < abs(xs[1] - xs[0]) / 2).sum() for k in (0, 1)])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--only", nargs="*")
    args.add_argument("--samples", type=int, default=16, help="a pixel")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    render = renderer(args.data)
    source = inspect.getsource(render.glasses)
    assert source.count(PLACE) == 1, "render.py places the lenses otherwise"
    exec(source.replace(PLACE, "g['below']; cx"), render.__dict__)
    drops = [(d, True) for d in FITS] + [(d, False) for d in ABOUT + [-a for a in ABOUT[1:6:2]]]
    for i, (drop, fits) in enumerate(drops):
        name = f"r{i:02d}"
        if args.only and name not in args.only:
            continue
        worn = dict(GLASSES[i % len(GLASSES)])
        half = 1.85 if worn["shape"] == "rect" else 2.2
        worn["below"] = drop if fits else (half + drop) * (-1 if i >= len(FITS) + len(ABOUT) else 1)
        spec = PEOPLE[i % len(PEOPLE)] | dict(name=name, clothes=SHIRT)
        render.render_one(spec | dict(name="bare"), str(args.out), 1)
        render.render_one(spec | dict(glasses=worn), str(args.out), args.samples)
        truth = json.loads((args.out / f"{name}.json").read_text())
        whole, seen = (opening(args.out / f"{n}.mask.png", truth) for n in ("bare", name))
        truth["covered"] = [float(c) for c in (100 * (1 - seen / whole)).round(1)]
        (args.out / f"{name}.json").write_text(json.dumps(truth, indent=1))
        print(name, worn["below"], truth["covered"], flush=True)
    for left in args.out.glob("bare.*"):
        left.unlink()


if __name__ == "__main__":
    sys.exit(main())
