"""The pose network: from the frames to a checked ONNX file that is run as RTMPose is (SimCC, COCO's 17 joints).

`python pose.py --data DIR --out pose.onnx`. In: `input` f32 [people, 3, 128, 96], RGB less ImageNet's mean by its
deviation, the box grown by 1.25. Out: `simcc_x` [people, 17, 192] and `simcc_y` [people, 17, 256], two bins a pixel.

What comes out of each axis is not a raw score but how right each bin would be: the likeness (OKS, along that axis) that
is to be expected of it, 0..1, so that the largest bin is the best answer and its value says how far to trust it. The
network looks at each person twice, the second time mirrored, and answers the mean.
"""

import argparse

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import crops as people
import frames
import training
import views
from blocks import Backbone, Conv, parameters, seed_all

CELL = 8  # pixels of the view per cell of the maps
SPLIT = 2  # bins per pixel
COLUMNS, ROWS = people.WIDTH // CELL, people.HEIGHT // CELL
BINS_X, BINS_Y = people.WIDTH * SPLIT, people.HEIGHT * SPLIT
SPREAD = 2.0  # of the targets, pixels
# COCO's deviations of the joints, per root of the body's area; a body covers about that share of its box.
DEVIATIONS = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
BODY = 0.53
USUAL_SIZE = 44.0  # root of a body's area in the view, pixels
MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
DRAWN = 0.3  # the product draws joints from this score on
GENERATED = 0.6  # of the samples
BATCH = 64
MOST = 24000  # generated people held in memory


class Between(nn.Module):
    """Lets the joints of a person look at each other: one layer of attention over 17 rows of `width` numbers."""

    def __init__(self, width, heads=4):
        super().__init__()
        self.heads = heads
        self.norm, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask = nn.Linear(width, 3 * width)
        self.answer = nn.Linear(width, width)
        self.think = nn.Sequential(nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))

    def forward(self, rows):
        part = rows.shape[2] // self.heads
        asked = self.ask(self.norm(rows)).unflatten(2, (3, self.heads, part))
        query, key, value = (asked[:, :, i].transpose(1, 2) for i in range(3))
        heed = (query @ key.transpose(2, 3) * part**-0.5).softmax(3)
        rows = rows + self.answer((heed @ value).transpose(1, 2).flatten(2))
        return rows + self.think(self.after(rows))


def stretched(cells, bins):
    """Linear interpolation of `cells` numbers to `bins`, as a matrix [bins, cells]."""
    place = ((torch.arange(bins) / SPLIT + 0.5) / CELL - 0.5).clamp(0, cells - 1)
    return (1 - (place[:, None] - torch.arange(cells)).abs()).clamp(min=0)


class Pose(nn.Module):
    """Maps of the joints at stride 8; their marginals become bins, corrected by what the joints say to each other.

    `forward` answers logits: bins of x, bins of y, cells of the maps."""

    def __init__(self, widths=(16, 32, 64, 96, 128), depths=(0, 0, 2, 3, 2), neck=64, inner=128):
        super().__init__()
        self.backbone = Backbone(widths, depths, first=2)
        self.across = nn.ModuleList(nn.Conv2d(width, neck, 1) for width in widths[2:])
        self.merge = nn.ModuleList(Conv(neck, neck) for _ in range(2))
        self.maps = nn.Conv2d(neck, 17, 1)
        self.to_x, self.to_y = nn.Linear(COLUMNS, BINS_X), nn.Linear(ROWS, BINS_Y)
        self.rows = nn.Linear(COLUMNS * ROWS, inner)
        self.who = nn.Parameter(torch.randn(17, inner) * 0.02)
        self.between = Between(inner)
        self.correct = nn.Linear(inner, BINS_X + BINS_Y)
        with torch.no_grad():
            self.to_x.weight.copy_(stretched(COLUMNS, BINS_X))
            self.to_y.weight.copy_(stretched(ROWS, BINS_Y))
            for layer in (self.to_x.bias, self.to_y.bias, self.correct.weight, self.correct.bias):
                layer.zero_()

    def forward(self, x):
        fine, middle, coarse = (across(map_) for across, map_ in zip(self.across, self.backbone(x), strict=True))
        middle = self.merge[0](middle + functional.interpolate(coarse, scale_factor=2.0))
        fine = self.merge[1](fine + functional.interpolate(middle, scale_factor=2.0))
        maps = self.maps(fine)
        rows = self.between(self.rows(maps.flatten(2)) + self.who)
        more_x, more_y = self.correct(rows).split((BINS_X, BINS_Y), 2)
        maps = maps.float()
        # The marginals' logarithms, by hand: exponents of bounded numbers are safe.
        shares = (maps - maps.amax((2, 3), keepdim=True)).exp()
        along_x, along_y = ((shares.sum(axis) + 1e-6).log() for axis in (2, 3))
        return self.to_x(along_x) + more_x, self.to_y(along_y) + more_y, maps.flatten(2)


class Reader(nn.Module):
    """What is exported: both looks at a person, and from chances to expected likeness, to the power of `power`."""

    def __init__(self, network, power=1.0, mirror=True):
        super().__init__()
        self.network, self.power, self.mirror = network, power, mirror
        width = SPLIT * USUAL_SIZE * 2 * torch.tensor(DEVIATIONS, dtype=torch.float32)
        self.reach = int(2.5 * width.max())
        offsets = torch.arange(-self.reach, self.reach + 1)
        self.register_buffer("likeness", (-0.5 * (offsets / width[:, None]) ** 2).exp()[:, None])

    def chances(self, x):
        x, y, _ = self.network(x)
        return x.float().softmax(2), y.float().softmax(2)

    def forward(self, picture):
        x, y = self.chances(picture)
        if self.mirror:
            other_x, other_y = self.chances(picture.flip(3))
            other_x, other_y = other_x[:, frames.FLIP], other_y[:, frames.FLIP]
            # Pixel 0 becomes the last one, whose second bin has no partner.
            other_x = torch.cat([other_x[..., :-1].flip(2), other_x[..., -1:]], 2)
            x, y = (x + other_x) / 2, (y + other_y) / 2
        expected = [functional.conv1d(axis, self.likeness, padding=self.reach, groups=17) for axis in (x, y)]
        return tuple(axis.clamp(min=1e-9) ** self.power for axis in expected)


def tensor(pictures):
    """BGR bytes [n, h, w, 3] as the network is fed."""
    rgb = torch.from_numpy(np.stack(pictures)[..., ::-1].copy()).permute(0, 3, 1, 2).float()
    return (rgb - torch.tensor(MEAN)[:, None, None]) / torch.tensor(DEVIATION)[:, None, None]


def target(places, count, spread):
    """Chances of `count` bins about places [b, 17], both in bins."""
    return (-0.5 * ((torch.arange(count) - places[..., None]) / spread) ** 2).softmax(2)


def loss(model, pictures, joints):
    """Cross-entropy of the bins and of the maps' cells; joints out of the view are to be looked for nowhere."""
    places, weight = joints[..., :2], joints[..., 2]
    out = 0.1 * (weight < 0)
    weight = weight.clamp(min=0)
    answers = [answer.float().log_softmax(2) for answer in model(pictures)]
    centre_x, centre_y = ((places[..., axis] + 0.5) / CELL - 0.5 for axis in (0, 1))
    cells = target(centre_y, ROWS, 1.0)[..., :, None] * target(centre_x, COLUMNS, 1.0)[..., None, :]
    aims = [
        target(places[..., 0] * SPLIT, BINS_X, SPREAD * SPLIT),
        target(places[..., 1] * SPLIT, BINS_Y, SPREAD * SPLIT),
        cells.flatten(2),
    ]
    total = 0.0
    for answer, aim, share in zip(answers, aims, (1.0, 1.0, 0.5), strict=True):
        total = total - share * ((aim * answer).sum(2) * weight + answer.mean(2) * out)
    return total.sum() / (weight + out).sum().clamp(min=1.0)


@torch.no_grad()
def judge(reader, crops):
    """Of each person and joint of the plain views: likeness 0..1, both axes' peaks, and the joint's weight; arrays
    [n, 17], [n, 17, 2] and [n, 17]."""
    likeness, peaks, weights = [], [], []
    for start in range(0, len(crops), 64):
        shown = [views.plain(crops, i) for i in range(start, min(start + 64, len(crops)))]
        joints = np.stack([joints for _, joints in shown])
        answers = [axis.max(2) for axis in reader(tensor([picture for picture, _ in shown]))]
        found = np.stack([axis.indices.numpy() for axis in answers], 2) / SPLIT
        boxes = crops.boxes[start : start + len(shown)]
        scale = [people.HEIGHT / people.region(box)[1][1] for box in boxes]
        area = BODY * (boxes[:, 2:] - boxes[:, :2]).prod(1) * np.square(scale)
        squares = np.square(found - joints[..., :2]).sum(2)
        likeness.append(np.exp(-squares / (2 * area[:, None] * (2 * DEVIATIONS) ** 2)))
        peaks.append(np.stack([axis.values.numpy() for axis in answers], 2))
        weights.append(joints[..., 2])
    return np.concatenate(likeness), np.concatenate(peaks), np.concatenate(weights)


def figures(network, crops, mirror=False):
    """Mean OKS on generated and on real people, over the joints that are known well enough."""
    likeness, _, weights = judge(Reader(network, mirror=mirror), crops)
    counts = weights > people.SEEN
    oks = (likeness * counts).sum(1) / counts.sum(1).clip(min=1)
    return {name: oks[side].mean() for name, side in (("generated", ~crops.real), ("real", crops.real)) if side.any()}


def calibrated(network, crops):
    """The power at which DRAWN best tells right joints (likeness above one half) from wrong ones, real people counting
    as much as generated ones."""
    likeness, peaks, weights = judge(Reader(network), crops)
    known = (weights > people.SEEN) | (weights < 0)
    right = (likeness > 0.5) & (weights > 0)
    best = (0.0, 1.0)
    for power in np.arange(0.5, 8.01, 0.25):
        sure = (peaks**power).mean(2) > DRAWN
        told = [
            (sure[known & right & side].mean() + (~sure[known & ~right & side]).mean()) / 2
            for side in (crops.real[:, None], ~crops.real[:, None]) if side.any()
        ]  # fmt: skip
        best = max(best, (float(np.mean(told)), float(power)))
    print(f"pose: to the power of {best[1]:.2f}, {DRAWN} tells right from wrong joints in {best[0]:.3f} (balanced)")
    return best[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder of *.frames")
    parser.add_argument("--out", required=True, help="the ONNX file to write")
    parser.add_argument("--minutes", type=float, default=50.0, help="of the processor's time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", help="file to keep the state of the training in, and to go on from")
    options = parser.parse_args()
    seed_all(options.seed)
    train, held = frames.split(frames.read(options.data))
    train, held = people.cut(train, MOST, options.seed), people.cut(held, 600, options.seed)
    print(f"pose: {len(train)} people ({train.real.sum()} real), {len(train.patches)} backgrounds, {len(held)} held")
    random = np.random.default_rng(options.seed)
    reached = np.cumsum(train.chances(GENERATED))

    def batch(share):
        """Wild views at first, tamer ones in the last fifth."""
        wild = 1.0 if share < 0.8 else 0.6
        chosen = np.searchsorted(reached, random.random(BATCH) * reached[-1], side="right")
        pictures, joints = zip(*(views.chance(train, i, random, wild) for i in chosen), strict=True)
        return tensor(pictures), torch.from_numpy(np.stack(joints))

    model = Pose()
    print(f"pose: {parameters(model)} numbers", flush=True)
    model = training.train(
        model, batch, loss, options.minutes, "pose", probe=lambda mean: figures(mean, held), every=2.0,
        out=options.state,
    )
    print("pose: looking twice", {name: round(value, 3) for name, value in figures(model, held, True).items()})
    facts = {
        "input": "RGB, mean 123.675 116.28 103.53, deviation 58.395 57.12 57.375, box grown by 1.25",
        "output": "expected likeness of each bin, 0..1; two bins a pixel; COCO's 17 joints",
    }
    reader = Reader(model, calibrated(model, held))
    training.export(
        reader, tensor([views.plain(held, 0)[0]]), options.out, ["input"], ["simcc_x", "simcc_y"],
        {name: {0: "people"} for name in ("input", "simcc_x", "simcc_y")}, facts,
    )  # fmt: skip


if __name__ == "__main__":
    main()
