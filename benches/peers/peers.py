"""What others would do: a matte, the person's own colours, and the two before the new backdrop."""

import json
import subprocess
import time
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
REACH = 0.012  # of the picture's width: how far to either side of a coarse outline the trimap leaves open


def timed(f, *given):
    """What f gives, and milliseconds of processor time (all threads)."""
    begun = time.process_time()
    result = f(*given)
    return result, 1e3 * (time.process_time() - begun)


def to_linear(v):
    v = np.asarray(v, np.float32)
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def to_srgb(v):
    v = np.clip(v, 0, 1)
    return np.where(v <= 0.0031308, v * 12.92, 1.055 * np.maximum(v, 1e-9) ** (1 / 2.4) - 0.055)


def media_pipe():
    """The selfie segmentation that the mediapipe wheel ships, as its own examples call it (model 0, general)."""
    import mediapipe

    network = mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0)
    return lambda picture: network.process(picture).segmentation_mask.astype(np.float32)


def closed_form(picture, coarse):
    """Closed-form matting (Levin et al. 2008) between what is surely in and surely out of a coarse mask."""
    from pymatting import estimate_alpha_cf

    reach = max(2, round(REACH * picture.shape[1]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    trimap = np.full(coarse.shape, 0.5)
    trimap[cv2.erode((coarse > 0.5).astype(np.uint8), kernel) > 0] = 1
    trimap[cv2.dilate((coarse > 0.5).astype(np.uint8), kernel) == 0] = 0
    return estimate_alpha_cf(picture / 255.0, trimap).astype(np.float32)


def own_colours(picture, alpha):
    """The multi-level foreground estimate (Germer et al. 2020), on the codes of sRGB as its examples have it."""
    from pymatting import estimate_foreground_ml

    return estimate_foreground_ml(picture / 255.0, alpha.astype(np.float64)).astype(np.float32)


def own_colours_linear(picture, alpha):
    from pymatting import estimate_foreground_ml

    return estimate_foreground_ml(to_linear(picture / 255.0).astype(np.float64), alpha.astype(np.float64)).astype(np.float32)


def mix(front, alpha, new):
    """Before the new backdrop, on the codes; 0..1."""
    return front * alpha[..., None] + (1 - alpha[..., None]) * np.float32(new) / 255


def mix_linear(front, alpha, new):
    """The same with linear light given; sRGB comes out."""
    return to_srgb(front * alpha[..., None] + (1 - alpha[..., None]) * to_linear(np.float32(new) / 255))


def isnet(modules, out, paths):
    """{name: (alpha, milliseconds)} by @imgly/background-removal-node; what `out` has is not made again."""
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run(["node", HERE / "isnet.mjs", modules, out, *paths], check=True)
    found = {}
    for path in paths:
        h, w = cv2.imread(str(path)).shape[:2]
        raw = np.fromfile(out / f"{path.stem}.rgba", np.uint8).reshape(h, w, 4)
        found[path.stem] = raw[..., 3].astype(np.float32) / 255, float((out / f"{path.stem}.ms").read_text())
    return found


def ours(program, out, paths, tract=False):
    """{name: record of benches/matting.rs}, and the engine; its pictures are in `out`."""
    import os

    out.mkdir(parents=True, exist_ok=True)
    env = dict(os.environ, **({"PHOTOGATE_BENCH_ENGINE": "tract"} if tract else {}))
    run = subprocess.run([program, out, *paths], capture_output=True, text=True, check=True, env=env)
    first, *records = (json.loads(line) for line in run.stdout.splitlines() if line.startswith("{"))
    return {r["name"]: r for r in records}, first["engine"]
