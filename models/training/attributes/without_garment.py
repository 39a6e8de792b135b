"""Leave out of the attribute network what looks at neck and garment: the garment network does that.

    python without_garment.py WHOLE.onnx ../../attributes.onnx

WHOLE is what export.py writes, nine patches and eleven answers. What stays are the first five patches and
eight answers with their weights as they are; the answers are compared with WHOLE's bit by bit.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from export_garment import OUTPUTS
from patches import GROUPS, PATCHES, SIZE
from shipping import multiply_adds


def main():
    whole, out = map(Path, sys.argv[1:])
    model, kept = onnx.load(whole), len(PATCHES[: GROUPS["body"].start])
    names = [o.name for o in model.graph.output if o.name not in OUTPUTS]
    part = onnx.utils.Extractor(model).extract_model(["patches"], names)
    part.graph.input[0].type.tensor_type.shape.dim[0].dim_value = kept
    del part.graph.value_info[:]  # shapes of nine patches
    onnx.checker.check_model(part)
    onnx.save(part, out)
    patches = np.random.default_rng(0).random((len(PATCHES), 3, SIZE, SIZE), np.float32)
    run = [onnxruntime.InferenceSession(str(f), providers=["CPUExecutionProvider"]) for f in (whole, out)]
    before, after = run[0].run(names, {"patches": patches}), run[1].run(names, {"patches": patches[:kept]})
    assert all(np.array_equal(a, b) for a, b in zip(before, after)), "the answers changed"
    weights = sum(int(np.prod(w.dims)) for w in part.graph.initializer)
    print(f"{weights} parameters, {multiply_adds(part) / 1e6:.1f} M multiply-adds, {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    sys.exit(main())
