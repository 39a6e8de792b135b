"""Train one group of the attribute network on a teacher's answers (teach.py) and on the labels.

    python distil.py --data DATA --cache runs/pool --teacher runs/teachers/body.onnx --group body --start runs/body/step-*.pt \
        --out runs/distilled-body --hours 0.9

A step has pictures that teacher and network see alike, also two laid over each other and portraits
without labels ("A good teacher is patient and consistent", Beyer et al. 2021), and pictures of
train.py's stream for what the teacher was not asked. The network learns the teacher's answers and,
through one more layer that is thrown away, its features (FitNets, Romero et al. 2015). Of several checkpoints of `--start` the mean
is taken. Seeded; the course runs by the clock. Writes OUT/last.pt and, in the last two
fifths, OUT/step-N.pt every 400 steps.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss
from torch.utils.data import DataLoader, Dataset

import labels
import pool
import train
from export import averaged
from measure import SCORES, equal_error
from network import loss_of
from patches import GROUPS, PATCHES, SIZE
from shades import lens_and_file
from teach import FEATURES, to_input
from views import STORES, Views

PATTERNED = 0.3  # share of garments that a pattern is laid on, another one each time
MIXED = 0.15  # share of pictures that are two, laid over each other
WORSE = 0.35  # share of which the network, not the teacher, sees a worse file


class Stream(Dataset):
    """Endless seeded stream of steps: (teacher's pictures, patches, labelled patches, their targets)."""

    def __init__(self, views, groups, group, pictures, seed):
        self.views, self.groups, self.group, self.pictures, self.seed = views, groups, group, pictures, seed
        often = np.array([train.OFTEN.get(q, 1) for q in views.store.taught])
        chance = np.where(views.targets[views.train] == 1, often, 1).max(1)
        self.chance = chance / chance.sum()

    def __len__(self):
        return 10**6

    def __getitem__(self, step):
        rng = np.random.default_rng([self.seed, step])
        least, patterned = (0.6, PATTERNED) if self.group == "body" else (0.3, 0.0)
        drawn = []
        for _ in range(self.pictures):
            i, j = rng.choice(self.views.train, 2, p=self.chance)
            seen, patches = self.views.draw(i, rng, patterned)
            if rng.random() < MIXED:
                share = rng.beta(0.7, 0.7)
                over = self.views.draw(j, rng, patterned)
                seen, patches = ((share * a + (1 - share) * b).astype(np.uint8) for a, b in zip((seen, patches), over))
            if rng.random() < WORSE:
                state = rng.integers(1 << 30)
                patches = np.stack([lens_and_file(p.copy(), np.random.default_rng(state), least) for p in patches])
            drawn.append((seen, patches))
        return np.stack([d[0] for d in drawn]), np.stack([d[1] for d in drawn]), *self.groups[step][self.group]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--cache", type=Path, required=True)
    args.add_argument("--teacher", type=Path, required=True)
    args.add_argument("--group", choices=list(STORES), required=True)
    args.add_argument("--start", type=Path, nargs="+", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--hours", type=float, required=True)
    args.add_argument("--rate", type=float, default=8e-4)
    args.add_argument("--threads", type=int, default=2)
    args.add_argument("--pictures", type=int, default=16, help="of a step, that the teacher sees too")
    args.add_argument("--labelled", type=int, default=6, help="of a step, from the stream of train.py")
    args.add_argument("--seed", type=int, default=11)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    cv2.setNumThreads(1)
    store, asked = STORES[args.group], labels.ASKED[args.group]
    learnt = [store.taught.index(q) for q in store.learnt]
    columns = [asked.index(labels.NAMES.index(q)) for q in store.learnt]
    teacher = onnxruntime.InferenceSession(str(args.teacher), pool.one_thread(), providers=["CPUExecutionProvider"])
    model = averaged(args.start).to(memory_format=torch.channels_last)
    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=train.follow, use_buffers=True)
    decay, keep = [[p for p in model.parameters() if (p.ndim > 1) == many] for many in (True, False)]
    project = nn.LazyLinear(FEATURES)
    project(model.heard(torch.zeros(1, len(PATCHES[GROUPS[args.group]]), 3, SIZE, SIZE), args.group).detach())
    optimiser = torch.optim.AdamW(
        [dict(params=decay + [project.weight], weight_decay=0.05), dict(params=keep + [project.bias], weight_decay=0)], args.rate)  # fmt: skip
    groups = train.Groups(args.cache, 10**6, args.seed, {args.group: args.labelled})
    stream = Stream(Views(args.data, args.teacher.parent, args.group), groups, args.group, args.pictures, args.seed)
    given = np.concatenate([s[2] for s in groups.sets[args.group] if not s[4]])[:, asked]
    yes, no = np.nansum(given, 0), np.nansum(1 - given, 0)
    weight_of_yes = torch.from_numpy(np.clip(np.sqrt(no / np.maximum(yes, 1)), 0.7, 4).astype(np.float32))
    weight = torch.tensor([train.HEAVY.get(labels.NAMES[q], 1.0) for q in asked])
    val, items, _ = pool.load(args.cache, "val")
    rows, read = [row for _, _, row in items], labels.readings()
    agreed = [row | {c: "?" for c, v in read[i].items() if row.get(c) != v} for i, _, row in items]

    def judged():
        """{question: equal error of the validation portraits by the given labels, and where the second reading agrees}."""
        logits = train.answers(average.module, val, groups=(args.group,))
        by = {n: [round(100 * equal_error(score(logits), want(r)), 1) for r in (rows, agreed)] for n, score, want in SCORES}
        return json.dumps({n: e for n, e in by.items() if np.isfinite(e[0])})

    print(judged(), flush=True)
    began, losses, mean, deviation = time.time(), [], 0.0, 0.0
    for step, (seen, patches, labelled, targets) in enumerate(DataLoader(stream, None, num_workers=1, prefetch_factor=3)):
        done = (time.time() - began) / 3600 / args.hours
        for group in optimiser.param_groups:
            group["lr"] = args.rate * train.pace(min(1.0, done))
        told = teacher.run(None, {"pictures": to_input(seen).contiguous().numpy()})
        answer, features = map(torch.from_numpy, told)
        answer = torch.sigmoid(answer[:, learnt])
        share = max(1 / (step + 1), 0.01)
        mean = share * features.mean(0) + (1 - share) * mean
        deviation = share * features.std(0) + (1 - share) * deviation
        model.train()
        heard = model.heard(torch.cat([train.to_input(patches), train.to_input(labelled)]), args.group)
        logits = model.answer(heard, args.group)
        felt = smooth_l1_loss(project(heard[: len(patches)]), (features - mean) / (deviation + 0.02))
        followed = binary_cross_entropy_with_logits(logits[: len(patches), columns], answer, reduction="none").sum() / len(patches)
        right = loss_of(logits[len(patches) :], torch.as_tensor(targets), weight_of_yes, weight)
        optimiser.zero_grad()
        (2 * followed + 0.5 * right + 4 * felt).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 3.0)
        optimiser.step()
        average.update_parameters(model)
        losses.append([followed.item(), right.item(), felt.item()])
        if (step + 1) % 400 == 0 or done >= 1:
            print(f"step {step + 1} {100 * done:.0f}% loss {np.mean(losses, 0).round(3)} {judged()}", flush=True)
            losses = []
            torch.save({"average": average.state_dict(), "step": step + 1}, args.out / (f"step-{step + 1}.pt" if done > 0.6 else "last.pt"))
        if done >= 1:
            break


if __name__ == "__main__":
    sys.exit(main())
