"""Writes the ONNX file: python export.py OUT/last.pt detector.onnx

The graph is written by hand, node by node, because the network is small and the engines are picky:
batch normalisation is folded into the convolutions, the decoding is constants and arithmetic, only
`image` is an input, every shape is static. The file is checked against PyTorch before it gets its name.
"""

import argparse
import hashlib
import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

import model


class Graph:
    def __init__(self):
        self.nodes, self.constants, self.macs, self.parameters = [], [], 0, 0

    def constant(self, value, dtype=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype), name))
        return name

    def node(self, op, *inputs, output=None, **attributes):
        output = output or f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], name=output, **attributes))
        return output

    def conv(self, x, layer, norm=None, output_size=None):
        """A convolution, with the batch normalisation behind it folded in."""
        weight = layer.weight.detach().double()
        bias = torch.zeros(len(weight), dtype=torch.double) if layer.bias is None else layer.bias.detach().double()
        if norm is not None:
            gain = norm.weight.detach().double() / (norm.running_var.double() + norm.eps).sqrt()
            weight = weight * gain[:, None, None, None]
            bias = (bias - norm.running_mean.double()) * gain + norm.bias.detach().double()
        k, s, p = layer.kernel_size[0], layer.stride[0], layer.padding[0]
        self.macs += weight.numel() * output_size ** 2
        self.parameters += weight.numel() + bias.numel()
        return self.node("Conv", x, self.constant(weight.numpy()), self.constant(bias.numpy()), kernel_shape=[k, k],
                         strides=[s, s], pads=[p, p, p, p], group=layer.groups, dilations=[1, 1])


def build(net):
    g = Graph()
    relu = lambda x: g.node("Relu", x)  # noqa: E731

    def block(x, b, size):
        y = relu(g.conv(x, *b.depth, output_size=size))
        y = g.conv(y, *b.point, output_size=size)
        return relu(g.node("Add", y, x) if b.residual else y)

    def stage(x, blocks, size):
        for b in blocks:
            x = block(x, b, size)
        return x

    x = g.node("Sub", "image", g.constant(np.full((1, 3, 1, 1), model.MEAN)))
    x = g.node("Mul", x, g.constant(np.full((1, 3, 1, 1), 1 / model.STD)))
    x = relu(g.conv(x, *net.stem, output_size=160))
    p8 = stage(stage(x, net.s4, 80), net.s8, 40)
    p16 = stage(p8, net.s16, 20)
    p32 = stage(p16, net.s32, 10)
    l8, l16, l32 = (relu(g.conv(p, *f, output_size=n)) for p, f, n in zip((p8, p16, p32), net.lateral, (40, 20, 10)))

    def double(x):
        return g.node("Resize", x, "", g.constant([1, 1, 2, 2]), mode="nearest",
                      coordinate_transformation_mode="asymmetric", nearest_mode="floor")

    n32 = block(l32, net.smooth[2], 10)
    n16 = block(g.node("Add", l16, double(n32)), net.smooth[1], 20)
    n8 = block(g.node("Add", l8, double(n16)), net.smooth[0], 40)
    rows = []
    for feature, head, n in zip((n8, n16, n32), net.heads, (40, 20, 10)):
        y = g.conv(block(feature, head[0], n), head[1], output_size=n)
        y = g.node("Reshape", y, g.constant([1, 15, n * n], np.int64))
        rows.append(g.node("Transpose", y, perm=[0, 2, 1]))
    raw = g.node("Concat", *rows, axis=1)

    cells = model.grid().numpy().astype(np.float64) / model.SIZE
    xy, stride = cells[None, :, :2], cells[None, :, 2:]

    def part(a, b):
        return g.node("Slice", raw, g.constant([a], np.int64), g.constant([b], np.int64), g.constant([2], np.int64))

    centre = g.node("Add", g.node("Mul", part(1, 3), g.constant(stride)), g.constant(xy))
    half = g.node("Mul", g.node("Exp", part(3, 5)), g.constant(stride * (model.BOX_PRIOR / 2)))
    points = g.node("Add", g.node("Mul", part(5, 15), g.constant(stride * model.POINT_UNIT)), g.constant(np.tile(xy, 5)))
    g.node("Concat", g.node("Sigmoid", part(0, 1)), g.node("Sub", centre, half), g.node("Add", centre, half), points,
           output="faces", axis=2)

    graph = helper.make_graph(
        g.nodes, "photogate-detector",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, model.SIZE, model.SIZE])],
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, [1, len(cells), 15])], g.constants)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="photogate")
    proto.ir_version = 8  # what opset 17 came with: older engines refuse newer files
    proto = onnx.shape_inference.infer_shapes(proto, strict_mode=True)
    for key, value in (("multiply_adds", g.macs), ("parameters", g.parameters)):
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, str(value)
    return proto


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("onnx", type=Path)
    args = parser.parse_args()
    net = model.Detector().eval()
    state = torch.load(args.checkpoint)
    net.load_state_dict(state["ema"])
    proto = build(net)
    onnx.checker.check_model(proto, full_check=True)
    data = proto.SerializeToString(deterministic=True)
    image = np.random.default_rng(0).random((1, 3, model.SIZE, model.SIZE), dtype=np.float32)
    ours = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"image": image})[0]
    with torch.no_grad():
        theirs = net(torch.from_numpy(image)).numpy()
    worst = np.abs(ours - theirs).max()
    if worst > 1e-3:
        raise SystemExit(f"the ONNX file disagrees with PyTorch by {worst}")
    temporary = args.onnx.with_suffix(".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, args.onnx)
    print(f"{args.onnx}: step {state['step']}, {len(data)} bytes, disagreement {worst:.1e}, "
          f"sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
