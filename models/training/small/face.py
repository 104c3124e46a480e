"""The small face detector with five landmarks, in YuNet's contract: from the data to a checked ONNX file.

`input` f32 [batch, 3, H, W], BGR 0..255, sides multiples of 32. Of each cell of strides S = 8, 16, 32: `cls_S` and
`obj_S` [batch, n, 1] (here both are the same score), `bbox_S` [batch, n, 4] (centre = (cell + d) S, sides = exp(d) S)
and `kps_S` [batch, n, 10] (point = (cell + d) S): eyes, nose, corners of the mouth, the person's right ones first.

Learnt from generated faces with exact truth and from YuNet's own answers on real clips. Cells are given to faces as the
person detector does (`detector.assign`); the points learn their distance in shares of the face.
"""

import argparse

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import boxes
import frames
import labels
from blocks import Backbone, Conv, parameters, seed_all
from detector import assign, batches, calibration, decoded, overlap
from faces import UNLABELLED, Faces, known
from training import declare, export, train

STAGES = ((192, 24, 0.4), (256, 16, 0.75), (320, 12, 1.0))  # sides, the batch, and until which share of the time
WIDTHS, DEPTHS, NECK = (12, 24, 40, 48, 56), (0, 1, 1, 1, 0), 32
PARTS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
# Where the points of an upright face are, in sides of its box from its middle.
MEAN_FACE = (-0.2, -0.12, 0.2, -0.12, 0.0, 0.08, -0.16, 0.26, 0.16, 0.26)


class Face(nn.Module):
    """The stages at strides 2 to 32, a pyramid down, and one head for all of strides 8, 16, 32."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone(WIDTHS, DEPTHS)
        self.sides = nn.ModuleList(Conv(width, NECK, 1) for width in WIDTHS[2:])
        self.down = nn.ModuleList(Conv(NECK, NECK) for _ in range(2))
        self.head = nn.Sequential(Conv(NECK, NECK), Conv(NECK, NECK))
        # Score, box, points; at first, of an upright face in the middle of the cell.
        begin = ([-4.6], [0.5, 0.5, 1.2, 1.4], [0.5 + 3.5 * share for share in MEAN_FACE])
        self.answers = nn.ModuleList(nn.Conv2d(NECK, len(values), 1) for values in begin)
        for answer, values in zip(self.answers, begin, strict=True):
            nn.init.normal_(answer.weight, std=0.01)
            answer.bias.data = torch.tensor(values)

    def forward(self, images):
        """The score's logits f32 [B, n, 1], the boxes [B, n, 4] and the points [B, n, 10], each by level."""
        fine, middle, coarse = (side(x) for side, x in zip(self.sides, self.backbone((images - 114) / 60), strict=True))
        middle = self.down[0](middle + F.interpolate(coarse, scale_factor=2.0, mode="nearest"))
        fine = self.down[1](fine + F.interpolate(middle, scale_factor=2.0, mode="nearest"))
        levels = [self.head(x) for x in (fine, middle, coarse)]
        return [[answer(x).float().flatten(2).transpose(1, 2) for x in levels] for answer in self.answers]


class Exported(nn.Module):
    """The network as others run it; `slope` and `shift` act on the logits, so that scores mean what they should."""

    def __init__(self, model, slope=1.0, shift=0.0):
        super().__init__()
        self.model, self.slope, self.shift = model, slope, shift

    def forward(self, images):
        logits, found, points = self.model(images)
        scores = [torch.sigmoid(some * self.slope + self.shift) for some in logits]
        return (*scores, *(score * 1.0 for score in scores), *found, *points)


def loss(model, images, faces):
    """Quality focal loss of the scores, GIoU of the boxes, and how far the points are off in shares of the face."""
    cells = torch.from_numpy(boxes.grid(images.shape[-1]))
    logits, raw, points = (torch.cat(levels, 1) for levels in model(images))
    logits, found = logits[..., 0], decoded(raw, cells)
    face, unknown, iou = assign(found, logits, faces[..., :5], cells)
    mine = face >= 0
    target = torch.where(mine, iou * faces[..., 4].clamp(max=1.0).gather(1, face.clamp(min=0)), 0.0)
    total = target.sum().clamp(min=1.0)
    focal = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    focal = (focal * (torch.sigmoid(logits) - target).abs() ** 2)[~unknown].sum() / total
    wanted = faces.gather(1, face.clamp(min=0)[..., None].expand(-1, -1, 15))[mine]
    _, giou = overlap(found[mine], wanted[:, :4])
    weight = (target[mine] + 0.1).detach()
    box = ((1 - giou) * weight).sum() / total
    stride = cells[:, 2].expand_as(logits)[mine][:, None, None]
    cell = cells[:, :2].expand(*logits.shape, 2)[mine][:, None]
    points = (points[mine].unflatten(1, (5, 2)) + cell) * stride
    side = (wanted[:, 2:4] - wanted[:, :2]).prod(1).sqrt().clamp(min=1)[:, None, None]
    truth = wanted[:, 5:].unflatten(1, (5, 2))
    far = F.smooth_l1_loss(points / side, truth / side, reduction="none", beta=0.05)
    marks = (far.mean((1, 2)) * weight).sum() / total
    return focal + 2 * box + 8 * marks, {"score": focal.detach(), "box": box.detach(), "points": marks.detach()}


class Runner:
    """A network of ours as `labels.faces` runs YuNet."""

    def __init__(self, model):
        self.model, self.names = Exported(model).eval(), outputs()

    def get_outputs(self):
        return [type("Port", (), {"name": name}) for name in self.names]

    @torch.no_grad()
    def run(self, _, feed):
        return [answer.numpy() for answer in self.model(torch.from_numpy(feed["input"]))]


def outputs():
    """Names of all outputs, in YuNet's order."""
    return [f"{part}_{stride}" for part in PARTS for stride in boxes.STRIDES]


def judge(model, some):
    """How the network does on frames: a judge of its boxes, and how far its points are off (`off`)."""
    runner, judge, errors = Runner(model), boxes.Judge(), []
    for frame in some:
        rows = known(frame)
        found = labels.faces(runner, frame.image(), 0.02)
        found_boxes = np.array([box for box, _, _ in found]).reshape(-1, 4)
        sure = rows[rows[:, 4] > 0]
        judge.add(found_boxes, np.array([score for _, _, score in found]), sure[:, :4], rows[rows[:, 4] <= 0, :4])
        errors += off(found, sure)
    return judge, errors


def off(found, truth):
    """Of each known face that was found, its points' mean distance from where they are, in distances of the eyes."""
    if not found or not len(truth):
        return []
    overlaps = boxes.iou(truth[:, :4], [box for box, _, _ in found])
    errors = []
    for n, m in enumerate(overlaps.argmax(1)):
        points = truth[n, 5:].reshape(5, 2)
        eyes = np.hypot(*(points[0] - points[1]))
        if overlaps[n, m] >= 0.5 and eyes > 2:
            errors.append(np.hypot(*(found[m][1] - points).T).mean() / eyes)
    return errors


def main():
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of *.frames")
    parser.add_argument("--out", required=True, help="ONNX file to write")
    parser.add_argument("--minutes", type=float, default=12, help="of the processor's time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", help="file to keep an unfinished training in, and to go on from")
    options = parser.parse_args()
    seed_all(options.seed)
    training, validation = frames.split(frames.read(options.data))
    faces = Faces(training, options.seed)
    parts = {}
    for source in ("real", "scene"):
        some = [frame for frame in validation if frame.source == source and not frame.clip.startswith(UNLABELLED)]
        empty, full = [frame for frame in some if not frame.faces], [frame for frame in some if frame.faces]
        some = full[:: max(len(full) // 80, 1)] + empty[:: max(len(empty) // 20, 1)]
        if any((known(frame)[:, 4] > 0).any() for frame in full):
            parts[source] = some
    model = Face()
    kept = {name: len(some) for name, some in parts.items()}
    print(f"face: {parameters(model) / 1e6:.3f} M parameters, {len(faces.frames)} frames,"
          f" {len(faces.cutouts)} real faces, validation on {kept}", flush=True)  # fmt: skip

    def probe(mean):
        told = {}
        for name, some in parts.items():
            judged, errors = judge(mean, some)
            told |= {f"AP50_{name}": judged.average_precision(), f"points_{name}": np.median(errors) if errors else 0.0}
        return told

    batch = batches(faces.draw, STAGES, 15)
    model = train(model, batch, loss, options.minutes, "face", probe=probe, every=2, out=options.state)
    judges = {name: judge(model, some)[0] for name, some in parts.items()}
    for name, some in judges.items():
        score, f1 = some.best()
        precision, recall = some.at(score)
        print(f"{name}: AP50 {some.average_precision():.3f}, best F1 {f1:.3f} at {score:.3f}:"
              f" precision {precision:.3f}, recall {recall:.3f}")  # fmt: skip
    slope, shift = calibration(judges.values()) if judges else (1.0, 0.0)
    print(f"logits are multiplied by {slope:.3f} and moved by {shift:.3f}")
    example = torch.full((2, 3, 96, 160), 114.0)
    example += torch.randn_like(example) * 40
    dynamic = {"input": {0: "batch", 2: "height", 3: "width"}} | {
        f"{part}_{stride}": {0: "batch", 1: f"cells_{stride}"} for part in PARTS for stride in boxes.STRIDES
    }
    facts = {"contract": "YuNet", "score": "0.5 is the best F1 on the validation frames"}
    export(Exported(model, slope, shift), example, options.out, ["input"], outputs(), dynamic, facts)
    declare(options.out, {name: PARTS[name.split("_")[0]] for name in outputs()})


if __name__ == "__main__":
    main()
