"""Write the table of the mesh: mirror twins, and the mean face that head pose is measured against.

    python mean_face.py --data ../../../../shared --onnx ../../landmarks.onnx --out ../../mesh.csv

The shape is the mean of the training meshes. Its zero is fixed by the renders, whose pose is known:
the pitch that makes the shipped network read 0 degrees, by the median, on those that look straight
ahead (yaw and roll are zero by symmetry). DEPTH undoes the stretched depth of the labels: chosen
from 0.4 to 1.2 by the mean error of yaw, pitch and roll over 27 rendered poses.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnxruntime

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import portraits as data  # noqa: E402
import mesh as geometry  # noqa: E402
from evaluate import find_mesh, render_five  # noqa: E402

DEPTH = 0.7  # the same as in src/face.rs


def nodded(mean, pitch):
    """The mean face nodded by `pitch` degrees."""
    s, c = np.sin(np.radians(pitch)), np.cos(np.radians(pitch))
    return mean @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]]).T


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--onnx", required=True)
    args.add_argument("--out", type=Path, required=True)
    args = args.parse_args()
    meshes = [p.mesh for p in data.load(args.data) if p.split == "train" and p.pupil_distance > 40]
    mirror = geometry.mirror_order(meshes)
    mean = geometry.mean_face(meshes, mirror) * [1, 1, DEPTH]
    session = onnxruntime.InferenceSession(args.onnx, providers=["CPUExecutionProvider"])
    pitches = []
    for _, path, truth in data.load_renders(args.data):
        pose = truth.get("head_pose_deg")
        if pose and pose["yaw"] == pose["pitch"] == pose["roll"] == 0 and truth["persons"] == 1:
            found, _ = find_mesh(session, path, render_five(truth), mirror)
            rotation = geometry.fit_rotation(mean[geometry.RIGID], (found * [1, 1, DEPTH])[geometry.RIGID])[0]
            pitches.append(geometry.euler(rotation)[1])
    zero = float(np.median(pitches))
    mean = nodded(mean, zero)
    rigid = set(geometry.RIGID)
    lines = ["index,mirror,rigid,x,y,z"]
    for i, (x, y, z) in enumerate(mean):
        lines.append(f"{i},{mirror[i]},{int(i in rigid)},{x:.5f},{y:.5f},{z:.5f}")
    args.out.write_text("\n".join(lines) + "\n")
    print(f"{len(pitches)} renders look straight ahead; zero pitch moved by {zero:.2f} degrees")


if __name__ == "__main__":
    sys.exit(main())
