"""Write the trained matte network as the ONNX file that the program embeds.

    python export.py --checkpoint runs/matte/best.pt --out ../../matte.onnx

Averaged weights, batch normalisation folded into the convolutions, fixed shapes, one input. The
input scaling and the sigmoid are inside the graph.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from model import HEIGHT, WIDTH, Matte


def fold(module):
    """Fold each BatchNorm into the convolution before it."""
    for name, child in module.named_children():
        if isinstance(child, nn.Sequential) and len(child) > 1 and isinstance(child[1], nn.BatchNorm2d):
            setattr(module, name, nn.Sequential(fuse_conv_bn_eval(child[0], child[1]), *list(child)[2:]))
        else:
            fold(child)


class Shipped(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        return torch.sigmoid(self.network(image))


def multiply_adds(graph_model):
    """Multiply-adds of the convolutions of a graph with fixed shapes."""
    inferred = onnx.shape_inference.infer_shapes(graph_model)
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in inferred.graph.value_info}
    weights = {w.name: list(w.dims) for w in inferred.graph.initializer}
    convolutions = [n for n in inferred.graph.node if n.op_type == "Conv"]
    return sum(int(np.prod(shapes[n.output[0]])) * int(np.prod(weights[n.input[1]][1:])) for n in convolutions)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--checkpoint", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args = args.parse_args()
    torch.set_num_threads(1)
    saved = torch.load(args.checkpoint, weights_only=False, map_location="cpu")
    network = Matte()
    network.load_state_dict({n.removeprefix("module."): w for n, w in saved["average"].items() if n.startswith("module.")})
    network = network.eval()
    image = torch.rand(1, 3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        before = torch.sigmoid(network(image))
        fold(network)
        torch.onnx.export(
            Shipped(network).eval(), (image,), str(args.out), input_names=["image"], output_names=["alpha"], opset_version=17, dynamo=False
        )
    exported = onnx.load(args.out)
    onnx.checker.check_model(exported)
    session = onnxruntime.InferenceSession(str(args.out), providers=["CPUExecutionProvider"])
    difference = np.abs(session.run(None, {"image": image.numpy()})[0] - before.numpy()).max()
    assert difference < 1e-4, f"the exported graph differs by {difference}"
    parameters = sum(int(np.prod(w.dims)) for w in exported.graph.initializer)
    print(f"step {saved['step']}, {parameters} parameters, {multiply_adds(exported) / 1e6:.1f} M multiply-adds,")
    print(f"{args.out.stat().st_size / 1e6:.2f} MB, differs from PyTorch by {difference:.1e}")
    print(sorted({n.op_type for n in exported.graph.node}))


if __name__ == "__main__":
    sys.exit(main())
