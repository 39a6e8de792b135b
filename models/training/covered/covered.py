r"""Teach the attribute network to see what is held before the lower face: one more answer from what its heads hear.

    python covered.py --data DATA --hands runs/hands --renders MORE ... --landmarks ../../landmarks.onnx --attributes ../../attributes.onnx --out runs/covered

`covered` [1, 2]: the chances that the face below the eyes is free, and that a hand, a mask or a thing covers a part of it; a logistic
regression on the features of eyes, top of the head and mouth (`probe.py`). It learns on all training portraits, as they are, in other light and retouched, and with something laid
before them (covers.py): covered from COVERED of the lower face on, free up to FREE, between them nothing is learnt. Nothing is learnt from the portraits of HOLDING
either, which really hold something: on them it is tried. The hands are rendered: that it does not learn to tell what is rendered, it sees rendered people too (`--renders`,
those of `specs.py`, `looks.py` and `slipped.py`; never those of DATA). Keeps the features in OUT/portraits.npz and renders.npz (to be deleted where hands or renders change), writes the ONNX file anew, every other
answer bit by bit as it was, and prints how it does on the validation portraits and on those.
"""

import argparse
import sys
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

import covers

import portraits as data  # where covers.py looks
import probe
from pool import Finder, renders

EACH = 2  # pictures with something before each portrait; of a render OFTEN times as many
OFTEN = 6
OTHERS = 30  # portraits that things are cut from
COVERED, FREE, MUCH = 0.12, 0.02, 0.3
PASS, FAIL = 0.3, 0.9  # the limits of chsi-degree
MADE, REAL = 0.5, 2.0  # how much a picture counts
LEAST = 20  # pixels between the pupils
# Training portraits with a hand or a microphone before mouth, chin or cheek. Found among the 64 of all that a first probe thought likeliest.
HOLDING = ["18f-team-0048", "18f-team-0067", "pif-fellows-0017", "pif-fellows-0082", "pif-fellows-0084", "ropensci-team-0098"]


@dataclass
class Rendered:
    """A rendered person, as the portraits are."""

    id: str
    picture: np.ndarray
    mesh: np.ndarray
    five: np.ndarray
    split: str = "train"
    source: str = "render"

    def image(self):
        return self.picture


def rendered(folder, finder):
    return [Rendered(name, image, mesh, mesh[list(covers.FIVE), :2]) for name, image, mesh, _ in renders(folder, finder)]


def opened(path):
    return cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA)


def alone(task):
    """[(features, what is before the face, share of it that is covered)] of a portrait, as it is and with something before it."""
    portrait, args, others, hands, seed = task
    cv2.setNumThreads(1)
    if not hasattr(alone, "listen"):
        alone.listen, alone.pictures = probe.Listener(args.landmarks, args.attributes, [probe.FACE, probe.MOUTH]), {}
    if portrait.split not in alone.pictures:
        alone.pictures[portrait.split] = [p.image() for p in others], [opened(p) for p in hands]
    image, mesh, rng = portrait.image(), portrait.mesh.astype(np.float64), np.random.default_rng(seed)
    others, hands = alone.pictures[portrait.split]
    made = [("", image, 0.0)]
    for _ in range(EACH * (OFTEN if portrait.source == "render" else 1)):
        made.append(covers.held(covers.lit(image, mesh, rng) if rng.random() < 0.3 else image, mesh, hands, others, rng))
    made += [("lit", covers.lit(image, mesh, rng), 0.0) for _ in range(OFTEN if portrait.source == "render" else 1)]
    return [(np.float16(alone.listen(picture, portrait.five)), kind, share) for kind, picture, share in made]


def features(args):
    """{"seen": (n, 2, features), "kind", "share", "train", "id", "render"} of all portraits and renders; hands and things of validation are others."""
    portraits = [p for p in data.load(args.data) if p.pupil_distance >= LEAST]
    hands = sorted(args.hands.glob("*.png"))
    hands = {"train": [p for i, p in enumerate(hands) if i % 5], "val": hands[::5]}
    others = {s: [p for p in portraits if p.split == s][:: 7 if s == "val" else 40][:OTHERS] for s in hands}
    parts = []
    for name in ("portraits", "renders"):
        kept = args.out / f"{name}.npz"
        if not kept.exists():
            people = portraits
            if name == "renders":
                people = [r for folder in args.renders for r in rendered(folder, Finder(args.landmarks))]
            tasks = [(p, args, others[p.split], hands[p.split], i) for i, p in enumerate(people)]
            with Pool(args.processes) as pool:
                done = pool.map(alone, tasks, chunksize=16)
            each = [(p, m) for p, made in zip(people, done) for m in made]
            np.savez(
                kept,
                seen=np.array([m[0] for _, m in each]),
                kind=np.array([m[1] for _, m in each]),
                share=np.array([m[2] for _, m in each]),
                train=np.array([p.split == "train" for p, _ in each]),
                id=np.array([p.id for p, _ in each]),
                render=np.array([name == "renders" for _ in each]),
            )
        parts.append(dict(np.load(kept)))
    return {k: np.concatenate([part[k] for part in parts]) for k in parts[0]}


def line(name, covered, part):
    """A row of the table in models/README.md."""
    if len(part):
        shares = np.mean(part <= PASS), np.mean((part > PASS) & (part <= FAIL)), np.mean(part > FAIL)
        print(f"| {name} | {covered} | {len(part)} | " + " | ".join(f"{100 * s:.1f}" for s in shares) + " |")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--hands", type=Path, required=True)
    args.add_argument("--renders", nargs="+", required=True)
    args.add_argument("--landmarks", required=True)
    args.add_argument("--attributes", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--processes", type=int, default=2)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)  # threads do not live on in forked processes
    made = features(args)
    seen, kind, share, train = made["seen"].astype(np.float32), made["kind"], made["share"], made["train"]
    holding = np.isin(made["id"], HOLDING)
    some = train & ~holding & ((share >= COVERED) | (share <= FREE))
    w, b = probe.fit(seen[some], share[some] >= COVERED, np.where(kind[some] == "", REAL, MADE) * np.where(made["render"][some], 3.0, 1.0))
    probe.add(args.attributes, "covered", [probe.FACE, probe.MOUTH], w, b)
    p = probe.chance(seen, w, b)
    print(f"{some.sum()} pictures to learn from\n\n| | share, % | pictures | pass, % | to a person, % | fail, % |\n|---|---|---|---|---|---|")
    val = ~train & ~holding
    line("nothing", "0", p[val & (kind == "")])
    line("nothing, other light or retouched", "0", p[val & (kind == "lit")])
    laid = val & ~np.isin(kind, ["", "lit"])
    for name, of in [*((k, laid & (kind == k)) for k in covers.KINDS), ("all of these", laid)]:
        for low, high in ((0, FREE), (FREE, COVERED), (COVERED, MUCH), (MUCH, 1.01)):
            line(name, f"{100 * low:.0f} to {min(100, 100 * high):.0f}", p[of & (share >= low) & (share < high)])
    print([(str(i), round(100 * float(v))) for i, v in zip(made["id"][holding & (kind == "")], p[holding & (kind == "")])])


if __name__ == "__main__":
    sys.exit(main())
