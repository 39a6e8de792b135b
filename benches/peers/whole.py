"""Photogate beside MediaPipe and OpenCV as whole programs, in one run: the tables of docs/performance.md.

    python whole.py --program PHOTOGATE --onnxruntime LIB [--megapixels 12 2] [--photos 24] [--rounds 3] [--core 0]

PHOTOGATE: target/release/photogate; LIB: libonnxruntime.so of the wheel. This Python runs the peer,
mediapipe_photo.py, so it has to have what requirements.txt lists.

Captures are the rendered fixtures, enlarged, with grain, as JPEG files of quality 92. The programs take
turns, and the medians of the rounds are compared: machines are noisy, the ratio is what counts.
Photos a second are counted from the first answers on, the start not included; it is measured apart, from
the start of the process to the first verdict of a capture of 0.7 megapixels. Memory is the largest sum over
the processes of a run (their shared pages counted once: PSS), looked at every 50 ms.

djpeg of libjpeg-turbo decodes the same files and throws the pixels away, where it is installed (Debian:
libjpeg-turbo-progs): what any program that looks at all pixels pays.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
CAPTURES = HERE.parent.parent / "fixtures" / "captures"


def enlarge(source, target, megapixels, seed):
    """A render as a camera of so many megapixels would store it."""
    picture = cv2.imread(str(source))
    scale = (megapixels * 1e6 / picture.shape[0] / picture.shape[1]) ** 0.5
    if scale > 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(seed).integers(-7, 8, picture.shape, np.int16)
    picture = np.clip(picture + grain, 0, 255).astype(np.uint8)
    cv2.imwrite(str(target), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])


def tree(pid):
    """A process and what it started."""
    found = [pid]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                found += [int(c) for c in Path(f"/proc/{one}/task/{task}/children").read_text().split()]
        except OSError:
            pass
    return found


def memory(pid):
    """Bytes of a process and its children."""
    total = 0
    for one in tree(pid):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(l.split()[1]) for l in rollup.splitlines() if l.startswith("Pss:")), 0)
    return total * 1024


def run(command, env):
    """Times of the answers since the start, seconds; peak memory, bytes; processor seconds."""
    before = os.times()
    began = time.monotonic()
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
    peak, ended = [0], threading.Event()

    def watch():
        while not ended.wait(0.05):
            peak[0] = max(peak[0], memory(program.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    times = [time.monotonic() - began for line in program.stdout if line.startswith(b"{")]
    program.wait()
    ended.set()
    watcher.join()
    after = os.times()
    spent = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return times, peak[0], spent


def rate(times, workers):
    """Photos a second from the first answer of each worker on."""
    return (len(times) - workers) / (times[-1] - times[workers - 1])


def ours(program, folder, out, workers, engine):
    made = ["--standardise", str(out), "--background", "replace", "--accept", "any", "--force"]
    return [program, "check", str(folder), "--format", "ndjson", "--workers", str(workers), "--engine", engine, *made]


def peer(folder, out, processes, *more):
    return [sys.executable, str(HERE / "mediapipe_photo.py"), str(folder), str(out), "--processes", str(processes), *more]


def djpeg(files):
    """Seconds of libjpeg-turbo's tool a file; none where it is not installed."""
    try:
        began = time.monotonic()
        for f in files:
            subprocess.run(["djpeg", "-outfile", "/dev/null", str(f)], check=True)
        return (time.monotonic() - began) / len(files)
    except FileNotFoundError:
        return None


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--program", required=True)
    args.add_argument("--onnxruntime", required=True)
    args.add_argument("--megapixels", type=float, nargs="*", default=[12, 2])
    args.add_argument("--photos", type=int, default=24)
    args.add_argument("--rounds", type=int, default=3)
    args.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    args = args.parse_args()
    fast = os.environ | {"ORT_DYLIB_PATH": args.onnxruntime, "GLOG_minloglevel": "2"}
    plain = {k: v for k, v in fast.items() if k != "ORT_DYLIB_PATH"}
    renders = sorted(CAPTURES.glob("c*.jpg"))
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        programs = {
            "photogate, ONNX Runtime": lambda f, w: (ours(args.program, f, scratch / "a", w, "auto"), fast),
            "photogate, tract": lambda f, w: (ours(args.program, f, scratch / "b", w, "tract"), plain),
            "MediaPipe + OpenCV, careful": lambda f, w: (peer(f, scratch / "c", w, "--careful"), fast),
            "MediaPipe + OpenCV, plain": lambda f, w: (peer(f, scratch / "d", w), fast),
        }
        for megapixels in args.megapixels:
            folder = scratch / f"{megapixels:g}"
            folder.mkdir()
            for i in range(args.photos):
                enlarge(renders[i % len(renders)], folder / f"{i:03}.jpg", megapixels, i)
            files = sorted(folder.iterdir())
            found = {}
            limit = []
            for _ in range(args.rounds):
                limit.append(djpeg(files))
                for workers in args.workers:
                    for name, command in programs.items():
                        times, peak, spent = run(*command(folder, workers))
                        assert len(times) == len(files), f"{name}: {len(times)} answers"
                        found.setdefault((name, workers), []).append((rate(times, workers), peak, spent / len(files)))
            size = statistics.mean(f.stat().st_size for f in files) / 1e6
            print(f"\n{megapixels:g} megapixels: {len(files)} captures of {size:.1f} MB, median of {args.rounds} rounds")
            if limit[0]:
                print(f"djpeg: {1e3 * statistics.median(limit):.0f} ms a file, its start included")
            print("\n| program | processes | photos/s | processor ms a photo | of MediaPipe careful | peak MB |\n|---|---|---|---|---|---|")
            for (name, workers), rounds in found.items():
                speed, peak, spent = (statistics.median(r[k] for r in rounds) for k in range(3))
                base = statistics.median(r[0] for r in found[("MediaPipe + OpenCV, careful", workers)])
                print(f"| {name} | {workers} | {speed:.2f} | {1e3 * spent:.0f} | {speed / base:.2f} | {peak / 1e6:.0f} |", flush=True)
        one = scratch / "one"
        one.mkdir()
        enlarge(renders[0], one / "0.jpg", 0, 0)
        print("\n| program | s from the start to the first verdict |\n|---|---|")
        for name, command in programs.items():
            starts = [run(*command(one, 1))[0][0] for _ in range(2 * args.rounds + 1)]
            print(f"| {name} | {statistics.median(starts[1:]):.2f} |", flush=True)


if __name__ == "__main__":
    main()
