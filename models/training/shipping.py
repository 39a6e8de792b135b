"""What every export does to a trained network before the program embeds it."""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def options(doc):
    """The arguments of an export from prepared pictures and trained weights."""
    args = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--pairs", required=True)
    args.add_argument("--checkpoint", required=True)
    args.add_argument("--out", type=Path, required=True)
    return args.parse_args()


def trained(network, checkpoint):
    """The network with these weights, ready to be written."""
    network.load_state_dict(torch.load(checkpoint, weights_only=True))
    network.eval()
    fold(network)
    return network


def fold(module):
    """Fold each BatchNorm into the convolution before it."""
    for name, child in module.named_children():
        if isinstance(child, nn.Sequential) and len(child) > 1 and isinstance(child[1], nn.BatchNorm2d):
            folded = fuse_conv_bn_eval(child[0], child[1])
            setattr(module, name, nn.Sequential(folded, *list(child)[2:]))
        else:
            fold(child)


def multiply_adds(graph_model):
    """Multiply-adds of the convolutions and matrix products of a graph with fixed shapes."""
    inferred = onnx.shape_inference.infer_shapes(graph_model)
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in inferred.graph.value_info}
    shapes |= {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in inferred.graph.output}
    weights = {w.name: list(w.dims) for w in inferred.graph.initializer}
    total = 0
    for node in inferred.graph.node:
        if node.op_type == "Conv":
            total += int(np.prod(shapes[node.output[0]])) * int(np.prod(weights[node.input[1]][1:]))
        elif node.op_type in ("Gemm", "MatMul"):
            total += int(np.prod(shapes[node.output[0]][:-1])) * int(np.prod(weights[node.input[1]]))
    return total


def write(shipped, pictures, path, input_name, outputs):
    """The ONNX file of a module, held against it on `pictures`; prints what the model card says."""
    with torch.no_grad():
        want = shipped(pictures)
        want = want if isinstance(want, tuple) else (want,)
        torch.onnx.export(shipped, (pictures,), str(path), input_names=[input_name], output_names=outputs, opset_version=17, dynamo=False)
    exported = onnx.load(path)
    onnx.checker.check_model(exported)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {input_name: pictures.numpy()})
    difference = max(np.abs(f - w.numpy()).max() for f, w in zip(found, want))
    assert difference < 1e-4, f"the exported graph differs by {difference}"
    parameters = sum(int(np.prod(w.dims)) for w in exported.graph.initializer)
    print(f"{parameters} parameters, {multiply_adds(exported) / 1e6:.1f} M multiply-adds a photo,")
    print(f"{path.stat().st_size / 1e6:.2f} MB, differs from PyTorch by {difference:.1e}")
    print(sorted({n.op_type for n in exported.graph.node}))
    print([(o.name, [d.dim_value for d in o.type.tensor_type.shape.dim]) for o in exported.graph.output])
