"""Train the matte network.

    python train.py --data ../../../../shared --teacher runs/matte/teacher --out runs/matte \\
        --start ../landmarks/runs/landmarks/best.pt --negatives DIR [DIR ...] [--renders DIR ...]

`--teacher`: what prepare.py wrote. `--start`: the landmark checkpoint whose body sees first, or a matte
checkpoint. `--negatives`: folders of pictures without people, for backdrops. `--renders`: folders of
NAME.jpg, NAME.mask.png, NAME.json to train on (not those of the data folder, which test). The first
part of the run sees the pictures at a smaller size. Seeded; writes OUT/last.pt (resumes from it)
and OUT/best.pt, the best over validation portraits and the data folder's renders.
"""

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, Subset

import compose
from backdrops import surroundings
from model import Matte

SMALL = 192, 160  # rows, columns


class Pictures(Dataset):
    """Endless seeded stream; item i is the same in every run over the same cuts."""

    def __init__(self, cuts, scenery, length, seed):
        self.cuts, self.scenery, self.length, self.seed = cuts, scenery, length, seed
        share = np.array([weight(c) for c in cuts])
        share[[c.kind == "render" for c in cuts]] *= 0.1 * share.sum() / max(1, sum(c.kind == "render" for c in cuts))
        self.share = np.cumsum(share / share.sum())

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        rng = np.random.default_rng([self.seed, i])
        one = self.cuts[min(len(self.cuts) - 1, int(np.searchsorted(self.share, rng.random())))]
        return compose.sample(one, self.scenery, self.cuts, rng.random() < 0.2, rng)


def weight(one):
    """How often a cut is drawn: coarse mattes and tiny pictures less."""
    if one.source == "uk-parliament":
        return 0.4
    return 0.5 if one.kind == "cluttered" else 1.0


def photographs(folders, seed, most=400):
    """Squares of POOL pixels from pictures without people."""
    found = [f for d in folders for f in sorted(Path(d).rglob("*")) if f.suffix in (".jpg", ".png")]
    np.random.default_rng(seed).shuffle(found)
    out = []
    for f in found[:most]:
        image = cv2.imread(str(f), cv2.IMREAD_REDUCED_COLOR_4 if f.stat().st_size > 400_000 else cv2.IMREAD_REDUCED_COLOR_2)
        if image is not None and min(image.shape[:2]) >= 100:
            k = compose.POOL / min(image.shape[:2])
            image = cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
            x = (image.shape[1] - compose.POOL) // 2
            out.append(cv2.cvtColor(np.ascontiguousarray(image[: compose.POOL, x : x + compose.POOL]), cv2.COLOR_BGR2RGB))
    return [p for p in out if p.shape == (compose.POOL, compose.POOL, 3)]


def to_input(pictures):
    return (pictures.permute(0, 3, 1, 2).float() / 255).contiguous(memory_format=torch.channels_last)


def losses(logits, alpha, weight):
    """(absolute error, cross entropy, gradient error)."""
    logits, alpha, w = logits.float(), alpha[:, None], weight[:, None]
    found = torch.sigmoid(logits)
    total = w.sum()
    plain = (w * (found - alpha).abs()).sum() / total
    cross = (w * F.binary_cross_entropy_with_logits(logits, alpha, reduction="none")).sum() / total
    off, sharp = found - alpha, 0
    for d in (1, 2):
        sharp = sharp + ((off[..., d:] - off[..., :-d]).abs() * w[..., d:] * (w[..., :-d] > 0)).sum() / total
        sharp = sharp + ((off[..., d:, :] - off[..., :-d, :]).abs() * w[..., d:, :] * (w[..., :-d, :] > 0)).sum() / total
    return plain, cross, sharp


def pace(done):
    """Learning rate over the run: a short rise, then a cosine to almost nothing."""
    return min(1.0, (done + 1e-3) / 0.03) * (0.5 + 0.5 * np.cos(np.pi * done)) + 0.005


def follow(average, now, count):
    """Exponential average of the weights; quick at first, when the weights still travel."""
    keep = torch.clamp((1 + count) / (20 + count), max=0.998)
    return keep * average + (1 - keep) * now


def validation(cuts):
    """Pictures, alpha and weight as the program crops them."""
    matrix, size = compose.from_pool(), compose.SIZE
    out = []
    for c in cuts:
        both = cv2.warpAffine(np.dstack([c.picture, c.alpha]), matrix, size)
        known = np.zeros_like(c.alpha)
        known[c.box[1] : c.box[3], c.box[0] : c.box[2]] = c.known[c.box[1] : c.box[3], c.box[0] : c.box[2]]
        out.append((both[..., :3], both[..., 3].astype(np.float32) / 255, cv2.warpAffine(known, matrix, size, flags=cv2.INTER_NEAREST)))
    return [np.stack(part) for part in zip(*out)]


def scores(model, pictures, alpha, weight):
    """Per picture: IoU over 0.5, mean absolute error; where alpha is known."""
    model.eval()
    out = []
    with torch.no_grad():
        for i in range(0, len(pictures), 16):
            found = torch.sigmoid(model(to_input(torch.from_numpy(pictures[i : i + 16]))))[:, 0].numpy()
            a, w = alpha[i : i + 16], weight[i : i + 16] > 0
            both, either = (found > 0.5) & (a > 0.5) & w, ((found > 0.5) | (a > 0.5)) & w
            error = (np.abs(found - a) * w).sum((1, 2)) / w.sum((1, 2))
            out.append(np.stack([both.sum((1, 2)) / either.sum((1, 2)), error], 1))
    return np.concatenate(out)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--teacher", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--start", type=Path, required=True)
    args.add_argument("--negatives", nargs="+", required=True)
    args.add_argument("--renders", nargs="*", default=[])
    args.add_argument("--steps", type=int, default=3000)
    args.add_argument("--small", type=float, default=0.5, help="share of the steps at the smaller size")
    args.add_argument("--batch", type=int, default=32)
    args.add_argument("--rate", type=float, default=3e-3)
    args.add_argument("--frozen", type=float, default=0.5, help="share of the steps in which the first two stages are not trained")
    args.add_argument("--limit", type=int, help="portraits to train on, at most")
    args.add_argument("--minutes", type=float, help="end the run after this time instead: the steps left are counted by the pace so far")
    args.add_argument("--every", type=int, default=250, help="steps between validations")
    args.add_argument("--judged", type=int, default=130, help="validation portraits looked at while training")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=Path, help="a file with the number of threads to use, read while training")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)

    cuts = [*compose.portraits(args.data, args.teacher, "train", args.limit), *compose.renders(args.renders)]
    scenery = compose.kept(args.teacher / "cuts" / "scenery.pickle", lambda: photographs(args.negatives, args.seed))
    val = [*compose.portraits(args.data, args.teacher, "val", args.judged)] + list(compose.renders([Path(args.data) / "renders" / "images"]))
    # Rooms that people were photographed in: shelves, flags, leaves where such pictures have them.
    rooms = [r for c in cuts if c.kind == "cluttered" if (r := surroundings(c)) is not None]
    sources = np.array([c.source for c in val])
    judged = validation(val)
    kinds = {k: sum(c.kind == k for c in cuts) for k in ("plain", "cluttered", "render")}
    print(f"{kinds} cuts, {len(scenery)} pictures without people, {len(rooms)} rooms, {len(val)} validation", flush=True)

    model = Matte()
    saved = torch.load(args.start, weights_only=False)["average"]
    if any(n.startswith("module.quarter") for n in saved):
        model.load_state_dict({n.removeprefix("module."): w for n, w in saved.items() if n.startswith("module.")})
    else:
        model.start_from(args.start)
    model = model.to(memory_format=torch.channels_last)
    model.freeze(args.frozen > 0)
    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=follow, use_buffers=True)
    seen = ("quarter", "eighth", "sixteenth", "least")
    groups = [
        {"params": [p for n, p in model.named_parameters() if (p.ndim > 1) == big and n.startswith(seen) == old], "weight_decay": 0.02 * big, "share": 0.4 if old else 1.0}
        for big in (True, False)
        for old in (True, False)
    ]
    optimiser = torch.optim.AdamW(groups, args.rate)
    start, best = 0, 9.0
    if (args.out / "last.pt").exists():
        saved = torch.load(args.out / "last.pt", weights_only=False)
        for name, part in dict(model=model, average=average, optimiser=optimiser).items():
            part.load_state_dict(saved[name])
        start, best = saved["step"], saved["best"]

    def save(name, **extra):
        parts = dict(model=model, average=average, optimiser=optimiser)
        torch.save({k: v.state_dict() for k, v in parts.items()} | extra, args.out / "new.pt")
        (args.out / "new.pt").replace(args.out / name)

    stream = Subset(Pictures(cuts, (scenery, rooms), args.steps * args.batch, args.seed), range(start * args.batch, args.steps * args.batch))
    loader = DataLoader(stream, args.batch, num_workers=1, prefetch_factor=3, worker_init_fn=lambda _: cv2.setNumThreads(1))
    began, history = time.time(), []
    for step, (pictures, alpha, weight) in enumerate(loader, start):
        if args.threads and step % 20 == 0:
            torch.set_num_threads(int(args.threads.read_text()))
        done = step / args.steps
        if args.minutes:
            done = max(done, (time.time() - began) / 60 / args.minutes)
        for group in optimiser.param_groups:
            group["lr"] = args.rate * pace(min(1.0, done)) * group["share"]
        image = to_input(pictures)
        if done >= args.frozen and model.frozen:
            model.freeze(False)
        if done < args.small:
            image = F.interpolate(image, SMALL, mode="bilinear", antialias=True).contiguous(memory_format=torch.channels_last)
            alpha = F.interpolate(alpha[:, None], SMALL, mode="bilinear", antialias=True)[:, 0]
            weight = F.interpolate(weight[:, None], SMALL)[:, 0]
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(image)
        plain, cross, sharp = losses(logits, alpha, weight)
        loss = plain + 0.5 * cross + 0.5 * sharp
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        average.update_parameters(model)
        history.append([plain.item(), cross.item(), sharp.item()])
        last = step + 1 == args.steps or done >= 1
        if (step + 1) % args.every == 0 or last:
            found = scores(average.module, *judged)
            by = {s: [round(float(v), 4) for v in found[sources == s].mean(0)] for s in np.unique(sources)}
            score = float(np.mean([v[1] for v in by.values()]))
            print(f"step {step + 1} {time.time() - began:.0f}s done {done:.3f} losses {np.mean(history, 0).round(4)} mean error by source {score:.4f} {json.dumps(by)}", flush=True)
            history = []
            if score < best:
                best = score
                save("best.pt", step=step + 1, best=best)
            save("last.pt", step=step + 1, best=best)
        if last:
            break


if __name__ == "__main__":
    main()
