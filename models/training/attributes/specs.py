"""Write scene specifications of more renders, rich in what portraits seldom show.

    python specs.py --count 60 --out specs.json
    python DATA/renders/render.py specs.json OUT --spp 8

Every region of a scene draws its own rarity (tinted or shining lenses, headwear, earrings, a
necklace, closed eyes, covered ears), so that few renders hold many examples of each.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

TONES = ["fair", "european", "rosy", "east_asian_fair", "east_asian", "east_asian_tan", "olive", "south_asian", "brown", "dark", "very_dark"]
LONG = ["long", "long", "bob", "fringe", "one_ear", "tied", "tied"]
SHORT = ["crop", "parted", "buzz", "curly", "bald", "crop"]
HAIR = ["black", "soft_black", "dark_brown", "brown", "light_brown", "blond", "red"]
GARMENTS = ["shirt", "suit", "blazer", "vneck", "tshirt", "tank"]


def spec(i, rng, prefix="a", garments=GARMENTS):
    def pick(values, weights=None):
        return values[rng.choice(len(values), p=weights)]

    def colour(low=0.05, high=0.95):
        return [round(float(c), 3) for c in rng.uniform(low, high, 3)]

    female = rng.random() < 0.6
    style = pick(LONG if female else SHORT)
    hair = {"style": style, "color": pick(HAIR), "part": float(rng.uniform(-2.5, 2.5))}
    if style == "one_ear":
        hair["covered"] = pick(["left", "right"])
    kind = pick(["clear", "tinted", "glare", None], [0.1, 0.3, 0.2, 0.4])
    lens = kind and {"type": kind, "shape": pick(["rect", "round"]), "color": colour(0.02, 0.4), "metal": int(rng.random() < 0.3)}
    expr = {}
    if rng.random() < 0.35:
        expr |= {"eyeBlink_L": 1, "eyeBlink_R": 1}
    mouth = rng.random()
    if mouth < 0.25:
        expr |= {"jawOpen": float(rng.uniform(0.15, 0.6))}
    elif mouth < 0.5:
        expr |= {"mouthSmile_L": 0.8, "mouthSmile_R": 0.8, "jawOpen": 0.1, "mouthUpperUp_L": 0.5, "mouthUpperUp_R": 0.5}
    elif mouth < 0.7:
        expr |= {"mouthSmile_L": 0.3, "mouthSmile_R": 0.3}
    return {
        "name": f"{prefix}{i:02d}",
        "seed": 1000 + i,
        "sex": "female" if female else "male",
        "tone": pick(TONES),
        "age": float(rng.uniform(0.1, 0.9)),
        "stubble": 0.0 if female else float(rng.choice([0, 0.4, 0.8])),
        "expr": expr,
        "head": [float(rng.normal(0, 7)), float(rng.normal(0, 5)), float(rng.normal(0, 3))],
        "hair": hair,
        "glasses": lens,
        "headwear": pick([None, "beanie", "fedora", "headband"], [0.5, 0.17, 0.17, 0.16]),
        "headwear_color": colour(0.03, 0.8),
        "earrings": pick([None, "hoop", "stud"], [0.5, 0.25, 0.25]),
        "necklace": pick([None, "chain", "pearls"], [0.5, 0.25, 0.25]),
        "clothes": {
            "type": pick(garments),
            "color": colour(),
            "pattern": pick(["plain", "stripes", "checks"], [0.6, 0.2, 0.2]),
            "pcolor": colour(),
        },
        "background": {"type": "flat", "color": [int(c) for c in rng.integers(40, 256, 3)]},
        "light": {
            "key": float(rng.uniform(0.7, 1.4)),
            "fill": float(rng.uniform(0.2, 0.9)),
            "side": int(rng.choice([-1, 1])),
            "ambient": 0.35,
            "temp": 0.0,
        },
        "cam": {"head_frac": 0.42, "top": 0.13, "dist": float(rng.choice([120, 190, 260])), "dx": 0.0},
        "res": [360, 480],
        "tags": ["attributes"],
    }


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--count", type=int, default=60)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--prefix", default="a", help="of their names")
    args.add_argument("--garments", choices=GARMENTS, nargs="+", default=GARMENTS)
    args.add_argument("--out", type=Path, required=True)
    args = args.parse_args()
    rng = np.random.default_rng(args.seed)
    args.out.write_text(json.dumps([spec(i, rng, args.prefix, args.garments) for i in range(args.count)]))


if __name__ == "__main__":
    sys.exit(main())
