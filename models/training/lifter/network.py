"""The lifter: strided steps over time, as VideoPose3D's, then a residual block; forward, backward, and as ONNX."""

import numpy as np

from data import WINDOW

STEPS, FIRST, SECOND, WIDE = 3, 96, 128, 256
# 27 frames → 9 → 3, and the middle frame by itself, and where and how large the person is in the picture.
SHAPES = {
    "a": (STEPS * 34, FIRST),
    "b": (STEPS * FIRST, SECOND),
    "c": (3 * SECOND + 34 + 3, WIDE),
    "d": (WIDE, WIDE),
    "e": (WIDE, WIDE),
    "f": (WIDE, 48),
}


def fresh(rng):
    weights = {}
    for name, (rows, columns) in SHAPES.items():
        gain = 0.1 if name == "f" else 1.0
        weights[name] = (rng.standard_normal((rows, columns)) * gain * np.sqrt(2 / rows)).astype(np.float32)
        weights[name + "0"] = np.zeros(columns, np.float32)
    return weights


def features(picture):
    """Joints about their own frame's root, of size 1, with the root's way since the middle frame in its place."""
    root = picture[:, :, :1]
    middle = root[:, WINDOW // 2, 0]
    own = picture - root
    size = np.sqrt((own**2).mean((1, 2, 3)) + 1e-8)[:, None]
    own = own / size[:, None, None]
    way = (root - middle[:, None, None]) / size[:, None, None]
    frames = np.concatenate([way, own[:, :, 1:]], 2).reshape(len(picture), WINDOW, 34)
    return frames, np.concatenate([middle, size], 1)


def forward(w, frames, place):
    n = len(frames)
    relu = lambda x: np.maximum(x, 0)
    x0 = frames.reshape(n, 9, STEPS * 34)
    x1 = relu(x0 @ w["a"] + w["a0"])
    x2 = relu(x1.reshape(n, 3, STEPS * FIRST) @ w["b"] + w["b0"])
    x3 = np.concatenate([x2.reshape(n, 3 * SECOND), frames[:, WINDOW // 2], place], 1)
    x4 = relu(x3 @ w["c"] + w["c0"])
    x5 = relu(x4 @ w["d"] + w["d0"])
    x6 = x4 + relu(x5 @ w["e"] + w["e0"])
    return (x6 @ w["f"] + w["f0"]).reshape(n, 16, 3), (x0, x1, x2, x3, x4, x5, x6)


def backward(w, kept, out):
    """The gradient of each weight, from the gradient of the output."""
    x0, x1, x2, x3, x4, x5, x6 = kept
    g, n = {}, len(out)

    def through(name, x, grad):
        flat = grad.reshape(-1, grad.shape[-1])
        g[name], g[name + "0"] = x.reshape(-1, x.shape[-1]).T @ flat, flat.sum(0)
        return grad @ w[name].T

    d6 = through("f", x6, out.reshape(n, 48))
    d5 = through("e", x5, d6 * (x6 > x4)) * (x5 > 0)
    d4 = (d6 + through("d", x4, d5)) * (x4 > 0)
    d3 = through("c", x3, d4)
    d2 = d3[:, : 3 * SECOND].reshape(x2.shape) * (x2 > 0)
    d1 = through("b", x1.reshape(n, 3, STEPS * FIRST), d2).reshape(x1.shape) * (x1 > 0)
    through("a", x0, d1)
    return g


def export(w, path, about):
    """ONNX: f32 [people, 27, 17, 2] → [people, 1, 17, 3]."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    held, nodes = [], []

    def hold(name, value):
        held.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def cut(x, axis, start, end, output):
        numbers = [hold(f"{output}_{k}", np.int64([v])) for k, v in [("from", start), ("to", end), ("of", axis)]]
        return node("Slice", [x, *numbers], output)

    def layer(name, x, output, relu=True):
        y = node("Add", [node("MatMul", [x, hold(name, w[name])], f"{output}_m"), hold(name + "0", w[name + "0"])],
                 f"{output}_s" if relu else output)
        return node("Relu", [y], output) if relu else y

    def shaped(x, shape, output):
        return node("Reshape", [x, hold(f"{output}_shape", np.int64(shape))], output)

    root = cut("keypoints", 2, 0, 1, "root")
    middle = cut(root, 1, WINDOW // 2, WINDOW // 2 + 1, "middle")
    own = node("Sub", ["keypoints", root], "about_root")
    square = node("ReduceMean", [node("Mul", [own, own], "squares")], "square", axes=[1, 2, 3], keepdims=1)
    size = node("Sqrt", [node("Add", [square, hold("little", np.float32(1e-8))], "above_0")], "size")
    way = node("Div", [node("Sub", [root, middle], "moved"), size], "way")
    rest = cut(node("Div", [own, size], "of_size_1"), 2, 1, 17, "rest")
    frames = shaped(node("Concat", [way, rest], "joints", axis=2), [-1, WINDOW, 34], "frames")
    x1 = layer("a", shaped(frames, [-1, 9, STEPS * 34], "x0"), "x1")
    x2 = layer("b", shaped(x1, [-1, 3, STEPS * FIRST], "x1_threes"), "x2")
    now = shaped(cut(frames, 1, WINDOW // 2, WINDOW // 2 + 1, "now_3d"), [-1, 34], "now")
    place = [shaped(middle, [-1, 2], "middle_flat"), shaped(size, [-1, 1], "size_flat")]
    x3 = node("Concat", [shaped(x2, [-1, 3 * SECOND], "x2_flat"), now, *place], "x3", axis=1)
    x4 = layer("c", x3, "x4")
    x6 = node("Add", [x4, layer("e", layer("d", x4, "x5"), "x5_e")], "x6")
    joints = shaped(layer("f", x6, "x7", relu=False), [-1, 1, 16, 3], "sixteen")
    # The root is where it is: 0, whatever the batch.
    first = node("Mul", [cut(joints, 2, 0, 1, "first"), hold("nothing", np.float32(0))], "root_3d")
    node("Concat", [first, joints], "keypoints_3d", axis=2)
    ports = [("keypoints", ["people", WINDOW, 17, 2]), ("keypoints_3d", ["people", 1, 17, 3])]
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in ports]
    graph = helper.make_graph(nodes, "lifter", infos[:1], infos[1:], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="silhueta")
    helper.set_model_props(model, about)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
