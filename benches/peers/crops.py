"""Close-ups for the eye: the capture, ours, the others and the exact picture side by side, of renders only."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

# File: captures, and the middle of each window as shares of the standard picture.
WINDOWS = {
    "hair": [("c07-{}", (0.33, 0.2)), ("c08-{}", (0.7, 0.62))],
    "ears": [("c13-{}", (0.25, 0.46)), ("v11_headband-{}", (0.75, 0.46))],
    "glasses": [("c14-{}", (0.29, 0.38)), ("v07_clear_round-{}", (0.71, 0.38))],
}
SIDE, ENLARGE = 84, 2
SHOWN = [
    ("photogate", "photogate"), ("MediaPipe, mixed plainly", "MediaPipe"),
    ("MediaPipe, closed-form, own colours", "closed-form"), ("ISNet, own colours, linear light", "ISNet"),
]  # fmt: skip


def make(folder, cases, found, before, cut, new):
    folder.mkdir(parents=True, exist_ok=True)
    for title, windows in WINDOWS.items():
        rows = [row(cases, found, before, cut, new, *w) for w in windows]
        rows = [r for r in rows if r is not None]
        if rows:
            width = rows[0].width
            page = Image.new("RGB", (width, sum(r.height for r in rows) + 16), "white")
            pen = ImageDraw.Draw(page)
            labels = ["capture", *(s for k, s in SHOWN if k in found), "exact"]
            for i, label in enumerate(labels):
                pen.text((i * (SIDE * ENLARGE + 4) + 4, 2), label, fill="black")
            y = 16
            for r in rows:
                page.paste(r, (0, y))
                y += r.height
            page.save(folder / f"{title}.jpg", quality=88, subsampling=0)


def row(cases, found, before, cut, new, pattern, middle):
    name = next((n for n in cases if n.startswith(pattern.format(""))), None)
    if name is None:
        return None
    path, (light, share), _, _ = cases[name]
    crop = found["photogate"][name]["crop"]
    small = np.clip(cut(np.dstack([light, share]), crop), 0, 1)
    shot = cut(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), crop)
    shown = [shot, *(found[k][name]["picture"] for k, _ in SHOWN if k in found)]
    shown.append(before(small[..., :3], small[..., 3], new))
    x, y = round(480 * middle[0] - SIDE / 2), round(640 * middle[1] - SIDE / 2)
    cells = []
    for picture in shown:
        window = np.rint(np.clip(picture, 0, 255)).astype(np.uint8)[y : y + SIDE, x : x + SIDE]
        large = cv2.resize(window, None, fx=ENLARGE, fy=ENLARGE, interpolation=cv2.INTER_CUBIC)
        cells.append(cv2.copyMakeBorder(large, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(255, 255, 255)))
    return Image.fromarray(np.hstack(cells))
