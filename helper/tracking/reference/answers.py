"""The identities that other packages' trackers give to our scenes, and to MOT17's public detections.

    answers.py FILE [--mot FOLDER] [--full FOLDER]

writes FILE (kept beside this script as `answers.txt`) with boxmot's and Ultralytics' own classes, called frame by
frame. `tests/packages` compares our trackers with it. Needs `boxmot==25.0.0 ultralytics==8.4.190`; neither package
is part of ours, nothing of theirs is kept but the numbers they answer.

A digest is FNV-1a (64 bits) over, for each frame, the number of boxes that have an identity, then the index of each
such detection and its identity, by index, all as u32, little-endian. `--full` writes all identities, to find out
where two differ: a line for each frame with an identity, or `-`, for each detection."""

import os

# Small matrices: threads only get in each other's way.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", YOLO_VERBOSE="False")

import argparse
import logging
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import scenes

logging.disable(logging.WARNING)

IMAGE = np.zeros((int(scenes.HEIGHT), int(scenes.WIDTH), 3), np.uint8)
# Told in full; further seeds by digest.
TOLD, SEEDS = 1, 8


class Motion:
    """A camera whose motion is known."""

    method, warp = "given", None

    def apply(self, *_):
        return self.warp


class Looks:
    """A re-identification network that has done its work."""

    values = None

    def get_features(self, boxes, _image):
        return self.values[: len(boxes)]


class Found:
    """Ultralytics' detections, as far as its trackers look at them."""

    def __init__(self, rows):
        self.xyxy, self.conf, self.cls = rows[:, :4], rows[:, 4], rows[:, 5]
        self.rows = rows

    @property
    def xywh(self):
        b = self.xyxy
        return np.stack([(b[:, 0] + b[:, 2]) / 2, (b[:, 1] + b[:, 3]) / 2, b[:, 2] - b[:, 0], b[:, 3] - b[:, 1]], 1)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, which):
        return Found(self.rows[which])


def ultralytics(looks, _rate):
    import ultralytics
    import yaml
    from ultralytics.trackers.bot_sort import BOTSORT

    settings = yaml.safe_load((Path(ultralytics.__file__).parent / "cfg/trackers/botsort.yaml").read_text())
    tracker = BOTSORT(SimpleNamespace(**{**settings, "gmc_method": "none", "with_reid": False}))
    tracker.gmc = motion = Motion()
    if looks:
        tracker.args.with_reid, tracker.encoder = True, lambda features, _boxes: features

    def update(rows, features, warp):
        motion.warp = warp
        return np.asarray(tracker.update(Found(rows), IMAGE, feats=features if looks else None))

    return update


def unit(looks):
    """Of length 1, as networks give them: boxmot's Deep OC-SORT takes the first looks of a track as they are."""
    return looks / np.maximum(np.linalg.norm(looks, axis=1, keepdims=True), np.float32(1e-12))


def boxmot(name, looks, rate):
    import boxmot as package

    source, motion = Looks(), Motion()
    if name == "boxmot":
        options = dict(reid_model=source) if looks else {}
        tracker = package.BotSort(use_embeddings=looks, use_cmc=False, frame_rate=int(rate), **options)
        tracker.cmc = motion
    elif name == "bytetrack":
        tracker = package.ByteTrack(frame_rate=int(rate))
    else:
        options = dict(reid_model=source) if looks else {}
        tracker = package.DeepOcSort(use_embeddings=looks, cmc_off=True, **options)
        tracker.cmc, tracker.cmc_off, tracker._requires_frame = motion, False, True

    def update(rows, features, warp):
        motion.warp, source.values = warp, unit(features)
        return np.asarray(tracker.update(rows, IMAGE))

    return update


def answers(frames, tracker, first):
    """For each frame the identities, counted from 1 (theirs from `first`), by index of the detection; 0 for none."""
    told = []
    for boxes, scores, looks, motion in frames:
        rows = np.concatenate([boxes, scores[:, None], np.zeros((len(boxes), 1), np.float32)], 1)
        identities = [0] * len(boxes)
        out = tracker(rows, looks, motion)
        for row in out.reshape(-1, out.shape[-1]) if out.size else []:
            identities[int(row[7])] = int(row[4]) + 1 - first
        told.append(identities)
    return told


def renumbered(told):
    """Numbers in the order in which they are first told of."""
    numbers = {}
    return [[n and numbers.setdefault(n, len(numbers) + 1) for n in identities] for identities in told]


def digest(told):
    value = 0xCBF29CE484222325
    for identities in told:
        pairs = [(i, identity) for i, identity in enumerate(identities) if identity]
        numbers = [len(pairs)] + [n for pair in pairs for n in pair]
        for byte in b"".join(n.to_bytes(4, "little") for n in numbers):
            value = ((value ^ byte) * 0x100000001B3) & (2**64 - 1)
    return f"{value:016x}"


def lines(told):
    return [" ".join(str(n) if n else "-" for n in identities) for identities in told]


def trackers(rate):
    for looks in (True, False):
        suffix = "+looks" if looks else ""
        yield f"ultralytics{suffix}", lambda: ultralytics(looks, rate)
        yield f"boxmot{suffix}", lambda: boxmot("boxmot", looks, rate)
        yield f"deepocsort{suffix}", lambda: boxmot("deepocsort", looks, rate)
    yield "bytetrack", lambda: boxmot("bytetrack", False, rate)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("file", type=Path)
    options.add_argument("--mot", type=Path)
    options.add_argument("--full", type=Path)
    options.add_argument("--only", default="", help="a part of the tracker's name")
    options = options.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("boxmot", "ultralytics", "lapx", "numpy"))
    text = [f"# Identities by {packages}: written by answers.py"]
    inputs = [(f"{kind} {seed}", scenes.scene(kind, seed), 30.0) for kind in scenes.KINDS for seed in range(SEEDS)]
    if options.mot:
        inputs += [(f"mot {s.name}", *scenes.mot(s)) for s in sorted(options.mot.iterdir())]
    for name, frames, rate in inputs:
        for tracker, make in trackers(rate):
            # boxmot's Deep OC-SORT lets a camera's turn bind area to shape; areas of 70 million pixels and widths of 0
            # follow. Ours does not.
            if options.only not in tracker or (name.startswith("camera") and tracker.startswith("deepocsort")):
                continue
            told = answers(frames, make(), 1 if tracker.startswith("ultralytics") else 0)
            if tracker.startswith("deepocsort"):
                told = renumbered(told)
            if options.full:
                (options.full / f"{name} {tracker}.txt").write_text("\n".join(lines(told)) + "\n")
            kind, seed = name.split()
            if kind != "mot" and int(seed) < TOLD:
                text += [f"told {name} {tracker} {len(told)}", *lines(told)]
            else:
                text.append(f"digest {name} {tracker} {digest(told)}")
    options.file.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
