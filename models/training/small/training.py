"""What all four trainings share: the loop with its clock, the running mean of the weights, the way to an ONNX file."""

import copy
import math
import time
from pathlib import Path

import numpy as np
import torch


class Average:
    """The running mean of a network's weights (EMA), which is what is kept; it looks ever further back."""

    def __init__(self, model, decay=0.999):
        self.model = copy.deepcopy(model).eval()
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for mean, now in zip(self.model.state_dict().values(), model.state_dict().values(), strict=True):
            if mean.dtype.is_floating_point:
                mean.lerp_(now.detach(), 1 - decay)
            else:
                mean.copy_(now)


def device():
    """A GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(
    model, batch, loss, minutes, name, rate=2e-3, decay=0.05, warmup=100, clip=5.0, probe=None, every=5.0, out=None
):  # fmt: skip
    """Trains `model` for `minutes` of the processor's time and answers the running mean of its weights.

    `batch(share)` makes the tensors of one step (`share` of the training is over, 0..1); `loss(model, *tensors)` is
    what AdamW makes small: a number, or one and a dict of its parts to log. The rate warms up over `warmup` steps and falls
    as a cosine of the share of the time, to 1 %. `probe(mean_model)` is asked every `every` minutes for figures on the
    validation set, to be looked at only. With `out`, the mean is saved there as each probe ends and, where a file of
    an unfinished run is there, training goes on from it.
    """
    where = device()
    model = model.to(where, memory_format=torch.channels_last).train()
    split = [[], []]
    for parameter in model.parameters():
        split[parameter.ndim <= 1].append(parameter)
    optimizer = torch.optim.AdamW(
        [{"params": split[0], "weight_decay": decay}, {"params": split[1], "weight_decay": 0.0}], lr=rate
    )
    mean = Average(model)
    spent, steps, samples = 0.0, 0, 0
    if out and Path(out).exists():
        state = torch.load(out, map_location=where, weights_only=True)
        model.load_state_dict(state["model"])
        mean.model.load_state_dict(state["mean"])
        optimizer.load_state_dict(state["optimizer"])
        mean.steps, spent, steps, samples = state["average_steps"], state["spent"], state["steps"], state["samples"]
    total = minutes * 60
    clock = time.process_time if where.type == "cpu" else time.monotonic
    begun, looked, smooth = clock() - spent, spent, None
    while spent < total:
        share = min(spent / total, 1.0)
        now = rate * min(1.0, (steps + 1) / warmup) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))
        for group in optimizer.param_groups:
            group["lr"] = now
        tensors = [tensor.to(where) for tensor in batch(share)]
        with torch.autocast(where.type, torch.bfloat16):
            answer = loss(model, *tensors)
        value, parts = answer if isinstance(answer, tuple) else (answer, {})
        if not torch.isfinite(value):
            raise FloatingPointError(f"{name}: the loss is {value.item()} at step {steps}")
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        mean.update(model)
        steps += 1
        samples += len(tensors[0])
        smooth = value.item() if smooth is None else 0.98 * smooth + 0.02 * value.item()
        spent = clock() - begun
        if spent - looked > every * 60 or spent >= total:
            looked = spent
            figures = probe(mean.model) if probe else {}
            told = " ".join(f"{key} {float(number):.3f}" for key, number in {**parts, **figures}.items())
            done = f"{spent / 60:.1f} of {minutes:g} CPU minutes"
            print(f"{name}: {done}, {samples} samples, loss {smooth:.4f} {told}", flush=True)
            if out:
                state = {"model": model.state_dict(), "mean": mean.model.state_dict(),
                         "optimizer": optimizer.state_dict(),
                         "average_steps": mean.steps, "spent": spent, "steps": steps, "samples": samples}
                torch.save(state, f"{out}.part")
                Path(f"{out}.part").replace(out)
            begun += clock() - begun - spent  # looking does not count
    return mean.model.to("cpu")


def export(model, example, path, inputs, outputs, dynamic=None, facts=None):
    """Writes `model` as ONNX (opset 17) with its weights stored as f16 and cast back when it is loaded; compares the file's
    answers with the network's own and fails where they differ by more than f16 explains. `facts` become the file's
    metadata (the contract, for people)."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    model = model.eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(
        model, (example,), str(path), input_names=inputs, output_names=outputs, dynamic_axes=dynamic,
        opset_version=17, dynamo=False,
    )
    file = onnx.load(str(path))
    casts = []
    for tensor in list(file.graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < 256:
            continue
        values = numpy_helper.to_array(tensor)
        if np.abs(values).max() > 6e4:
            raise ValueError(f"{tensor.name} does not fit into f16")
        short = f"{tensor.name}.f16"
        casts.append(helper.make_node("Cast", [short], [tensor.name], to=TensorProto.FLOAT))
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), short))
    nodes = list(file.graph.node)
    del file.graph.node[:]
    file.graph.node.extend([*casts, *nodes])
    helper.set_model_props(file, {"author": "Silhueta", "licence": "MIT OR Apache-2.0", **(facts or {})})
    onnx.checker.check_model(file)
    onnx.save(file, str(path))

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    answers = session.run(None, {inputs[0]: example.numpy()})
    with torch.no_grad():
        expected = model(example)
    expected = expected if isinstance(expected, (tuple, list)) else [expected]
    for answer, wanted, name in zip(answers, expected, outputs, strict=True):
        scale = max(wanted.abs().max().item(), 1e-3)
        error = np.abs(answer - wanted.numpy()).max() / scale
        print(f"{path}: {name} {list(answer.shape)} differs by {error:.2e} of its largest")
        if error > 2e-2:
            raise ValueError(f"{name} differs by {error:.2e} of its largest from what was trained")
    print(f"{path}: {Path(path).stat().st_size / 1e6:.2f} MB")


def declare(path, widths):
    """Writes down how long the last axis of the outputs is, by name, where the exporter doesn't see it: the product tells
    networks by that."""
    import onnx

    file = onnx.load(str(path))
    for port in file.graph.output:
        port.type.tensor_type.shape.dim[-1].dim_value = widths[port.name]
    onnx.checker.check_model(file)
    onnx.save(file, str(path))
