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

sys.path.append(str(Path(__file__).resolve().parent.parent))
from model import HEIGHT, WIDTH, Matte  # noqa: E402
from shipping import fold, multiply_adds  # noqa: E402


class Shipped(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        return torch.sigmoid(self.network(image))


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
