"""Coarse person masks of the portraits and renders, by MediaPipe's selfie segmentation: where the fine mattes start.

    python prior.py --data ../../../../shared --out runs/matte/prior [--renders DIR ...]

Needs mediapipe 0.10.21 (its wheel holds the network); nothing else of the recipe does. Writes
OUT/NAME.png, 8 bit, as large as the picture. Skips what is there.
"""

import argparse
import sys
from pathlib import Path

import cv2
import mediapipe
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import portraits as data  # noqa: E402


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--renders", type=Path, nargs="*", default=[])
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    paths = [p.path for p in data.load(args.data)] + [r[1] for r in data.load_renders(args.data)]
    paths += [p for d in args.renders for p in sorted(d.glob("*.jpg"))]
    with mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0) as network:
        for path in paths:
            out = args.out / f"{path.stem}.png"
            if not out.exists():
                mask = network.process(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)).segmentation_mask
                cv2.imwrite(str(out), np.clip(mask * 255, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
