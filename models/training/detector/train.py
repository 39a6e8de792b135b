"""Trains the detector: python train.py --data SHARED --out DIR --seed 1

One process, one core by default. Writes DIR/last.pt (everything needed to go on) and DIR/log.csv.
The weights to export are the moving average. There is no early stopping: the schedule's end is the
model, so the validation pictures choose nothing but the threshold.
"""

import argparse
import copy
import csv
import ctypes
import math
import os
import time
from pathlib import Path

import cv2
import numpy as np
import torch

import compose
import data
from loss import loss
from model import Detector, grid

MOST_FACES = 8


def keep_memory():
    """glibc returns every large buffer to the kernel and faults it in again: a fifth of the time."""
    libc = ctypes.CDLL(None)
    for option, value in ((-4, 0), (-1, 2**31 - 1), (-2, 256 << 20)):  # MMAP_MAX, TRIM_THRESHOLD, TOP_PAD
        libc.mallopt(option, value)


def batch(composer, size):
    images = np.empty((size, 320, 320, 3), np.uint8)
    faces = np.zeros((size, MOST_FACES, 4), np.float32)
    points = np.zeros((size, MOST_FACES, 10), np.float32)
    keep = np.full((size, MOST_FACES), -1, np.float32)
    for i in range(size):
        images[i], b, p, k = composer.compose()
        n = min(len(b), MOST_FACES)
        faces[i, :n], points[i, :n], keep[i, :n] = b[:n], p[:n], k[:n]
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().div_(255)
    return x, torch.from_numpy(faces), torch.from_numpy(points), torch.from_numpy(keep)


def rate(step, steps, peak):
    warm = min(300, steps // 10)
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (0.004 + 0.996 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder with portraits/")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=4300)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--peak", type=float, default=3e-3, help="highest learning rate")
    parser.add_argument("--init", type=Path, help="start from the averaged weights of this last.pt")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/last.pt")
    parser.add_argument("--negatives", nargs="+", default=data.NEGATIVES, help=f"folders without faces ({data.PACKAGES})")
    parser.add_argument("--threads-file", type=Path, help="a file holding the number of threads, read every 50 steps")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    keep_memory()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)

    people = data.load_portraits(args.data, "train")
    wallpapers, stamps = data.load_negatives(args.negatives, "train")
    print(f"{len(people)} portraits, {len(wallpapers)} wallpapers, {len(stamps)} stamps", flush=True)
    net = Detector().to(memory_format=torch.channels_last)
    if args.init:
        net.load_state_dict(torch.load(args.init)["ema"])
    ema = copy.deepcopy(net).eval()
    decay = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}])
    start, cells = 0, grid()
    if args.resume:
        state = torch.load(args.out / "last.pt")
        net.load_state_dict(state["net"]), ema.load_state_dict(state["ema"]), optimizer.load_state_dict(state["optimizer"])
        start = state["step"]
    # A resumed run must not see the same pictures again: the seed of the composer moves with the step.
    composer = compose.Composer(people, wallpapers, stamps, [args.seed, start])

    log = csv.writer(open(args.out / "log.csv", "a", newline=""))
    began, running = time.time(), np.zeros(4)
    for step in range(start, args.steps):
        if args.threads_file and step % 50 == 0 and args.threads_file.exists():
            torch.set_num_threads(max(1, int(args.threads_file.read_text().strip() or 1)))
        for group in optimizer.param_groups:
            group["lr"] = rate(step, args.steps, args.peak)
        x, faces, points, keep = batch(composer, args.batch)
        total, parts = loss(net.raw(x), cells, faces, points, keep)
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimizer.step()
        mix = min(0.999, (1 + step) / (10 + step))
        with torch.no_grad():
            for a, b in zip(ema.state_dict().values(), net.state_dict().values()):
                a.lerp_(b, 1 - mix) if a.is_floating_point() else a.copy_(b)
        running = running + [total.item(), *parts]
        if (step + 1) % 50 == 0:
            speed = (step + 1 - start) * args.batch / (time.time() - began)
            row = [step + 1, *(f"{v / 50:.4f}" for v in running), f"{group['lr']:.5f}", f"{speed:.1f}"]
            log.writerow(row)
            print("step {} total {} score {} box {} points {} lr {} pictures/s {}".format(*row), flush=True)
            running[:] = 0
        if (step + 1) % 200 == 0 or step + 1 == args.steps:
            state = {"step": step + 1, "net": net.state_dict(), "ema": ema.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state, args.out / "last.tmp")
            os.replace(args.out / "last.tmp", args.out / "last.pt")


if __name__ == "__main__":
    main()
