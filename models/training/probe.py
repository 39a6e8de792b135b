"""One more answer from what the shipped attribute network hears: a linear probe (Alain and Bengio 2016).

Its trunk learnt on portraits without rims across the eyes and without hands before the mouth, and its answers about glasses and mouths stay
as they are; but much of what is new to it can be read off the features that its heads hear. What costs a new network
hours and the program milliseconds costs a logistic regression seconds, and one row of weights.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE / "attributes"), str(HERE / "landmarks")]
from crops import shrink_and_warp  # noqa: E402
from patches import PATCHES, SIZE, matrix  # noqa: E402
from pool import Finder, one_thread  # noqa: E402

# What the heads hear, (1, n) each: eyes and top of the head (864), mouth (432).
FACE, MOUTH = "/Concat_5_output_0", "/views.3/views.3.1/Flatten_output_0"
DECAY, SURE = 1e-4, 0.98


class Listener:
    """The landmark and the attribute network; the latter up to what its heads hear (`heard`: FACE, MOUTH)."""

    def __init__(self, landmarks, attributes, heard):
        self.finder, model = Finder(landmarks), onnx.load(attributes)
        del model.graph.output[:]
        model.graph.output.extend(onnx.helper.make_tensor_value_info(h, onnx.TensorProto.FLOAT, None) for h in heard)
        self.network = onnxruntime.InferenceSession(model.SerializeToString(), one_thread(), providers=["CPUExecutionProvider"])

    def __call__(self, picture, five):
        """(2, features) of a picture, and of its patches mirrored."""
        seen = self.patches(picture, five)
        return np.stack([self.hear(v)[0] for v in (seen, seen[..., ::-1])])

    def patches(self, picture, five):
        mesh = self.finder(picture, five)
        kept = self.network.get_inputs()[0].shape[0]
        cut = [shrink_and_warp(picture, matrix(p, mesh, SIZE), SIZE, cv2.BORDER_REPLICATE) for p in PATCHES[:kept]]
        return np.stack(cut).transpose(0, 3, 1, 2).astype(np.float32) / 255

    def hear(self, patches):
        return np.concatenate(self.network.run(None, {"patches": np.ascontiguousarray(patches)}), 1)


def fit(seen, want, counts, decay=DECAY):
    """Weights (features,) and bias of a logistic regression; `seen` (n, 2, features), both with the same answer, `want` (n,) 0..1."""
    middle, spread = seen.mean((0, 1)), seen.std((0, 1)) + 1e-2
    x, counts = torch.from_numpy((seen - middle) / spread), torch.from_numpy(counts.astype(np.float32))
    want = torch.from_numpy((1 - SURE + (2 * SURE - 1) * want).astype(np.float32))[:, None].expand(-1, 2)
    w, b = torch.zeros(x.shape[2], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([w, b], max_iter=400, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        off = binary_cross_entropy_with_logits(x @ w + b, want, reduction="none")
        loss = (counts[:, None] * off).mean() + decay * (w**2).sum()
        loss.backward()
        return loss

    optimiser.step(loss)
    w, b = w.detach().numpy() / spread, float(b.detach())
    return w.astype(np.float32), np.float32(b - middle @ w)


def chance(seen, w, b):
    """Of the pictures as they are, not mirrored."""
    return 1 / (1 + np.exp(-(seen[:, 0] @ w + b)))


def add(path, name, heard, w, b):
    """The answer `name` [1, 2], chances of no and of yes, of the file at `path`; in the place of one that it has. Others stay, bit by bit."""
    model = onnx.load(path)
    graph, order = model.graph, [o.name for o in onnx.load(path).graph.output]  # the program reads by place
    for parts, name_of in ((graph.initializer, lambda i: i.name), (graph.node, lambda n: n.output[0]), (graph.output, lambda o: o.name)):
        for part in [p for p in parts if name_of(p).split(".")[0] == name]:
            parts.remove(part)
    before = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    both = {f"{name}.weight": np.stack([-w, w]), f"{name}.bias": np.array([-b, b])}  # a sigmoid is a softmax of two opposite halves
    graph.initializer.extend([onnx.numpy_helper.from_array((0.5 * v).astype(np.float32), n) for n, v in both.items()])
    if len(heard) > 1:
        graph.node.append(onnx.helper.make_node("Concat", heard, [f"{name}.heard"], axis=1))
        heard = [f"{name}.heard"]
    graph.node.append(onnx.helper.make_node("Gemm", [*heard, *both], [f"{name}.logits"], transB=1))
    graph.node.append(onnx.helper.make_node("Softmax", [f"{name}.logits"], [name], axis=1))
    graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 2]))
    outputs = sorted(graph.output, key=lambda o: order.index(o.name) if o.name in order else len(order))
    del graph.output[:]
    graph.output.extend(outputs)
    onnx.checker.check_model(model)
    after = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    seen = {"patches": np.random.default_rng(0).random(before.get_inputs()[0].shape, np.float32)}
    kept = [o.name for o in before.get_outputs()]
    assert all(np.array_equal(x, y) for x, y in zip(before.run(kept, seen), after.run(kept, seen))), "the other answers changed"
    onnx.save(model, path)
