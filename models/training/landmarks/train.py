"""Train the landmark network.

    python train.py --data ../../../../shared --out runs/landmarks --detector ../../detector.onnx --negatives DIR [DIR ...]

`--data`: the folder of portraits.py. `--negatives`: folders of pictures without people, searched
for .jpg and .png (for instance Debian's gnome-backgrounds, mate-backgrounds, ukui-wallpapers and
plasma-workspace-wallpapers). Seeded; writes OUT/last.pt (resumes from it) and OUT/best.pt, the
best by mean error over the validation portraits, each source counting the same.
"""

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

import sys

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import portraits as data  # noqa: E402
import augment  # noqa: E402
import decoys  # noqa: E402
import mesh as geometry  # noqa: E402
from crops import EYES, LIPS_INNER, LIPS_OUTER, SIDE, affine, frame, move, pool, shrink_and_warp  # noqa: E402
from model import COMPONENTS, SIZE, Landmarks, regrid  # noqa: E402

FINE = [33, 133, 263, 362, 61, 291, 1, 4, 468, 473]  # eye and mouth corners, nose tip, pupils

# Points that face each other across an eye or the mouth: their gap decides whether it is open, and
# would else drown among 478 points.
UPPER = [*EYES[0][0], *EYES[1][0], *LIPS_INNER[0]]
LOWER = [*EYES[0][1], *EYES[1][1], *LIPS_INNER[1]]


def weights():
    """Weight of each point: eyes, lips and irises decide checks, and small errors there matter."""
    w = np.ones(478, np.float32)
    w[[*UPPER, *LOWER, *LIPS_OUTER[0], *LIPS_OUTER[1]]] = 3
    w[468:] = 2
    w[FINE] = 12
    return torch.from_numpy(w / w.mean())


class Crops(Dataset):
    """Endless seeded stream; item i is the same in every run."""

    def __init__(self, pictures, meshes, each, scenery, decoys, mirror, length, seed, weight):
        self.each = each
        self.pictures, self.meshes, self.mirror = pictures, meshes, mirror
        self.scenery, self.decoys = scenery, decoys
        self.length, self.seed, self.weight = length, seed, weight

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        rng = np.random.default_rng([self.seed, i])
        j, k = rng.integers(len(self.pictures), size=2)
        kind = rng.random()
        if kind < 0.08:
            i, five = self.decoys[rng.integers(len(self.decoys))]
            crop = augment.decoy(self.scenery[i], five, rng)
        elif kind < 0.12:
            crop = augment.scenery(self.scenery[rng.integers(len(self.scenery))], rng)
        elif kind < 0.16:
            crop = augment.not_a_face(self.pictures[j], self.meshes[j], rng)
        else:
            other = self.pictures[k][:SIZE, -SIZE:]
            # Four in ten as a studio delivers them: the portrait itself, not turned, hardly disturbed.
            calm = rng.random() < 0.4
            j -= j % self.each if calm else 0
            crop, mesh = augment.face(self.pictures[j], self.meshes[j], self.mirror, other, calm, rng)
            return crop, mesh.astype(np.float32), np.float32(self.weight[j])
        return crop, np.zeros((478, 3), np.float32), np.float32(0)


def validation(portraits):
    """Crops as the program makes them from true five points, with a small fixed jitter."""
    rng = np.random.default_rng(0)
    crops, meshes = [], []
    for p in portraits:
        centre, angle, scale = frame(p.five)
        centre = centre + rng.normal(0, 0.03, 2) * scale
        matrix = affine(centre, angle + np.radians(rng.normal(0, 2)), scale * SIDE * np.exp(rng.normal(0, 0.03)), SIZE)
        crops.append(shrink_and_warp(p.image(), matrix, SIZE, cv2.BORDER_REPLICATE))
        meshes.append(move(p.mesh, matrix) / SIZE)
    return np.stack(crops), np.stack(meshes)


def to_input(crops):
    return (crops.permute(0, 3, 1, 2).float() / 255).contiguous(memory_format=torch.channels_last)


def errors(model, crops, meshes):
    """Per picture: NME over 468 points, over FINE points, mean z error; in pupil distances."""
    model.eval()
    out = []
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for i in range(0, len(crops), 64):
            out.append(model(to_input(torch.from_numpy(crops[i : i + 64])))[0].numpy())
    model.train()
    found = np.concatenate(out)
    scale = np.linalg.norm(meshes[:, 473, :2] - meshes[:, 468, :2], axis=1)[:, None]
    d = np.linalg.norm(found[..., :2] - meshes[..., :2], axis=2) / scale
    z = np.abs(found[..., 2] - meshes[..., 2]) / scale
    return d[:, :468].mean(1), d[:, FINE[:7]].mean(1), z.mean(1)


def pace(done):
    """Learning rate over the run: a short rise, then a cosine to almost nothing."""
    return min(1.0, done / 0.05) * (0.5 + 0.5 * np.cos(np.pi * done)) + 0.005


def follow(average, now, count):
    """Exponential average of the weights; quick at first, when the weights still travel."""
    keep = torch.clamp((1 + count) / (20 + count), max=0.998)
    return keep * average + (1 - keep) * now


def robust(difference):
    """Linear beyond 2 % of the pupil distance, the accuracy of the teacher's labels."""
    return F.smooth_l1_loss(difference, torch.zeros_like(difference), beta=0.02, reduction="none")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--negatives", nargs="+", required=True)
    args.add_argument("--detector", required=True, help="the trained detector.onnx, whose doubtful finds become negatives")
    args.add_argument("--steps", type=int, default=5000)
    args.add_argument("--batch", type=int, default=64)
    args.add_argument("--rate", type=float, default=3e-3)
    args.add_argument("--variants", type=int, default=3)
    args.add_argument("--start", type=Path, help="a checkpoint (of any input size) whose averaged weights to go on from, in a run of its own")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=Path, help="a file with the number of threads to use, read while training")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    cv2.setNumThreads(1)

    everyone = data.load(args.data)
    train, val = [p for p in everyone if p.split == "train"], [p for p in everyone if p.split == "val"]
    sharp = [p.mesh for p in train if p.pupil_distance > 40]
    mirror = geometry.mirror_order(sharp)
    mean = geometry.mean_face(sharp, mirror)
    pictures, meshes, index = pool(train, mean, args.variants, args.seed)
    # Labels of small faces carry the teacher's rounding: count them less.
    weight = np.array([min(1.0, 0.4 + train[i].pupil_distance / 80) for i in index])
    found = [f for d in args.negatives for f in sorted(Path(d).rglob("*")) if f.suffix in (".jpg", ".png")]
    scenery = []
    np.random.default_rng(args.seed).shuffle(found)
    for f in found[:900]:
        image = cv2.imread(str(f), cv2.IMREAD_REDUCED_COLOR_2)
        if image is not None and min(image.shape[:2]) >= 120:
            k = 400 / min(image.shape[:2])
            scenery.append(cv2.cvtColor(cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB))
    traps = decoys.find(args.detector, scenery, args.seed)
    print(f"{len(traps)} decoys, {len(pictures)} pooled crops, {len(scenery)} pictures without people, {len(val)} validation", flush=True)

    model = Landmarks()
    rng = np.random.default_rng(args.seed)
    shapes = []
    for j in rng.integers(len(pictures), size=6000):
        m = meshes[j]
        shapes.append(move(m, affine(*augment.jitter(m[[468, 473, 1, 61, 291], :2], rng), SIZE)).reshape(-1) / SIZE)
    shapes = np.array(shapes)
    centre = shapes.mean(0)
    _, s, vt = np.linalg.svd(shapes - centre, full_matrices=False)
    model.start_from(centre, vt[:COMPONENTS] * (s[:COMPONENTS, None] / np.sqrt(len(shapes))))
    if args.start:
        started = torch.optim.swa_utils.AveragedModel(model)
        started.load_state_dict(regrid(torch.load(args.start, weights_only=False)["average"]))
        model.load_state_dict(started.module.state_dict())
    model = model.to(memory_format=torch.channels_last)
    average = torch.optim.swa_utils.AveragedModel(
        model, avg_fn=follow, use_buffers=True
    )
    decay = [p for n, p in model.named_parameters() if p.ndim > 1 and not n.startswith("basis")]
    keep = [p for n, p in model.named_parameters() if p.ndim <= 1 or n.startswith("basis")]
    optimiser = torch.optim.AdamW([{"params": decay, "weight_decay": 0.02}, {"params": keep, "weight_decay": 0}], args.rate)
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

    val_crops, val_meshes = validation(val)
    sources = np.array([p.source for p in val])
    w = weights()
    stream = Crops(pictures, meshes, 1 + args.variants, scenery, traps, mirror, args.steps * args.batch, args.seed, weight)
    left = torch.utils.data.Subset(stream, range(start * args.batch, len(stream)))
    loader = DataLoader(left, args.batch, num_workers=1, prefetch_factor=4, worker_init_fn=lambda _: cv2.setNumThreads(1))
    began, losses = time.time(), []
    for step, (crops, mesh, sure) in enumerate(loader, start):
        if args.threads and step % 20 == 0:
            torch.set_num_threads(int(args.threads.read_text()))
        for group in optimiser.param_groups:
            group["lr"] = args.rate * pace(step / args.steps)
        with torch.autocast("cpu", torch.bfloat16):
            found_mesh, presence = model(to_input(crops))
        faces = sure > 0
        scale = (mesh[faces, 473, :2] - mesh[faces, 468, :2]).norm(dim=1).clamp_min(0.08)[:, None, None]
        difference = (found_mesh[faces] - mesh[faces]) / scale
        flat = (robust(difference[..., :2]).sum(2) * w).mean(1)
        deep = robust(difference[..., 2]).mean(1)
        gap = robust(difference[:, UPPER, :2] - difference[:, LOWER, :2]).sum(2).mean(1)
        there = F.binary_cross_entropy_with_logits(presence[:, 0], faces.float())
        loss = ((flat + 0.5 * deep + 2 * gap) * sure[faces]).mean() + 0.1 * there
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        average.update_parameters(model)
        losses.append([loss.item(), flat.mean().item(), deep.mean().item(), gap.mean().item(), there.item()])
        if (step + 1) % 250 == 0 or step + 1 == args.steps:
            nme, fine, z = errors(average.module, val_crops, val_meshes)
            by = {s: round(float(nme[sources == s].mean()), 4) for s in np.unique(sources)}
            score = float(np.mean(list(by.values())))
            print(
                f"step {step + 1} {time.time() - began:.0f}s loss {np.mean(losses, 0).round(4)} "
                f"nme {nme.mean():.4f} fine {fine.mean():.4f} z {z.mean():.4f} by source {score:.4f} {json.dumps(by)}",
                flush=True,
            )
            losses = []
            if score < best:
                best = score
                save("best.pt", step=step + 1, best=best)
            save("last.pt", step=step + 1, best=best)


if __name__ == "__main__":
    main()
