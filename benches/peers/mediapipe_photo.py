"""What a user would otherwise write: MediaPipe and OpenCV from a capture to a 480 x 640 JPEG and a verdict.

    python mediapipe_photo.py FOLDER OUT [--processes 2] [--careful]

Decode, face mesh with irises, pose, selfie segmentation; head pose, eyes, mouth, shoulders, background,
sharpness and exposure as such scripts measure them; crop by crown and eyes, blue background, a JPEG of 20 to
40 KB. One JSON line a photo. `--careful`: the models see 1,024 pixels, and the background is mixed on the
crop; else all of it happens on the whole picture, as tutorials do it.
"""

import argparse
import json
import os
import sys
from multiprocessing import Pool
from pathlib import Path

SIZE, BLUE = (480, 640), (255, 197, 100)  # width, height; BGR
CROWN, EYES = 0.11, 0.42  # of the height of the crop
BYTES = (20 * 1024, 40 * 1024)
SEEN = 1024
# Nose tip, chin, outer eye corners, mouth corners, and where they are on a head (mm, x right, y down).
POINTS = [1, 152, 33, 263, 61, 291]
HEAD = [(0, 0, 0), (0, 66, 14), (-45, -34, 26), (45, -34, 26), (-28, 29, 24), (28, 29, 24)]

state = {}


def load():
    """One worker's models."""
    # Here, so that a parent of workers does not load them too.
    import cv2
    import mediapipe as mp
    import numpy as np

    cv2.setNumThreads(1)
    s = mp.solutions
    state.update(
        cv2=cv2, np=np,
        mesh=s.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=2, refine_landmarks=True),
        pose=s.pose.Pose(static_image_mode=True, model_complexity=1),
        segment=s.selfie_segmentation.SelfieSegmentation(model_selection=0),
    )  # fmt: skip


def angles(at, size):
    """Pitch, yaw and roll, degrees."""
    cv2, np = state["cv2"], state["np"]
    camera = np.array([[size[0], 0, size[0] / 2], [0, size[0], size[1] / 2], [0, 0, 1]], np.float64)
    _, turn, _ = cv2.solvePnP(np.float64(HEAD), np.float64([at[i] for i in POINTS]), camera, None)
    return [float(a) for a in cv2.RQDecomp3x3(cv2.Rodrigues(turn)[0])[0]]


def openness(at, up, down, left, right):
    """Height of an eye or mouth over its width."""
    np = state["np"]
    return float(np.linalg.norm(at[up] - at[down]) / np.linalg.norm(at[left] - at[right]))


def encoded(picture):
    """The best quality whose file fits."""
    cv2 = state["cv2"]
    low, high, best = 30, 100, None
    while low <= high:
        quality = (low + high) // 2
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        if len(data) <= BYTES[1]:
            low, best = quality + 1, data
        else:
            high = quality - 1
    return best


def photo(job):
    """One capture; what was measured, and its file written."""
    path, out, careful = job
    if not state:
        load()
    cv2, np = state["cv2"], state["np"]
    picture = cv2.imread(str(path))
    h, w = picture.shape[:2]
    scale = min(1.0, SEEN / max(w, h)) if careful else 1.0
    seen = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    rgb = cv2.cvtColor(seen, cv2.COLOR_BGR2RGB)
    faces = state["mesh"].process(rgb).multi_face_landmarks or []
    body = state["pose"].process(rgb).pose_landmarks
    person = state["segment"].process(rgb).segmentation_mask
    record = {"id": Path(path).name, "faces": len(faces)}
    if len(faces) != 1:
        return record | {"verdict": "fail"}
    sh, sw = seen.shape[:2]
    at = np.float64([(p.x * sw, p.y * sh) for p in faces[0].landmark])
    pitch, yaw, roll = angles(at, (sw, sh))
    left, right = body.landmark[11], body.landmark[12]
    shoulders = np.degrees(np.arctan2((left.y - right.y) * sh, (left.x - right.x) * sw))
    wall = cv2.cvtColor(seen, cv2.COLOR_BGR2LAB)[person < 0.1]
    x0, y0, x1, y1 = [int(v) for v in (*at.min(0).clip(0), *at.max(0))]
    face = cv2.cvtColor(seen[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)
    record |= {
        "pitch": pitch, "yaw": yaw, "roll": roll, "shoulders": float(shoulders),
        "eyes": [openness(at, 159, 145, 33, 133), openness(at, 386, 374, 362, 263)],
        "mouth": openness(at, 13, 14, 78, 308),
        "background": [float(v) for v in wall.mean(0)], "unevenness": [float(v) for v in wall.std(0)],
        "sharpness": float(cv2.Laplacian(face, cv2.CV_64F).var()), "exposure": float(face.mean()),
    }  # fmt: skip
    top = np.flatnonzero((person > 0.5).any(1))[0]
    eyes = at[[468, 473]].mean(0)
    height = (eyes[1] - top) / (EYES - CROWN)
    width = height * SIZE[0] / SIZE[1]
    cx0, cy0 = eyes[0] - width / 2, top - CROWN * height
    box = [int(round(v / scale)) for v in (cx0, cy0, cx0 + width, cy0 + height)]
    box = [max(0, box[0]), max(0, box[1]), min(w, box[2]), min(h, box[3])]
    if careful:
        share = person[int(box[1] * scale) : int(box[3] * scale), int(box[0] * scale) : int(box[2] * scale)]
        share = cv2.resize(share, SIZE, interpolation=cv2.INTER_LINEAR)[..., None]
        cut = cv2.resize(picture[box[1] : box[3], box[0] : box[2]], SIZE, interpolation=cv2.INTER_AREA)
        made = (share * cut + (1 - share) * np.float32(BLUE)).astype(np.uint8)
    else:
        share = cv2.resize(person, (w, h), interpolation=cv2.INTER_LINEAR)[..., None]
        mixed = (share * picture + (1 - share) * np.float32(BLUE)).astype(np.uint8)
        made = cv2.resize(mixed[box[1] : box[3], box[0] : box[2]], SIZE, interpolation=cv2.INTER_AREA)
    data = encoded(made)
    (Path(out) / Path(path).name).write_bytes(data.tobytes())
    good = max(abs(pitch - 6), abs(yaw), abs(roll)) < 12 and abs(shoulders) < 6 and min(record["eyes"]) > 0.15
    return record | {"bytes": len(data), "verdict": "pass" if good and record["mouth"] < 0.1 else "fail"}


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("folder", type=Path)
    args.add_argument("out", type=Path)
    args.add_argument("--processes", type=int, default=1)
    args.add_argument("--careful", action="store_true")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    jobs = [(p, args.out, args.careful) for p in sorted(args.folder.glob("*.jpg"))]
    if args.processes == 1:
        done = map(photo, jobs)
        for record in done:
            print(json.dumps(record), flush=True)
        return
    with Pool(args.processes) as pool:
        for record in pool.imap(photo, jobs):
            print(json.dumps(record), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("GLOG_minloglevel", "2")
    sys.exit(main())
