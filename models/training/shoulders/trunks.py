"""Render people whose trunk leans, for the shoulder network: who, in what, under which hair and light goes by chance, each apart.

    python trunks.py --data DATA --out runs/trunks [--first 149 --count 30] [--part 0 --parts 2]

Needs bpy, as DATA/renders/render.py does. The truth of NAME.json is `shoulder_tilt_image_deg`, as in DATA/renders: of the line
through both shoulder joints in the picture. Shoulders need few pixels: pictures are rendered at two fifths of their size.
"""

import argparse
import json
import math
import os
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))
from people import renderer  # noqa: E402

COUNT = 149  # that the shipped network saw, or was watched with
TONES = "fair european rosy east_asian_fair east_asian east_asian_tan olive south_asian brown dark very_dark".split()
COLOURS = "black soft_black dark_brown brown light_brown blond red grey".split()
WOMEN = dict(tied=0.25, long=0.5, bob=0.1, one_ear=0.15)
MEN = dict(crop=0.3, parted=0.2, buzz=0.1, curly=0.15, bald=0.1, long=0.15)
CLOTHES = dict(shirt=0.3, suit=0.15, blazer=0.2, tshirt=0.15, vneck=0.12, tank=0.08)
PATTERNS = "stripes hstripes checks floral".split()
WALLS = [
    dict(type="flat", color=[100, 197, 255]),
    dict(type="flat", color=[245, 245, 245]),
    dict(type="gradient", color=[100, 197, 255], color2=[50, 120, 200]),
    dict(type="shadow", color=[100, 197, 255], gap=14),
    dict(type="clutter", color=[100, 100, 100]),
]


def spec(i):
    """Of picture `i`, for render.py."""
    rng = np.random.default_rng([77001, i])
    pick = lambda options: options[rng.integers(len(options))]  # noqa: E731
    weighted = lambda shares: str(rng.choice(list(shares), p=list(shares.values())))  # noqa: E731
    colour = lambda low, high: [round(float(c), 3) for c in np.clip(rng.uniform(low, high) + rng.normal(0, 0.08, 3), 0.02, 0.95)]  # noqa: E731
    sex, tone = ("male", "female")[int(rng.random() < 0.6)], pick(TONES)
    hair = dict(style=weighted(WOMEN if sex == "female" else MEN), color=pick(COLOURS), part=rng.uniform(-2.5, 2.5))
    if hair["style"] == "one_ear":
        hair["covered"] = pick(["right", "left"])
    worn = weighted(CLOTHES)
    clothes = dict(type="blazer" if (worn, sex) == ("suit", "female") else worn, color=colour(*pick([(0.05, 0.3), (0.3, 0.7), (0.7, 0.92)])))
    if rng.random() < 0.2:
        clothes.update(pattern=pick(PATTERNS), pcolor=colour(0.05, 0.9))
    made = dict(
        name=f"s{i:03d}",
        seed=88000 + i,
        sex=sex,
        tone=tone,
        age=rng.uniform(0.1, 0.7),
        hair=hair,
        clothes=clothes,
        head=[rng.normal(0, 7), rng.normal(0, 5), rng.normal(0, 3)],
        torso_roll=rng.normal(0, 1.2) if rng.random() < 0.3 else rng.uniform(-11, 11),
        torso_yaw=rng.normal(0, 6) if rng.random() < 0.6 else 0.0,
        background=pick(WALLS),
        light=dict(side=pick([-1, 1]), key=rng.uniform(0.8, 1.3), fill=rng.uniform(0.4, 0.9)),
        cam=dict(head_frac=rng.uniform(0.30, 0.46), top=rng.uniform(0.08, 0.16)),
    )
    if rng.random() < 0.12:
        made["glasses"] = dict(type="clear", shape="rect", color=[0.03, 0.03, 0.035])
    return made


def watched(function, seen):
    """`function`, which leaves its last result in `seen`."""

    def call(*args, **named):
        seen[:] = [function(*args, **named)]
        return seen[0]

    return call


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--first", type=int, default=0)
    args.add_argument("--count", type=int, default=COUNT)
    args.add_argument("--part", type=int, default=0, help="of so many processes, which this one is")
    args.add_argument("--parts", type=int, default=1)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("SYN_BEAUTY_SCALE", "0.4")
    os.environ.setdefault("SYN_THREADS", "1")
    render = renderer(args.data)
    # Without its masks, which take longer than the picture, render.py does not say where the joints are.
    person, scene = [], []
    render.build_person, render.scene_setup = watched(render.build_person, person), watched(render.scene_setup, scene)
    for i in range(args.first + args.part, args.first + args.count, args.parts):
        path = args.out / f"s{i:03d}.json"
        if path.exists():
            continue
        truth = render.render_one(spec(i), str(args.out), 8, mask=False)
        points = {name: render.project(*scene[0], place)[0][:2] for name, place in render.landmarks(person[0]).items()}
        truth["landmarks"] = {name: dict(x=round(float(x), 2), y=round(float(y), 2)) for name, (x, y) in points.items()}
        across = points["shoulder_left"] - points["shoulder_right"]
        truth["shoulder_tilt_image_deg"] = round(math.degrees(math.atan2(across[1], across[0])), 2)
        path.write_text(json.dumps(truth, indent=1))


if __name__ == "__main__":
    sys.exit(main())
