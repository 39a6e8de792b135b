"""The course of a training by the clock, as the recipes of gaze, rims, lids and shoulders have it."""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader

import eyes  # noqa: F401, finds the other recipes
from attributes.train import adamw, follow, pace


def options(doc):
    args = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--pairs", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--start", help="weights to go on from")
    args.add_argument("--minutes", type=float, required=True)
    args.add_argument("--rate", type=float, default=2e-3)
    args.add_argument("--threads", type=int, default=1)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    cv2.setNumThreads(1)
    return args


def run(args, network, stream, loss_of, judged, path):
    """Train until the time is up. `loss_of(network, *batch)`; `judged(network)` says how it stands; the averaged weights go to `path`."""
    network = network.to(memory_format=torch.channels_last)
    if args.start:
        network.load_state_dict(torch.load(args.start, weights_only=True))
    average = torch.optim.swa_utils.AveragedModel(network, avg_fn=follow, use_buffers=True)
    optimiser = adamw(network.parameters(), args.rate)
    began, losses = time.time(), []
    for step, batch in enumerate(DataLoader(stream, None, num_workers=1, prefetch_factor=4)):
        done = min(1.0, (time.time() - began) / 60 / args.minutes)
        for group in optimiser.param_groups:
            group["lr"] = args.rate * pace(done)
        network.train()
        loss = loss_of(network, *(torch.as_tensor(b) for b in batch))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        average.update_parameters(network)
        losses.append(loss.item())
        if (step + 1) % 200 == 0 or done >= 1:
            print(f"step {step + 1} {time.time() - began:.0f}s {100 * done:.0f}% loss {np.mean(losses):.3f}", flush=True)
            losses = []
        if (step + 1) % 1000 == 0 or done >= 1:
            print("  " + judged(average.module), flush=True)
            torch.save(average.module.state_dict(), path)
        if done >= 1:
            break
