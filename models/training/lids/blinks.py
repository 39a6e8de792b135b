"""Render people whose eyes are open, half open and closed, both or one of them, for the answer about lids.

    python blinks.py --data DATA --out runs/blinks [--first 0 --count 60]
    python blinks.py --data DATA --out runs/blinks --fixtures

Needs bpy, as DATA/renders/render.py does. Who, under which hair and light, goes by chance as in ../shoulders/trunks.py. The truth of NAME.json is
`blink`: of the subject's right and left eye, 0 open to 1 closed, and `openness`: mean distance of the lids over that of the corners.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parent / "shoulders")]
import trunks  # noqa: E402
from people import PEOPLE, SHIRT, renderer  # noqa: E402

COUNT = 60
# Of the program's tests, at three quarters of the full size.
FIXTURES = [
    PEOPLE[1] | dict(name="lids_half", clothes=SHIRT, expr=dict(eyeBlink_R=0.65, eyeBlink_L=0.65)),
    PEOPLE[1] | dict(name="lids_low", clothes=SHIRT, expr=dict(eyeBlink_R=0.3, eyeBlink_L=0.3)),
    PEOPLE[0] | dict(name="lids_wink", clothes=SHIRT, expr=dict(eyeBlink_R=0.0, eyeBlink_L=1.0)),
]
RIGHT, LEFT = (36, 37, 38, 39, 40, 41), (45, 44, 43, 42, 47, 46)  # points of iBUG: outer corner, upper lid, inner corner, lower lid


def spec(i):
    """Of picture `i`, for render.py."""
    rng = np.random.default_rng([77101, i])
    how = rng.choice(["both", "alike", "one", "open"], p=[0.4, 0.1, 0.3, 0.2])
    closed = lambda: float(rng.choice([1.0, rng.uniform(0.2, 1.0)], p=[0.2, 0.8]))  # noqa: E731
    blink = [0.0, 0.0]
    if how == "both":
        blink = [closed()] * 2
    elif how == "alike":
        first = closed()
        blink = [first, float(np.clip(first + rng.normal(0, 0.15), 0, 1))]
    elif how == "one":
        blink[rng.integers(2)] = closed()
    made = trunks.spec(20000 + i)
    made |= dict(name=f"b{i:03d}", seed=98000 + i, torso_roll=rng.normal(0, 1.5), expr=dict(eyeBlink_R=blink[0], eyeBlink_L=blink[1]))
    if "asian" in made["tone"] and rng.random() < 0.7:
        made["slim_eye"] = rng.uniform(0.1, 0.5)
    made["cam"] = dict(head_frac=rng.uniform(0.42, 0.6), top=rng.uniform(0.06, 0.12))
    return made


def openness(points):
    """Of the six points of an eye: two pairs of the lids, where the program's mesh has three; lids that lie over each other count as 0."""
    outer, up, up2, inner, low2, low = points
    along = (inner - outer) / np.linalg.norm(inner - outer)
    down = np.array([-along[1], along[0]]) * np.sign(along[0])  # the picture's y runs downwards
    gaps = [(a - b) @ down for a, b in ((low, up), (low2, up2))]
    return float(np.mean(np.maximum(gaps, 0)) / np.linalg.norm(outer - inner))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--first", type=int, default=0)
    args.add_argument("--count", type=int, default=COUNT)
    args.add_argument("--fixtures", action="store_true")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("SYN_BEAUTY_SCALE", "0.75" if args.fixtures else "0.5")
    os.environ.setdefault("SYN_THREADS", "1")
    render = renderer(args.data)
    person, scene = [], []
    render.build_person, render.scene_setup = trunks.watched(render.build_person, person), trunks.watched(render.scene_setup, scene)
    for made in FIXTURES if args.fixtures else map(spec, range(args.first, args.first + args.count)):
        path = args.out / f"{made['name']}.json"
        if path.exists():
            continue
        truth = render.render_one(made, str(args.out), 16 if args.fixtures else 8, mask=False)
        marks = {name: render.project(*scene[0], place)[0][:2] for name, place in render.landmarks(person[0]).items()}
        truth["landmarks"] = {name: dict(x=round(float(x), 2), y=round(float(y), 2)) for name, (x, y) in marks.items()}
        corners = render.project(*scene[0], person[0].VP[np.asarray(render.L68)[[*RIGHT, *LEFT]]])
        points = np.asarray(corners)[:, :2].reshape(2, 6, 2)
        truth["blink"] = [made["expr"][f"eyeBlink_{s}"] for s in "RL"]
        truth["eyes"] = points.round(2).tolist()
        truth["openness"] = [round(float(openness(p)), 4) for p in points]
        path.write_text(json.dumps(truth, indent=1))


if __name__ == "__main__":
    sys.exit(main())
