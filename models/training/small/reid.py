"""The small re-identification network, in OSNet's contract: from the data to a checked ONNX file.

`images` f32 [batch, 3, 256, 128], RGB normalised as ImageNet's, gives `output` f32 [batch, 512], compared by cosine. It
looks at half that size, at the picture and at the picture with its own mean and contrast taken away; the embedding is
made of four horizontal stripes. Learnt from generated people alone, whose identity is exact: views of one person are to
be nearer than views of all others in the batch (supervised contrastive loss, arXiv 2004.11362).

The last of the 512 numbers is constant and only divides all distances, so that two people are as likely one as two at
the distance where the product's odds, which were set for OSNet, are even.
"""

import argparse

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import frames
from blocks import Backbone, parameters, seed_all
from identities import HEIGHT, WIDTH, Crops
from training import declare, export, train

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
WIDTHS, DEPTHS, STRIPES, LENGTH = (24, 48, 80, 112), (0, 1, 2, 1), 4, 512
TEMPERATURE = 0.1
EIGHT = np.log(8)  # log-odds of eight to one
EVEN = 0.195  # the cosine distance that says nothing: helper/tracking/src/identify/mod.rs


class Reid(nn.Module):
    """Pictures f32 [B, 3, HEIGHT, WIDTH], normalised, to directions f32 [B, LENGTH - 1] of length 1."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone(WIDTHS, DEPTHS, first=3, inputs=6)
        self.norm = nn.BatchNorm1d(STRIPES * WIDTHS[-1])
        self.mix = nn.Linear(STRIPES * WIDTHS[-1], LENGTH - 1, bias=False)

    def forward(self, images):
        own = images - images.mean((2, 3), keepdim=True)
        own = own / (own.square().mean((1, 2, 3), keepdim=True) + 1e-2).sqrt()
        (x,) = self.backbone(torch.cat([images, own], 1))
        size = (HEIGHT // 16 // STRIPES, WIDTH // 16)  # of a stripe, cells of the map
        stripes = F.avg_pool2d(x.float(), size) + 0.5 * F.max_pool2d(x.float(), size)
        return F.normalize(self.mix(self.norm(stripes.flatten(1))).float(), dim=1)


class Exported(nn.Module):
    """The network as others run it; `scale` divides the distances."""

    def __init__(self, model, scale=1.0):
        super().__init__()
        self.model, self.constant = model, float(np.sqrt(scale - 1))

    def forward(self, images):
        directions = self.model(F.avg_pool2d(images, 2))
        return torch.cat([directions, directions[:, :1] * 0 + self.constant], 1)


def tensor(pictures):
    """Pictures u8 [B, HEIGHT, WIDTH, 3], BGR, as the network takes them."""
    values = torch.from_numpy(np.ascontiguousarray(pictures[..., ::-1])).permute(0, 3, 1, 2).float() / 255
    values = (values - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)
    return values.contiguous(memory_format=torch.channels_last)


def loss(model, images, who):
    """Of each view, how far its person's other views are from being nearer than all else."""
    directions = model(images)
    likeness = directions @ directions.T / TEMPERATURE
    itself = torch.eye(len(who), dtype=torch.bool)
    same = (who[:, None] == who[None]) & ~itself
    chance = likeness - likeness.masked_fill(itself, -torch.inf).logsumexp(1, keepdim=True)
    value = -(chance * same).sum(1) / same.sum(1).clamp(min=1)
    return value.mean()


@torch.no_grad()
def embed(model, pictures):
    """Directions of pictures u8 [HEIGHT, WIDTH, 3]."""
    parts = [model(tensor(np.stack(pictures[n : n + 64]))) for n in range(0, len(pictures), 64)]
    return torch.cat(parts).numpy()


@torch.no_grad()
def whiten(model, crops, shrink=2.0):
    """Makes all directions equally wide for views of one person (WCCN), in the last layer itself.

    Light, place and pose, which move views of everybody alike, then count for less. Each second crop is looked at, as
    it is and as it is drawn.
    """
    some = range(0, len(crops), 2)
    plain, drawn = [crops.plain(n) for n in some], [crops.view(crops.pictures[n]) for n in some]
    vectors = np.concatenate([embed(model, plain), embed(model, drawn)])
    who, apart = np.tile(crops.who[::2], 2), np.zeros_like(vectors)
    for one in set(who.tolist()):
        apart[who == one] = vectors[who == one] - vectors[who == one].mean(0)
    spread = apart.T @ apart / len(apart)
    spread += shrink * np.trace(spread) / len(spread) * np.eye(len(spread))
    widths, axes = np.linalg.eigh(spread)
    model.mix.weight.copy_(torch.from_numpy((axes * widths**-0.5) @ axes.T).float() @ model.mix.weight)
    model.mix.weight /= model.mix.weight.std()


def galleries(crops, views=6, seed=5):
    """Twice `views` views at most of each person, parted into two; with the cast. A few draws for each person."""
    random, rows = np.random.default_rng(seed), []
    for cast, people in enumerate(crops.casts):
        for scenes in people:
            all_ = np.array(sum(scenes.values(), []))
            for _ in range(3):
                some = random.permutation(all_)[: 2 * views]
                if len(some) >= 4:
                    rows.append((cast, int(crops.who[some[0]]), some[::2], some[1::2]))
    return rows


def distance(a, b):
    """The product's distance of two galleries: the mean over the nearer half of the views, each with its nearest."""
    all_ = 1 - a @ b.T
    nearest = np.sort(np.concatenate([all_.min(1), all_.min(0)]))
    return nearest[: -(-len(nearest) // 2)].mean()


def distances(vectors, others, rows):
    """Between galleries of `vectors` and of `others`, which are of the same pictures in turn: those of the same person,
    and those of different people of one cast."""
    same = [distance(vectors[a], others[b]) for _, _, a, b in rows]
    different = [
        distance(vectors[a], others[b])
        for n, (cast, one, a, _) in enumerate(rows) for other_cast, other, _, b in rows[n + 1 :]
        if cast == other_cast and one != other
    ]  # fmt: skip
    return np.array(same), np.array(different)


def separation(same, different):
    """How often a person's own distance is the smaller one of two, 0..1 (AUC)."""
    order = np.sort(different)
    return float(1 - np.searchsorted(order, same).mean() / max(len(order), 1))


def odds(same, different):
    """The distance at which both are as likely, when their logarithms are normal, and the slopes of the log-odds to
    either side, by the distances at which they are eight to one."""
    logs = [np.log(np.maximum(some, 1e-4)) for some in (same, different)]
    points = np.linspace(logs[0].mean(), logs[1].mean(), 2000)
    both = [-(((points - some.mean()) / some.std()) ** 2) / 2 - np.log(some.std()) for some in logs]
    even, near, far = (np.exp(points[np.abs(both[0] - both[1] - wanted).argmin()]) for wanted in (0, EIGHT, -EIGHT))
    return float(even), EIGHT / max(even - near, 1e-6), EIGHT / max(far - even, 1e-6)


def told(crops, vectors):
    """Figures of embeddings, by name."""
    same, different = distances(vectors, vectors, galleries(crops))
    alike = vectors @ vectors.T - 2 * np.eye(len(vectors))
    own = crops.who[:, None] == crops.who[None]
    other_scene = crops.clips[:, None] != crops.clips[None]
    known = (own & other_scene).any(1)
    # Of all crops but those of the same scene and person, whose is the nearest?
    nearest = np.where(own & ~other_scene, -2, alike).argmax(1)
    return {
        "galleries_auc": separation(same, different),
        "nearest_across_scenes": float((crops.who[nearest] == crops.who)[known].mean()) if known.any() else 0.0,
        "same_median": float(np.median(same)), "different_median": float(np.median(different)),
    }  # fmt: skip


def main():
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of *.frames")
    parser.add_argument("--out", required=True, help="ONNX file to write")
    parser.add_argument("--minutes", type=float, default=15, help="of the processor's time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", help="file to keep an unfinished training in, and to go on from")
    options = parser.parse_args()
    seed_all(options.seed)
    training, validation = frames.split(frames.read(options.data, "scene"))
    crops, held = Crops(training, options.seed), Crops(validation)
    model = Reid()
    print(f"reid: {parameters(model) / 1e6:.3f} M parameters; {len(crops)} crops of {len(set(crops.who))} people;"
          f" {len(held)} of {len(set(held.who))} held back", flush=True)  # fmt: skip

    def batch(_):
        pictures, who = crops.draw()
        return tensor(pictures), torch.from_numpy(who)

    plain = [held.plain(n) for n in range(len(held))]

    def probe(mean):
        return told(held, embed(mean, plain))

    model = train(model, batch, loss, options.minutes, "reid", probe=probe, every=2, out=options.state).eval()
    whiten(model, crops)
    vectors = embed(model, plain)
    print("whitened:", " ".join(f"{key} {value:.3f}" for key, value in told(held, vectors).items()))
    # Detectors box people less exactly than the truth does.
    drawn = embed(model, [held.view(held.pictures[n]) for n in range(len(held))])
    even, like, unlike = odds(*distances(vectors, drawn, galleries(held)))
    scale = max(even / EVEN, 1.0)
    print(f"even at a distance of {even:.3f}; distances are divided by {scale:.3f}; then the log-odds fall by", end=" ")
    print(f"{like * scale:.0f} a unit of distance before that, by {unlike * scale:.0f} behind it", flush=True)
    example = torch.randn(2, 3, 2 * HEIGHT, 2 * WIDTH)
    facts = {"contract": "OSNet", "distance": f"even odds at {EVEN} on generated people"}
    dynamic = {name: {0: "batch"} for name in ("images", "output")}
    export(Exported(model, scale), example, options.out, ["images"], ["output"], dynamic, facts)
    declare(options.out, {"output": LENGTH})


if __name__ == "__main__":
    main()
