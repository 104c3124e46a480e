"""Makes a static int8 copy of a network: QDQ nodes, weights per channel, ranges from real inputs.

static_int8.py ORIGINAL INPUTS CHANNELS,ROWS,COLUMNS OUT

INPUTS holds f32 values, one picture after another. What comes after the last convolutions (boxes and scores side
by side, coordinates) stays as it was: one scale can't serve both.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnx.version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

# QuantizeLinear per channel is part of ONNX from here on.
LEAST_OPSET = 13
NEW_OPSET = 17


class Inputs(CalibrationDataReader):
    """The pictures, as many a run as the network's batch is fixed at."""

    def __init__(self, name, pictures, batch):
        self.name = name
        self.runs = iter(pictures[n : n + batch] for n in range(0, len(pictures) - batch + 1, batch))

    def get_next(self):
        run = next(self.runs, None)
        return None if run is None else {self.name: np.array(run)}


def after_the_last_convolutions(graph):
    """Names of the nodes from which no convolution is reached any more."""
    maker = {output: node for node in graph.node for output in node.output}
    names, seen = [], set()
    left = [output.name for output in graph.output]
    while left:
        node = maker.get(left.pop())
        if node is None or node.name in seen or node.op_type == "Conv":
            continue
        seen.add(node.name)
        names.append(node.name)
        left.extend(node.input)
    return names


def main(original, inputs, shape, out):
    shape = [int(side) for side in shape.split(",")]
    pictures = np.memmap(inputs, dtype=np.float32, mode="r").reshape(-1, *shape)
    model = onnx.load(original, load_external_data=False)
    opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    if opset < LEAST_OPSET:
        model = onnx.version_converter.convert_version(model, NEW_OPSET)
    weights = {tensor.name for tensor in model.graph.initializer}
    [entry] = [entry for entry in model.graph.input if entry.name not in weights]
    batch = max(entry.type.tensor_type.shape.dim[0].dim_value, 1)
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"unnamed_{number}"
    with tempfile.TemporaryDirectory(dir=Path(out).parent) as folder:
        current, ready = Path(folder, "current.onnx"), Path(folder, "ready.onnx")
        onnx.save(model, current)
        quant_pre_process(current, ready, skip_symbolic_shape=True)
        quantize_static(
            ready,
            out,
            Inputs(entry.name, pictures, batch),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=after_the_last_convolutions(onnx.load(ready).graph),
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
