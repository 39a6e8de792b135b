r"""Fit the garment network's last layer anew where its course answers worse than what it sees allows: collar and pattern.

    python refit.py --data DATA --teacher runs/teachers/body.onnx --extras runs/extras --garment ../../garment.onnx --out runs/refit

The course learns two thirds of every answer from the teacher, on disturbed pictures. The rows of these two questions become logistic
regressions on the labels alone (`probe.py`; "Last layer re-training is sufficient for robustness to spurious correlations", Kirichenko et al. 2022), on all training portraits as they are, on
DRAWN disturbed ones of each and of what extras.py made, calibrated as in export_garment.py. Everything below the last layer and the other questions stay, bit by bit. Keeps the features in
OUT/features.npz (to be deleted where the network or the extras change), writes the ONNX file anew, prints equal errors.
"""

import argparse
import sys
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime

import labels
from export import fit
from measure import equal_error, said
from pool import one_thread
from teach import to_input
from views import Views

import probe  # where views.py looks

HEARD, ROWS = "/network/ReduceMean_output_0", ("network.head.weight", "network.head.bias")
REFIT = {"collar": said("neckline", "c", "rl"), "pattern": said("pattern", "k", "p")}
DRAWN = 4  # disturbed pictures of a portrait, half as many of what is made
COUNT = 0.5  # how much such a picture counts
DECAY = 1e-2  # 3e-3 to 3e-2 answer alike


def alone(i):
    """[(kind, (2, features))] of pictures of portrait `i`, two at a time, the first as it is and its mirror image."""
    views = alone.views
    cv2.setNumThreads(1)
    if not hasattr(alone, "network"):
        model = onnx.load(alone.garment)
        del model.graph.output[:]
        model.graph.output.append(onnx.helper.make_tensor_value_info(HEARD, onnx.TensorProto.FLOAT, None))
        alone.network = onnxruntime.InferenceSession(model.SerializeToString(), one_thread(), providers=["CPUExecutionProvider"])
    rng, portrait = np.random.default_rng(i), i < len(views.ids)
    pairs = [("plain", views.plain(i))] if portrait else []
    if i not in views.val:
        pairs += [("drawn", np.stack([views.draw(i, rng), views.draw(i, rng)])) for _ in range(DRAWN // 2 if portrait else DRAWN // 4)]
    return [(kind, alone.network.run(None, {"torso": (to_input(p) / 255).contiguous().numpy()})[0]) for kind, p in pairs]


def features(args, views):
    """{"seen": (n, 2, features), "of": whose picture, "kind"} of what has labels."""
    kept = args.out / "features.npz"
    if not kept.exists():
        rows = labels.load(args.data)
        of = [i for i in range(len(views.pictures)) if i >= len(views.ids) or views.ids[i] in rows]
        alone.views, alone.garment = views, args.garment  # what a fork inherits need not be sent
        with Pool(args.processes) as pool:
            made = pool.map(alone, of, chunksize=32)
        each = [(i, *m) for i, pairs in zip(of, made) for m in pairs]
        np.savez(kept, of=np.array([e[0] for e in each]), kind=np.array([e[1] for e in each]), seen=np.array([e[2] for e in each]))
    return dict(np.load(kept))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--teacher", type=Path, required=True, help="beside it lie the portraits as views.py cut them")
    args.add_argument("--extras", type=Path, required=True, help="what extras.py made")
    args.add_argument("--garment", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--processes", type=int, default=2)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)  # threads do not live on in forked processes
    views = Views(args.data, args.teacher.parent, "body", args.extras)
    heard = features(args, views)
    seen, of, kind = heard["seen"], heard["of"], heard["kind"]
    val = np.isin(of, views.val)
    shown = val & (kind == "plain")
    model = onnx.load(args.garment)
    before = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    layer = [next(w for w in model.graph.initializer if w.name == name) for name in ROWS]
    weight, bias = (onnx.numpy_helper.to_array(w).copy() for w in layer)
    given, read = labels.given(args.data), labels.readings()
    rows = [given[views.ids[i]] for i in of[shown]]
    agreed = [row | {c: "?" for c, v in read[row["id"]].items() if row.get(c) != v} for row in rows]
    for question, want in REFIT.items():
        k = views.store.asked.index(question)
        target = views.targets[of, k]
        known = np.isfinite(target)
        some = known & ~val
        w, b = probe.fit(seen[some], target[some], np.where(kind[some] == "plain", 1.0, COUNT), DECAY)
        for name, v, c in (("before", weight[k], bias[k]), ("now", w, b)):
            score = seen[shown].mean(1) @ v + c
            print(question, name, [round(100 * equal_error(score, want(r)), 1) for r in (rows, agreed)])
        known &= shown
        a, shift = fit(seen[known].mean(1) @ w + b, target[known])
        weight[k], bias[k] = a * w, a * b + shift
    others = [k for k, q in enumerate(views.store.asked) if q not in REFIT]
    assert all(np.array_equal(onnx.numpy_helper.to_array(old)[others], new[others]) for old, new in zip(layer, (weight, bias))), (
        "another row changed"
    )
    for old, new in zip(layer, (weight, bias)):
        old.CopyFrom(onnx.numpy_helper.from_array(new, old.name))
    onnx.checker.check_model(model)
    after = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    torso = np.random.default_rng(0).random(before.get_inputs()[0].shape, np.float32)
    assert np.array_equal(*(s.run(["necklace"], {"torso": torso})[0] for s in (before, after))), "another answer changed"
    onnx.save(model, args.garment)


if __name__ == "__main__":
    sys.exit(main())
