"""Train the attribute network.

    python train.py --cache runs/pool --out runs/attributes --start runs/landmarks/best.pt

`--cache`: what pool.py and props.py wrote. `--start`: a checkpoint of the landmark network, or of a
run of this program to go on from. Seeded; writes OUT/last.pt (resumes from it), OUT/best.pt, the
best by mean error over the questions that the validation portraits answer, and OUT/step-N.pt of the
last two fifths, whose mean export.py can take.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

import labels
import pool
from measure import equal_error, SCORES
from network import Attributes, loss_of
from patches import GROUPS, OTHER, SIZE
from shades import disturb

PER_STEP = {"ears": 7, "face": 6, "mouth": 2, "body": 12}  # pictures of each group in a step
SWAPPED = 0.05  # share of the pictures with unlike ears whose labels changed sides, by turned heads
MADE, FEW = 0.1, 0.03  # share of each set of made pictures; of a set of few
# How much more often a picture is drawn that says yes to a rare question.
OFTEN = {"headwear": 6, "scarf": 2, "band": 2, "brows": 2, "forehead_covered": 2, "low": 5, "no_neckline": 2, "no_garment": 3,
         "tinted": 5, "reflecting": 5, "eyes": 5, "pattern": 2.5, "earring": 2, "necklace": 2.2, "glasses": 1.3}  # fmt: skip
# Weight of a question in the loss.
HEAVY = {"ear_l_touched": 1.2, "ear_r_touched": 1.2, "ear_l_hidden": 1.2, "ear_r_hidden": 1.2, "glasses": 1.5, "headwear": 1.5}


class Groups(Dataset):
    """Endless seeded stream of steps; step i is the same in every run."""

    def __init__(self, cache, steps, seed, per_step):
        self.steps, self.seed, self.per_step = steps, seed, per_step
        self.sets = {g: [] for g in GROUPS}  # [(patches, slice, targets, chance, made)]
        for path in sorted(cache.glob("*.json")):
            if path.stem.startswith(("val", "test")) or not path.with_suffix(".npy").exists():
                continue
            patches, items, group = pool.load(cache, path.stem)
            targets = np.stack([labels.targets(row) for _, _, row in items])
            for g in GROUPS if group == "all" else [group]:
                part = GROUPS[g] if group == "all" else slice(None)
                self.sets[g].append((patches, part, targets, self.chance(targets, g), path.stem != "real"))

    def chance(self, targets, group):
        c = np.ones(len(targets))
        for q in labels.ASKED[group]:
            c = np.where(targets[:, q] == 1, np.maximum(c, OFTEN.get(labels.NAMES[q], 1)), c)
        c *= np.isfinite(targets[:, labels.ASKED[group]]).any(1)
        return c / c.sum()

    def __len__(self):
        return self.steps

    def draw(self, group, rng):
        sets = sorted(self.sets[group], key=lambda s: s[4])  # the portraits first
        share = np.array([0.0] + [MADE if len(s[0]) > 100 else FEW for s in sets[1:]])
        share[0] = 1 - share.sum()
        patches, part, targets, chance, _ = sets[rng.choice(len(sets), p=share)]
        i = rng.choice(len(chance), p=chance)
        stored, t = patches[i][part], targets[i].copy()
        flip = rng.random() < 0.5
        if group == "ears":  # each in its own light; in a mirrored picture they change places
            if flip:
                stored, t[:4] = stored[::-1], t[[2, 3, 0, 1]]
            out = [disturb(s, SIZE, pool.GROW, False, False, rng) for s in stored]
        else:
            state, first = rng.integers(1 << 30), GROUPS[group].start
            if flip:
                stored = [stored[OTHER[first + k] - first] for k in range(len(stored))]
            flips = [flip and OTHER[first + k] == first + k for k in range(len(stored))]
            out = [disturb(s, SIZE, pool.GROW, f, group == "body", np.random.default_rng(state)) for s, f in zip(stored, flips)]
        return np.stack(out), t[labels.ASKED[group]]

    def __getitem__(self, step):
        rng = np.random.default_rng([self.seed, step])
        out = {}
        for g, n in self.per_step.items():
            drawn = [self.draw(g, rng) for _ in range(n)]
            out[g] = np.stack([d[0] for d in drawn]), np.stack([d[1] for d in drawn])
        return out


def to_input(patches):
    """(n, k, SIZE, SIZE, 3) uint8 -> (n, k, 3, SIZE, SIZE) in 0..1."""
    return torch.as_tensor(patches).permute(0, 1, 4, 2, 3).float() / 255


def answers(model, patches, batch=24, groups=tuple(GROUPS)):
    """Logits (pictures, questions) of whole pictures (n, 7, SIZE, SIZE, 3)."""
    model.eval()
    out = np.full((len(patches), len(labels.NAMES)), np.nan, np.float32)
    with torch.no_grad():
        for i in range(0, len(patches), batch):
            x = to_input(np.array(patches[i : i + batch]))
            for g, logits in model({g: x[:, s] for g, s in GROUPS.items() if g in groups}).items():
                out[i : i + batch, labels.ASKED[g]] = logits.float().numpy()
    return out


def pace(done):
    """Share of the full learning rate after a share of the run: a short rise, then a cosine to almost nothing."""
    return min(1.0, done / 0.04) * (0.5 + 0.5 * np.cos(np.pi * done)) + 0.005


def follow(average, now, count):
    """Exponential average of the weights; quick at first, when the weights still travel."""
    keep = torch.clamp((1 + count) / (20 + count), max=0.998)
    return keep * average + (1 - keep) * now


def adamw(parameters, rate):
    """Weights decay, offsets and scales do not."""
    decay, keep = [[p for p in parameters if (p.ndim > 1) == many] for many in (True, False)]
    return torch.optim.AdamW([dict(params=decay, weight_decay=0.05), dict(params=keep, weight_decay=0)], rate)


def weight_of(given):
    """How much a yes counts more than a no, per question of `given` (n, questions): the root of their ratio, within limits."""
    yes, no = np.nansum(given, 0), np.nansum(1 - given, 0)
    return torch.from_numpy(np.clip(np.sqrt(no / np.maximum(yes, 1)), 0.7, 4).astype(np.float32))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--cache", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--start", type=Path, required=True)
    args.add_argument("--steps", type=int, default=6000)
    args.add_argument("--rate", type=float, default=1.5e-3)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=Path, help="a file with the number of threads to use, read while training")
    args.add_argument("--hours", type=float, default=0, help="run the course by the clock instead, this long")
    args.add_argument("--frozen", type=int, default=0, help="parts of the trunk, from the first, that stay as they are (6: all at 24 px and more)")
    args.add_argument("--only", choices=list(GROUPS), help="train for one group of patches: its trunk is its own")
    args.add_argument("--pictures", type=int, default=16, help="pictures in a step, with --only")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    cv2.setNumThreads(1)

    model = Attributes()
    started = torch.load(args.start, weights_only=False, map_location="cpu")["average"]
    if any("views" in n for n in started):
        model.go_on_from(started)
    else:
        model.start_from(started)
    per_step = {args.only: args.pictures} if args.only else PER_STEP
    for part in model.body[: args.frozen]:
        part.requires_grad_(False)
    model = model.to(memory_format=torch.channels_last)
    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=follow, use_buffers=True)
    optimiser = adamw(list(model.parameters()), args.rate)
    start, best, spent = 0, 9.0, 0.0
    if (args.out / "last.pt").exists():
        saved = torch.load(args.out / "last.pt", weights_only=False)
        for name, part in dict(model=model, average=average, optimiser=optimiser).items():
            part.load_state_dict(saved[name])
        start, best, spent = saved["step"], saved["best"], saved["spent"]

    def save(name, **extra):
        parts = dict(model=model, average=average, optimiser=optimiser)
        torch.save({k: v.state_dict() for k, v in parts.items()} | extra, args.out / "new.pt")
        (args.out / "new.pt").replace(args.out / name)

    val, items, _ = pool.load(args.cache, "val")
    rows = [row for _, _, row in items]
    test, test_items, _ = pool.load(args.cache, "test")
    stream = Groups(args.cache, 10**6 if args.hours else args.steps, args.seed, per_step)
    weight_of_yes = weight_of(np.concatenate([s[2] for s in stream.sets["ears"] if not s[4]]))
    weight = torch.tensor([HEAVY.get(n, 1.0) for n in labels.NAMES])
    left = torch.utils.data.Subset(stream, range(start, len(stream)))
    loader = DataLoader(left, None, num_workers=1, prefetch_factor=3, worker_init_fn=lambda _: cv2.setNumThreads(1))
    print({g: [(len(s[0]), s[4]) for s in v] for g, v in stream.sets.items()}, flush=True)
    began, losses = time.time() - spent, []
    for step, batch in enumerate(loader, start):
        if args.threads and step % 20 == 0:
            torch.set_num_threads(int(args.threads.read_text()))
        done = (time.time() - began) / 3600 / args.hours if args.hours else step / args.steps
        for group in optimiser.param_groups:
            group["lr"] = args.rate * pace(min(1.0, done))
        model.train()
        for part in model.body[: args.frozen]:
            part.eval()
        found = model({g: to_input(x) for g, (x, _) in batch.items()})
        parts = {}
        for g, logits in found.items():
            asked = labels.ASKED[g]
            parts[g] = loss_of(logits, torch.as_tensor(batch[g][1]), weight_of_yes[asked], weight[asked], SWAPPED if g == "ears" else 0)
        loss = sum(parts.values())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 3.0)
        optimiser.step()
        average.update_parameters(model)
        losses.append([p.item() for p in parts.values()])
        last = done >= 1 or step + 1 == len(stream)
        if (step + 1) % 100 == 0 or last:
            print(f"step {step + 1} {time.time() - began:.0f}s {100 * done:.0f}% loss {np.mean(losses, 0).round(3)}", flush=True)
            losses = []
        if (step + 1) % 400 == 0 or last:
            logits = answers(average.module, val, groups=tuple(per_step))
            by = {n: equal_error(score(logits), want) for n, (score, want) in ((n, (f, w(rows))) for n, f, w in SCORES)}
            score = float(np.mean([v for v in by.values() if np.isfinite(v)]))
            logits = answers(average.module, test, groups=tuple(per_step))
            rows2 = [row for _, _, row in test_items]
            by2 = {n: equal_error(f(logits), w(rows2)) for n, f, w in SCORES}
            print(f"  val {score:.4f} {json.dumps({k: round(100 * v, 1) for k, v in by.items()})}", flush=True)
            print(f"  renders {json.dumps({k: round(100 * v, 1) for k, v in by2.items()})}", flush=True)
            if score < best:
                best = score
                save("best.pt", step=step + 1, best=best, spent=time.time() - began)
        if (step + 1) % 200 == 0 or last:
            save("last.pt", step=step + 1, best=best, spent=time.time() - began)
            if done > 0.6:
                save(f"step-{step + 1}.pt", step=step + 1)
        if last:
            break


if __name__ == "__main__":
    sys.exit(main())
