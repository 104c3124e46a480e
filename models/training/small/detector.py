"""The small detector of people, in YOLOX's contract: from the data to a checked ONNX file.

`images` f32 [1, 3, 416, 416], BGR 0..255, letterboxed at the top left with 114 beside, gives `output` f32
[1, 3549, 85]: of each cell of strides 8, 16, 32 the box's centre and sides as YOLOX codes them, the score, and 80
classes of which the first, person, is always 1 and the others are 0. It begins with YOLOX's Focus slices, by which
such networks are told.

Each person is learnt by a handful of cells, those that do best already (SimOTA, with RTMDet's soft centre); the score
learns the overlap with the truth (quality focal loss), the box GIoU. Pictures are small at first and grow to 416.
"""

import argparse

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import boxes
import frames
from blocks import Backbone, Conv, parameters, seed_all
from canvas import LEAST_SCORE, Canvases, known
from training import export, train

SIZE = 416  # pixels of the square that goes in
# Sides that are trained on, the batch, and the share of the time until which they hold.
STAGES = ((224, 32, 0.35), (320, 16, 0.7), (416, 12, 1.0))
WIDTHS, DEPTHS, NECK = (24, 48, 96, 160), (1, 1, 2, 1), 48
MOST_CELLS = 10  # that learn one person


def head(outputs):
    """From a level of the pyramid to `outputs` numbers a cell."""
    return nn.Sequential(Conv(NECK, NECK), Conv(NECK, NECK), nn.Conv2d(NECK, outputs, 1))


class Detector(nn.Module):
    """Focus, the stages at strides 4 to 32, a pyramid down and up again, and a head for each of strides 8, 16, 32."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone(WIDTHS, DEPTHS, first=1, inputs=12)
        self.sides = nn.ModuleList(Conv(width, NECK, 1) for width in WIDTHS[1:])
        self.down = nn.ModuleList(Conv(NECK, NECK) for _ in range(2))
        self.shrink = nn.ModuleList(Conv(NECK, NECK, 3, 2) for _ in range(2))
        self.up = nn.ModuleList(Conv(NECK, NECK) for _ in range(2))
        self.box = nn.ModuleList(head(4) for _ in boxes.STRIDES)
        self.score = nn.ModuleList(head(1) for _ in boxes.STRIDES)
        for box, score in zip(self.box, self.score, strict=True):
            nn.init.normal_(box[-1].weight, std=0.01)
            box[-1].bias.data = torch.tensor([0.5, 0.5, 1.2, 1.8])  # a standing person in the middle of the cell
            nn.init.normal_(score[-1].weight, std=0.01)
            nn.init.constant_(score[-1].bias, -4.6)

    def forward(self, images):
        """Raw boxes f32 [B, N, 4] and the scores' logits f32 [B, N]."""
        x = (images - boxes.PAD) / 60.0
        x = torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)
        fine, middle, coarse = (side(x) for side, x in zip(self.sides, self.backbone(x), strict=True))
        middle = self.down[0](middle + F.interpolate(coarse, scale_factor=2.0, mode="nearest"))
        fine = self.down[1](fine + F.interpolate(middle, scale_factor=2.0, mode="nearest"))
        middle = self.up[0](middle + self.shrink[0](fine))
        coarse = self.up[1](coarse + self.shrink[1](middle))
        levels = (fine, middle, coarse)
        raw = torch.cat([head(x).flatten(2) for head, x in zip(self.box, levels, strict=True)], 2)
        logits = torch.cat([head(x).flatten(1) for head, x in zip(self.score, levels, strict=True)], 1)
        return raw.transpose(1, 2).float(), logits.float()


class Exported(nn.Module):
    """The detector as others run it; `slope` and `shift` act on the logits, so that scores mean what they should."""

    def __init__(self, model, slope=1.0, shift=0.0):
        super().__init__()
        self.model, self.slope, self.shift = model, slope, shift
        self.register_buffer("classes", F.one_hot(torch.tensor(0), 80).float())

    def forward(self, images):
        raw, logits = self.model(images)
        score = torch.sigmoid(logits * self.slope + self.shift).unsqueeze(2)
        return torch.cat([raw, score, score * 0 + self.classes], 2)


def decoded(raw, cells):
    """x1, y1, x2, y2 on the square."""
    stride = cells[:, 2:]
    centre, half = (raw[..., :2] + cells[:, :2]) * stride, raw[..., 2:].clamp(-6, 6).exp() * stride / 2
    return torch.cat([centre - half, centre + half], -1)


def overlap(a, b):
    """IoU and GIoU of boxes, pair by pair."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - shared
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    iou = shared / union.clamp(min=1e-6)
    return iou, iou - (hull - union) / hull.clamp(min=1e-6)


@torch.no_grad()
def assign(found, logits, people, cells):
    """Which person each cell learns (-1: nobody), where a cell learns nothing at all, and the IoU with that person.

    `people` is f32 [B, M, 5], rows of zeros where there are fewer.
    """
    box, sure = people[..., None, :4], people[..., 4]
    stride = cells[:, 2]
    x, y = (cells[:, 0] + 0.5) * stride, (cells[:, 1] + 0.5) * stride
    half = ((box[..., 2:] - box[..., :2]) / 2).clamp(min=boxes.STRIDES[0] / 2)
    middle = (box[..., :2] + box[..., 2:]) / 2
    dx, dy = (x - middle[..., 0]).abs(), (y - middle[..., 1]).abs()
    inside = (dx <= half[..., 0]) & (dy <= half[..., 1])
    real = (people[..., 2] > people[..., 0]) & (sure > 0)
    unknown = (inside & ((people[..., 2] > people[..., 0]) & (sure <= 0))[..., None]).any(1)
    iou, _ = overlap(found[:, None], box)
    p = torch.sigmoid(logits)[:, None]
    entropy = F.binary_cross_entropy_with_logits(logits[:, None].expand_as(iou), iou, reduction="none")
    cost = entropy * (iou - p) ** 2 - 3 * torch.log(iou + 1e-7) + 10 ** (torch.hypot(dx, dy) / stride - 3).clamp(max=4)
    able = inside & real[..., None]
    cost = torch.where(able, cost, torch.inf)
    best, place = cost.topk(MOST_CELLS, 2, largest=False)
    count = torch.where(able, iou, 0.0).topk(MOST_CELLS, 2)[0].sum(2).int().clamp(min=1)
    chosen = (torch.arange(MOST_CELLS) < count[..., None]) & best.isfinite()
    cost = torch.full_like(cost, torch.inf).scatter(2, place, torch.where(chosen, best, torch.inf))
    least, person = cost.min(1)
    person = torch.where(least.isfinite(), person, -1)
    return person, unknown & (person < 0), iou.gather(1, person.clamp(min=0)[:, None])[:, 0]


def loss(model, images, people):
    """Quality focal loss of the scores and GIoU of the boxes."""
    cells = torch.from_numpy(boxes.grid(images.shape[-1]))
    raw, logits = model(images)
    found = decoded(raw, cells)
    person, unknown, iou = assign(found, logits, people, cells)
    mine = person >= 0
    target = torch.where(mine, iou * people[..., 4].gather(1, person.clamp(min=0)), 0.0)
    total = target.sum().clamp(min=1.0)
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    focal = (entropy * (torch.sigmoid(logits) - target) ** 2)[~unknown].sum() / total
    wanted = people[..., :4].gather(1, person.clamp(min=0)[..., None].expand(-1, -1, 4))
    _, giou = overlap(found[mine], wanted[mine])
    # Boxes that hardly fit yet learn, too.
    weight = (target[mine] + 0.1).detach()
    box = ((1 - giou) * weight).sum() / total
    return focal + 2 * box, {"score": focal.detach(), "box": box.detach(), "cells": mine.sum() / len(images)}


def batches(draw, stages, columns):
    """What `train` calls for the tensors of a step: pictures that `draw(size)` gives by `stages`, and their rows,
    `columns` wide, filled up with zeros."""

    def batch(share):
        size, count, _ = next(stage for stage in stages if share <= stage[2])
        drawn = [draw(size) for _ in range(count)]
        truth = np.zeros((count, max(max(len(rows) for _, rows in drawn), 1), columns), np.float32)
        for row, (_, rows) in zip(truth, drawn, strict=True):
            row[: len(rows)] = rows
        images = torch.from_numpy(np.stack([image for image, _ in drawn])).permute(0, 3, 1, 2).float()
        return images.contiguous(memory_format=torch.channels_last), torch.from_numpy(truth)

    return batch


def judge(model, some):
    """How the network does on frames, as the product would run it."""
    model = Exported(model).eval()

    def run(images):
        with torch.no_grad():
            return model(torch.from_numpy(images).contiguous(memory_format=torch.channels_last))[0].numpy()

    judge = boxes.Judge()
    for frame in some:
        rows = known(frame)
        found, scores = boxes.people(run, frame.image(), SIZE)
        judge.add(found, scores, rows[rows[:, 4] > 0, :4], rows[rows[:, 4] <= 0, :4])
    return judge


def calibration(judges):
    """Slope and shift of the logits. The score of the best F1, the mean of `judges`, comes to 0.5, where the product
    parts sure people from unsure ones; and scores rise as the share of such boxes that is right (a logistic fit)."""
    middle, slopes = [], []
    for some in judges:
        score, _ = some.best()
        middle.append(np.log(score / (1 - score)))
        scores = np.clip(some.scores, 1e-4, 1 - 1e-4)
        logits, right = torch.tensor(np.log(scores / (1 - scores))), torch.tensor(some.right, dtype=torch.float64)
        line = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
        fit = torch.optim.LBFGS([line], max_iter=50)

        def step(line=line, logits=logits, right=right, fit=fit):
            fit.zero_grad()
            value = F.binary_cross_entropy_with_logits(line[0] * logits + line[1], right)
            value.backward()
            return value

        fit.step(step)
        slopes.append(float(line[0].detach().clamp(0.7, 2.5)))
    slope = float(np.mean(slopes))
    return slope, -slope * float(np.mean(middle))


def main():
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of *.frames")
    parser.add_argument("--out", required=True, help="ONNX file to write")
    parser.add_argument("--minutes", type=float, default=45, help="of the processor's time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", help="file to keep an unfinished training in, and to go on from")
    options = parser.parse_args()
    seed_all(options.seed)
    training, validation = frames.split(frames.read(options.data))
    canvases = Canvases(training, options.seed)
    parts = {}
    for source in ("real", "scene"):
        some = [frame for frame in validation if frame.source == source]
        if some:
            parts[source] = some[:: max(len(some) // 60, 1)]
    model = Detector()
    looked = ", ".join(f"{len(some)} {name}" for name, some in parts.items())
    print(f"detector: {parameters(model) / 1e6:.2f} M parameters; {len(training)} frames,", end=" ")
    print(f"{sum(map(len, canvases.cutouts))} people cut out; {looked} to look at", flush=True)

    def probe(mean):
        return {f"AP50_{name}": judge(mean, some).average_precision() for name, some in parts.items()}

    batch = batches(canvases.draw, STAGES, 5)
    model = train(model, batch, loss, options.minutes, "detector", probe=probe, every=2, out=options.state)
    judges = {name: judge(model, some) for name, some in parts.items()}
    for name, some in judges.items():
        score, f1 = some.best()
        print(f"detector: {name} AP50 {some.average_precision():.3f}, best F1 {f1:.3f} at {score:.3f}")
    slope, shift = calibration(judges.values()) if judges else (1.0, 0.0)
    print(f"detector: logits are multiplied by {slope:.3f} and moved by {shift:.3f}")
    example = torch.full((1, 3, SIZE, SIZE), float(boxes.PAD))
    example += torch.randn_like(example) * 40
    facts = {"contract": "YOLOX raw grid, person only", "score": "0.5 is the best F1 on the validation frames"}
    export(Exported(model, slope, shift), example, options.out, ["images"], ["output"], facts=facts)


if __name__ == "__main__":
    main()
