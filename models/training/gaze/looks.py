"""Render people who look aside by a known angle, to measure the gaze network on what it never saw.

    python looks.py --data DATA --out runs/looks [--only NAME ...]

Needs bpy, as DATA/renders/render.py does, which moves the lids of a look aside but leaves the eyeballs where they are: here they turn,
by an angle of their own beside the head's yaw. The truth of NAME.json is `gaze`: degrees beside the lens, + to the subject's left.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))
from people import PEOPLE, SHIRT, renderer  # noqa: E402

# One who wears glasses, too.
WEARER = dict(seed=41, sex="male", tone="brown", hair=dict(style="buzz", color="black"), glasses=dict(type="clear", shape="rect"))
# Look beside the face and yaw of the head, degrees.
LOOKS = [(20, 0), (-15, 0), (5, 0), (-25, 0), (10, 0), (-8, 0), (15, 0), (-12, 12), (-5, 0), (12, 0), (-18, 0), (8, -8)]


def turn_eyes(render, degrees):
    """Have the lid shapes of a look to the side carry the eyeballs with them; returns the shapes' weight."""
    weight = degrees / 30
    for side, at in render.EYE_V.items():
        centre = render.EYEC[side]
        around = render.B[at] - centre
        turned = around @ render.rot(degrees, 0, 0).T - around
        toward = {"L": "Out", "R": "In"} if degrees > 0 else {"L": "In", "R": "Out"}
        shape = f"ex_eyeLook{toward[side]}_{side}"
        render.ICT[shape] = render.ICT[shape].copy()
        render.ICT[shape][at] = turned / abs(weight)
    return weight


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--only", nargs="*")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    render, people = renderer(args.data), [*PEOPLE, WEARER]
    render.ICT = dict(render.ICT)
    still = dict(render.ICT)
    for i, (look, yaw) in enumerate(LOOKS):
        name = f"g{i:02d}"
        if args.only and name not in args.only:
            continue
        render.ICT.update(still)
        weight = turn_eyes(render, look)
        spec = people[i % len(people)] | dict(name=name, gaze=[weight, 0], head=[yaw, 0, 0], clothes=SHIRT)
        render.render_one(spec, str(args.out), 16)
        truth = json.loads((args.out / f"{name}.json").read_text())
        truth["gaze"] = look + yaw
        (args.out / f"{name}.json").write_text(json.dumps(truth, indent=1))
        print(name, look + yaw, np.round([truth["landmarks"][f"pupil_{s}"]["x"] for s in ("left", "right")], 1), flush=True)


if __name__ == "__main__":
    sys.exit(main())
