"""Trains the lifter and measures it on people it has not seen. `python train.py --help`; README.md says how."""

import argparse
import time

import numpy as np

import network
from data import WINDOW, batch, h36m, seen, windows


def errors(got, truth):
    """Mean distance of the joints in mm, as they are, and with each pose of its best size."""
    plain = np.linalg.norm(got - truth, axis=-1).mean() * 1000
    size = (got * truth).sum((1, 2)) / np.maximum((got**2).sum((1, 2)), 1e-9)
    return plain, np.linalg.norm(got * size[:, None, None] - truth, axis=-1).mean() * 1000


def rooted(joints):
    return np.concatenate([np.zeros_like(joints[:, :1]), joints], 1)


def lifted(weights, picture):
    return rooted(network.forward(weights, *network.features(picture))[0])


def flat(picture, scale):
    """Depth 0: the middle frame's joints about the root, of the size that people have on the whole."""
    middle = picture[:, WINDOW // 2] - picture[:, WINDOW // 2, :1]
    middle = middle / np.sqrt((middle**2).sum(-1).mean(-1))[:, None, None] * scale
    return np.concatenate([middle, np.zeros_like(middle[..., :1])], -1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("train", help="skeletons to learn from (.npy)")
    parser.add_argument("held", help="skeletons of others, to measure with (.npy)")
    parser.add_argument("--minutes", type=float, default=20, help="of this process's own time on the processor")
    parser.add_argument("--out", default="lifter_small.onnx")
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    clips, others = np.load(options.train), np.load(options.held)
    print(f"{clips.shape} to learn from, {others.shape} held out")
    fixed = np.random.default_rng(2)
    tests = {noise: batch(fixed, others, 8000, varies=False, noise=noise) for noise in [True, False]}
    start = time.process_time()
    share = lambda: (time.process_time() - start) / (60 * options.minutes)

    weights = network.fresh(rng)
    mean = {name: np.zeros_like(value) for name, value in weights.items()}
    square = {name: np.zeros_like(value) for name, value in weights.items()}
    slow = {name: value.copy() for name, value in weights.items()}
    step, loss = 0, 0.0
    while (done := share()) < 1:
        picture, truth = batch(rng, clips, 512)
        out, kept = network.forward(weights, *network.features(picture))
        away = out - truth[:, 1:]
        far = np.linalg.norm(away, axis=-1, keepdims=True)
        loss += 0.01 * (far.mean() - loss)
        gradient = network.backward(weights, kept, away / np.maximum(far, 1e-4) / (len(out) * 16))
        step += 1
        rate = 1.5e-3 * min(1, step / 200) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        for name, value in weights.items():
            mean[name] += 0.1 * (gradient[name] - mean[name])
            square[name] += 0.001 * (gradient[name] ** 2 - square[name])
            fair = np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8
            value -= rate * mean[name] / (1 - 0.9**step) / fair
            slow[name] += (value - slow[name]) * max(0.001, 1 / (step + 1))
        if step % 500 == 0:
            plain, sized = errors(lifted(slow, tests[True][0]), tests[True][1])
            print(f"{step:6} {done * options.minutes:5.1f} min  loss {loss * 1000:.1f}  held out {plain:.1f} mm"
                  f"  of its best size {sized:.1f} mm", flush=True)

    known = h36m(windows(rng, clips, 8000)[:, WINDOW // 2])
    scale = np.sqrt(((known - known[:, :1]) ** 2).sum(-1).mean(-1)).mean()
    pose = seen(rng, windows(rng, clips, 8000), False)[1].mean(0)
    about = {"author": "Silhueta", "licence": "MIT OR Apache-2.0",
             "description": "17 joints of Human3.6M's order into space, metres; trained on generated people only"}
    network.export(slow, options.out, about)
    import onnxruntime

    session = onnxruntime.InferenceSession(options.out, providers=["CPUExecutionProvider"])
    for noise, (picture, truth) in tests.items():
        own = lifted(slow, picture)
        as_onnx = session.run(None, {"keypoints": picture})[0][:, 0]
        assert np.abs(as_onnx - own).max() < 1e-3, np.abs(as_onnx - own).max()
        print("joints as a network finds them" if noise else "joints as they are")
        rows = {"mean pose": np.broadcast_to(pose, truth.shape), "depth 0": flat(picture, scale), "lifter": as_onnx}
        for name, got in rows.items():
            print("  {:10} {:6.1f} mm   of its best size {:6.1f} mm".format(name, *errors(got, truth)))
    print(f"{step} steps of 512, {sum(value.size for value in slow.values())} numbers")


if __name__ == "__main__":
    main()
