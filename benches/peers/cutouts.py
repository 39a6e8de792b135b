"""Rendered people cut out exactly: the light that reaches the camera from them, and the share of each
pixel that they cover. Before any backdrop the exact picture is then LIGHT + (1 - SHARE) * BACKDROP.

    python cutouts.py --renders RENDERS --out CUTOUTS [NAME ...]

RENDERS: the folder of render.py, specs.json and its geometry. Python 3.11 with bpy==4.2.0, numpy, pillow
and opencv; about a minute a person on one core. Per person NAME.png: blue, green, red (linear light,
multiplied by the share) and the share, 16 bits each.

Two renders of one scene: as it is, before a backdrop that gives no light; and with every material
white, which is the share. The second has no noise to speak of, the first is denoised as the renders
of RENDERS are. Only scenes whose backdrop throws no light and takes no shadow can be cut out so, and
tinted lenses, which colour what is behind them, cannot.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import cv2
import numpy as np

# Kinds of hair first; then glasses, headwear, jewellery, poses and clothes of other outlines.
NAMES = """c08 c01 c14 v07_clear_round c07 c06 c12 c13 v11_headband c02 c03 v02_both_ears_covered c04
v09_hat v12_hoops v21_roll10 c10""".split()
SAMPLES, NOISE = 32, 0.02


def cut(render, spec, out, scale):
    """Light and share of one scene, from one film: what the denoiser would smooth is the share's very noise."""
    spec = render.merge(render.DEFAULT, spec)
    render.reset()
    scene, _ = render.scene_setup(spec, render.build_person(spec), 1.0, SAMPLES)
    size = scene.render.resolution_x, scene.render.resolution_y
    scene.render.resolution_x, scene.render.resolution_y = (round(v * scale) for v in size)
    scene.cycles.use_denoising = False
    scene.cycles.adaptive_threshold = NOISE
    scene.render.film_transparent = True
    scene.objects["bg"].hide_render = True
    s = scene.render.image_settings
    s.file_format, s.color_mode, s.color_depth = "OPEN_EXR", "RGBA", "32"
    path = out / "film.exr"
    scene.render.filepath = str(path)
    render.bpy.ops.render.render(write_still=True)
    film = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    path.unlink()
    film = quiet(np.clip(cv2.resize(film, size, interpolation=cv2.INTER_LANCZOS4), 0, 1))
    cv2.imwrite(str(out / f"{spec['name']}.png"), np.rint(film * 65535).astype(np.uint16))


def quiet(film):
    """Less of the render's grain where nothing but the person is seen; nothing done near the outline."""
    picture = np.rint(255 * film[..., :3] ** (1 / 2.2)).astype(np.uint8)
    smooth = (cv2.fastNlMeansDenoisingColored(picture, None, 4, 10, 5, 15) / 255.0) ** 2.2
    inner = cv2.erode((film[..., 3] > 0.999).astype(np.float32), np.ones((5, 5)))
    inner = cv2.GaussianBlur(cv2.erode(inner, np.ones((5, 5))), (0, 0), 1.0)[..., None]
    return np.dstack([film[..., :3] + inner * (smooth - film[..., :3]), film[..., 3]])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--renders", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--scale", type=float, default=0.75, help="of the render, which is then enlarged")
    args.add_argument("names", nargs="*", default=NAMES)
    args = args.parse_args()
    os.environ.setdefault("SYN_THREADS", "1")
    sys.path.insert(0, str(args.renders))
    import render

    args.out.mkdir(parents=True, exist_ok=True)
    specs = {s["name"]: s for s in json.loads((args.renders / "specs.json").read_text())}
    for name in args.names or NAMES:
        if not (args.out / f"{name}.png").exists():
            cut(render, specs[name], args.out, args.scale)
            print(name, flush=True)


if __name__ == "__main__":
    # Before OpenCV reads its first EXR.
    os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
    main()
