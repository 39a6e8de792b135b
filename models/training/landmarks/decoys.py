"""What the detector takes for a face where there is none: the presence score's hardest negatives."""

import cv2
import numpy as np
import onnxruntime

SIDE = 320  # of the detector's input


def letterboxed(picture):
    """(input tensor, pixels of it per picture pixel, its shift), as in src/model/detector.rs."""
    h, w = picture.shape[:2]
    scale = SIDE / max(h, w)
    nh, nw = max(1, round(h * scale)), max(1, round(w * scale))
    shift = np.array([(SIDE - nw) // 2, (SIDE - nh) // 2])
    square = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    small = cv2.resize(picture, (nw, nh), interpolation=cv2.INTER_AREA)
    square[shift[1] : shift[1] + nh, shift[0] : shift[0] + nw] = small.astype(np.float32) / 255
    return square.transpose(2, 0, 1)[None], scale, shift


def find(detector, pictures, seed, floor=0.12, most=6):
    """[(picture index, five points)]: up to `most` doubtful finds in each picture and in parts of it."""
    session = onnxruntime.InferenceSession(str(detector), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(seed)
    out = []
    for i, picture in enumerate(pictures):
        h, w = picture.shape[:2]
        parts = [(0, 0, w, h)]
        for _ in range(2):
            side = int(rng.uniform(0.3, 0.8) * min(h, w))
            parts.append((int(rng.integers(w - side + 1)), int(rng.integers(h - side + 1)), side, side))
        for x, y, pw, ph in parts:
            tensor, scale, shift = letterboxed(picture[y : y + ph, x : x + pw])
            rows = session.run(None, {"image": tensor})[0][0]
            rows = rows[rows[:, 0] >= floor]
            for row in rows[np.argsort(-rows[:, 0])][:most]:
                five = (row[5:].reshape(5, 2) * SIDE - shift) / scale + [x, y]
                if np.linalg.norm(five[1] - five[0]) > 4:
                    out.append((i, five))
    return out
