"""Train the garment network on a teacher's answers (teach.py) and on the labels.

    python student.py --data DATA --teacher runs/teachers/body.onnx --extras runs/extras --out runs/garment --hours 1

Teacher and student see the same disturbed picture ("A good teacher is patient and consistent", Beyer
et al. 2021), also two laid over each other and portraits without labels. The student learns the
teacher's answers, mixed with the labels where they are known, and through layers that are thrown away
what it sees on the way (FitNets, Romero et al. 2015). Among them are the made pictures of
extras.py, whose own answers stand in for the teacher's. Seeded; the course runs by the clock.
Writes OUT/last.pt and, in the last third, OUT/step-N.pt every 200 steps.
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
import teach
import train
from garment import FEATURES, SEEN, Garment
from measure import equal_error, probability, said
from shades import lens_and_file
from views import Views

PATTERNED = 0.3  # share of garments that a pattern is laid on, another one each time
MIXED = 0.12  # share of pictures that are two, laid over each other
WORSE = 0.3  # share of which the student, not the teacher, sees a worse file
LABEL = 0.35  # share of the label in what is learnt, where it is known
EXTRA = 0.18  # share of made pictures


class Stream(Dataset):
    """Endless seeded stream of steps: (teacher's pictures, student's, targets, how much they count beside the teacher's)."""

    def __init__(self, views, pictures, seed):
        self.views, self.pictures, self.seed = views, pictures, seed
        often = np.array([train.OFTEN.get(q, 1) for q in views.store.asked])
        chance = np.where(views.targets[views.train] == 1, often, 1).max(1)
        self.chance = chance / chance.sum()
        self.sets = list(views.made.values())

    def __len__(self):
        return 10**6

    def one(self, rng):
        """A picture, its targets (NaN: nobody knows) and how much they count."""
        if self.sets and rng.random() < EXTRA:
            i = rng.choice(self.sets[rng.integers(len(self.sets))])
            return self.views.draw(i, rng), self.views.targets[i], 0.9
        i = rng.choice(self.views.train, p=self.chance)
        patterned = rng.random() < PATTERNED and self.views.garments[i].any()
        known = self.views.targets[i].copy()
        if patterned:
            known[self.views.store.asked.index("pattern")] = np.nan  # whether it can be seen is the teacher's to say
        return self.views.draw(i, rng, float(patterned)), known, LABEL

    def __getitem__(self, step):
        rng = np.random.default_rng([self.seed, step])
        drawn = []
        for _ in range(self.pictures):
            picture, known, count = self.one(rng)
            if rng.random() < MIXED:
                over, _, _ = self.one(rng)
                share = rng.beta(0.7, 0.7)
                picture, known = (share * picture + (1 - share) * over).astype(np.uint8), np.full_like(known, np.nan)
            worse = lens_and_file(picture.copy(), rng, 0.6) if rng.random() < WORSE else picture
            drawn.append((picture, worse, known, np.float32(count)))
        return tuple(np.stack(d) for d in zip(*drawn))


def judged(model, views, rows, agreed):
    """{question: equal error of the validation portraits by the given labels, and where the second reading agrees}."""
    model.eval()
    with torch.no_grad():
        logits = np.stack([model(teach.to_input(views.plain(i)[:1]) / 255)[0][0].numpy() for i in views.val])
    scores = dict(zip(views.store.asked, logits.T))
    scores["low"] = (1 - probability(scores["collar"])) * probability(scores["low"])
    wants = {"necklace": said("necklace", "y", "n"), "no_neckline": said("neckline", "x", "crl"), "collar": said("neckline", "c", "rl"),
             "low": said("neckline", "l", "cr"), "pattern": said("pattern", "k", "p"), "no_garment": said("pattern", "x", "kp")}  # fmt: skip
    return {q: [round(100 * equal_error(scores[q], w(r)), 1) for r in (rows, agreed)] for q, w in wants.items()}


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--teacher", type=Path, required=True)
    args.add_argument("--views", type=Path, help="where the portraits lie as views.py cut them, if not beside the teacher")
    args.add_argument("--extras", type=Path, help="what extras.py made")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--start", type=Path, help="a checkpoint to go on from")
    args.add_argument("--hours", type=float, required=True)
    args.add_argument("--rate", type=float, default=2e-3)
    args.add_argument("--threads", type=int, default=2)
    args.add_argument("--pictures", type=int, default=20)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    cv2.setNumThreads(1)
    views = Views(args.data, args.views or args.teacher.parent, "body", args.extras)
    given = labels.given(args.data)
    rows = [given[views.ids[i]] for i in views.val]
    read = labels.readings()
    agreed = [row | {c: "?" for c, v in read[row["id"]].items() if row.get(c) != v} for row in rows]
    teacher = onnxruntime.InferenceSession(str(args.teacher), pool.one_thread(), providers=["CPUExecutionProvider"])
    model = Garment(len(views.store.asked))
    told_at = [(FEATURES, teach.FEATURES)] + [(here, there) for (here, _), (there, _) in zip(SEEN, teach.STAGES.values())]
    projects = nn.ModuleList(nn.Linear(*told_at[0]) if k == 0 else nn.Conv2d(*t, 1) for k, t in enumerate(told_at))
    if args.start:
        saved = torch.load(args.start, weights_only=False)
        model.load_state_dict({n.removeprefix("module."): w for n, w in saved["average"].items() if n.startswith("module.")})
        projects.load_state_dict(saved["projects"])
    model = model.to(memory_format=torch.channels_last)
    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=train.follow, use_buffers=True)
    trained = [*model.parameters(), *projects.parameters()]
    optimiser = train.adamw(trained, args.rate)
    loader = DataLoader(Stream(views, args.pictures, args.seed), None, num_workers=1, prefetch_factor=3)
    norms = [[0.0, 0.0] for _ in told_at]
    began, losses = time.time(), []
    for step, (seen, worse, known, count) in enumerate(loader):
        done = min(1.0, (time.time() - began) / 3600 / args.hours)
        for group in optimiser.param_groups:
            group["lr"] = args.rate * train.pace(done)
        answer, *told = [torch.from_numpy(t) for t in teacher.run(None, {"pictures": teach.to_input(seen).contiguous().numpy()})]
        known = torch.as_tensor(known)
        share = torch.as_tensor(count)[:, None] * torch.isfinite(known)
        asked = known.shape[1]  # the first of them by the teacher
        answer = nn.functional.pad(torch.sigmoid(answer), (0, asked - answer.shape[1]))
        counts = (share + (torch.arange(asked) < len(views.store.taught))).clamp(max=1)
        answer = ((counts - share) * answer + share * torch.nan_to_num(known)) / counts.clamp(min=1e-6)
        model.train()
        logits, features, stages = model((teach.to_input(worse) / 255).contiguous(memory_format=torch.channels_last))
        felt = []
        for k, (mine, there) in enumerate(zip([features, *stages], told)):
            axes, new = [0] + list(range(2, there.ndim)), max(1 / (step + 1), 0.01)
            norms[k][0] = new * there.mean(axes, keepdim=True) + (1 - new) * norms[k][0]
            norms[k][1] = new * there.std(axes, keepdim=True) + (1 - new) * norms[k][1]
            felt.append(smooth_l1_loss(projects[k](mine), (there - norms[k][0]) / (norms[k][1] + 0.02)))
        followed = (counts * binary_cross_entropy_with_logits(logits, answer, reduction="none")).sum() / len(logits)
        optimiser.zero_grad()
        (2 * followed + 4 * felt[0] + 2 * sum(felt[1:])).backward()
        torch.nn.utils.clip_grad_norm_(trained, 5.0)
        optimiser.step()
        average.update_parameters(model)
        losses.append([followed.item(), *(f.item() for f in felt)])
        if (step + 1) % 100 == 0:
            print(f"step {step + 1} {time.time() - began:.0f}s {100 * done:.0f}% loss {np.mean(losses, 0).round(3)}", flush=True)
            losses = []
        if (step + 1) % 400 == 0 or done >= 1:
            print("  " + json.dumps(judged(average.module, views, rows, agreed)), flush=True)
        if (step + 1) % 200 == 0 or done >= 1:
            saved = dict(average=average.state_dict(), projects=projects.state_dict(), step=step + 1)
            torch.save(saved, args.out / (f"step-{step + 1}.pt" if done > 0.66 else "last.pt"))
        if done >= 1:
            break


if __name__ == "__main__":
    sys.exit(main())
