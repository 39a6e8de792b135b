"""Write the trained landmark network as the ONNX file that the program embeds.

    python export.py --checkpoint runs/landmarks/best.pt --out ../../landmarks.onnx

Averaged weights, batch normalisation folded into the convolutions, fixed shapes, one input. The
input scaling and the sigmoid of the presence score are inside the graph.
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
from model import SIZE, Landmarks  # noqa: E402
from shipping import fold, multiply_adds  # noqa: E402


class Shipped(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        x = self.network.body((image - 0.5) * 4)
        mesh = self.network.basis(self.network.coefficients(self.network.spatial(x))).reshape(1, -1, 3)
        return mesh, torch.sigmoid(self.network.presence(x.mean((2, 3))))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--checkpoint", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args = args.parse_args()
    saved = torch.load(args.checkpoint, weights_only=False, map_location="cpu")
    network = Landmarks()
    average = torch.optim.swa_utils.AveragedModel(network)
    average.load_state_dict(saved["average"])
    network = average.module.eval().to(memory_format=torch.contiguous_format)
    image = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        before = network(image)[0]
        fold(network)
        shipped = Shipped(network).eval()
        torch.onnx.export(
            shipped, (image,), str(args.out), input_names=["image"], output_names=["mesh", "presence"], opset_version=17, dynamo=False
        )
    exported = onnx.load(args.out)
    onnx.checker.check_model(exported)
    session = onnxruntime.InferenceSession(str(args.out), providers=["CPUExecutionProvider"])
    found = session.run(None, {"image": image.numpy()})[0]
    difference = np.abs(found - before.numpy()).max()
    assert difference < 1e-4, f"the exported graph differs by {difference}"
    parameters = sum(int(np.prod(w.dims)) for w in exported.graph.initializer)
    print(f"step {saved['step']}, {parameters} parameters, {multiply_adds(exported) / 1e6:.1f} M multiply-adds,")
    print(f"{args.out.stat().st_size / 1e6:.2f} MB, differs from PyTorch by {difference:.1e}")
    print(sorted({n.op_type for n in exported.graph.node}))


if __name__ == "__main__":
    sys.exit(main())
