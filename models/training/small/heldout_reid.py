"""How good a re-identification network is on what no training and no choice has seen, as figures by name.

    python heldout_reid.py NETWORK --shared DIR [--frames FOLDER]

On two real clips, without identities: short tracks that nothing came near (`tracks`) tell how often a person looks more
like themself a moment later than like somebody else who is in the picture then; and how far the network ranks people as
OSNet does. A colour histogram of three stripes is what has to be beaten. With `--frames`, the product's distances
between galleries of generated people who were kept back, beside OSNet's, for which the product's odds were set.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

import boxes
import frames
import reid
from heldout_pose import CLIPS, session
from identities import is_seen

SPACING = 3  # frames between two looks
LEAST_TALL = 45  # pixels of a person
APART = 0.05  # IoU with anybody else from which on a track is not clear any more
LATER = (4, 20)  # looks between two views of a track
SHARES = (0.005, 0.1, 0.25, 0.5, 0.75, 0.9)  # quantiles that are told
MOST = 900  # people of a clip whose pairs are ranked


def cut(image, box, size=(128, 256)):
    """The product's crop: the box with its edges rounded, stretched."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = np.clip(np.round(box), 0, (width, height, width, height)).astype(int)
    if x2 <= x1 or y2 <= y1:
        return np.zeros((size[1], size[0], 3), np.uint8)
    return cv2.resize(image[y1:y2, x1:x2], size, interpolation=cv2.INTER_LINEAR)


def embedder(file):
    """What makes unit vectors f32 [n, length] of crops, by a network of OSNet's contract."""
    network = session(file)
    name = network.get_inputs()[0].name

    def embed(crops):
        parts = [reid.tensor(np.stack(crops[n : n + 16])).contiguous().numpy() for n in range(0, len(crops), 16)]
        vectors = np.concatenate([network.run(None, {name: part})[0] for part in parts])
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return embed


def histogram(crops):
    """Root of the colours' shares in three stripes: hue and saturation, and brightness; unit vectors."""
    rows = []
    for crop in crops:
        stripes = np.array_split(cv2.cvtColor(crop, cv2.COLOR_BGR2HSV), 3)
        ranges = [0, 180, 0, 256, 0, 256]
        parts = [cv2.calcHist([stripe], [0, 1, 2], None, [8, 4, 4], ranges).ravel() for stripe in stripes]
        rows.append(np.sqrt(np.concatenate([part / part.sum() for part in parts]) / 3))
    return np.array(rows, np.float32)


def people(detector, path):
    """Everybody who is large and sure: the look (0..), the box and the crop."""
    network, video, found, index = session(detector), cv2.VideoCapture(str(path)), [], 0
    while video.grab():
        if index % SPACING == 0:
            image = video.retrieve()[1]
            some, scores = boxes.people(lambda picture: network.run(None, {"images": picture})[0][0], image, 416)
            for box in some[(scores > 0.4) & (some[:, 3] - some[:, 1] >= LEAST_TALL)]:
                found.append((index // SPACING, box, cut(image, box)))
        index += 1
    return found


def tracks(found):
    """A track's number of everybody, -1 where somebody is near: from look to look by IoU, if only one can be meant."""
    looks = np.array([look for look, _, _ in found])
    rects = np.array([box for _, box, _ in found])
    number, count = np.full(len(found), -1), 0
    clear = np.zeros(len(found), bool)
    for look in np.unique(looks):
        now = np.flatnonzero(looks == look)
        clear[now] = (boxes.iou(rects[now], rects[now]) - np.eye(len(now))).max(1) < APART
        before = np.flatnonzero(looks == look - 1)
        overlaps = boxes.iou(rects[now], rects[before])
        for n, one in enumerate(now):
            if not clear[one]:
                continue
            near = np.flatnonzero(overlaps[n] > 0.2)
            follows = len(near) == 1 and overlaps[n, near[0]] > 0.5 and (overlaps[:, near[0]] > 0.2).sum() == 1
            if follows and number[before[near[0]]] >= 0:
                number[one] = number[before[near[0]]]
            else:
                number[one], count = count, count + 1
    return looks, number


def separation(vectors, looks, number):
    """How often somebody is more like themself later than like others who are there then; and of how many pairs."""
    wins, total = 0.0, 0
    for one in range(len(vectors)):
        if number[one] < 0:
            continue
        later = looks - looks[one]
        own = np.flatnonzero((number == number[one]) & (later >= LATER[0]) & (later <= LATER[1]))
        for then in own[:: max(len(own) // 3, 1)]:
            beside = np.flatnonzero((looks == looks[one]) & (number >= 0) & (number != number[one]))
            others = np.flatnonzero((looks == looks[then]) & np.isin(number, number[beside]))
            if len(others):
                alike = vectors[one] @ vectors[then] - vectors[others] @ vectors[one]
                wins += (alike > 0).sum() + 0.5 * (alike == 0).sum()
                total += len(others)
    return wins / max(total, 1), total


def ranking(vectors, teacher):
    """Spearman of all pairs' likeness with the teacher's, and how often the nearest is among the teacher's five."""
    alike, taught = vectors @ vectors.T, teacher @ teacher.T
    pairs = np.triu_indices(len(vectors), 1)
    for some in (alike, taught):
        np.fill_diagonal(some, -2)
    five = np.argsort(-taught, 1)[:, :5]
    ranks = [np.argsort(np.argsort(some[pairs])) for some in (alike, taught)]
    return np.corrcoef(*ranks)[0, 1], (five == alike.argmax(1)[:, None]).any(1).mean()


def compare(file, data, clips=CLIPS):
    """Figures on the two clips, of the network, the histogram and OSNet."""
    data = Path(data)
    ours, osnet = embedder(file), embedder(data / "models/osnet_x0_25_msmt17.onnx")
    told = {}
    for clip in clips:
        found = people(data / "models/yolox_nano.onnx", data / f"clips/{clip}.mp4")
        looks, number = tracks(found)
        crops = [crop for _, _, crop in found]
        vectors = {"": ours(crops), " of a histogram": histogram(crops), " of OSNet": osnet(crops)}
        some = np.arange(len(crops))[:: -(-len(crops) // MOST)]
        for name, own in vectors.items():
            share, total = separation(own, looks, number)
            told |= {f"{clip} separation{name}": share, f"{clip} pairs": total}
            if name != " of OSNet":
                spearman, nearest = ranking(own[some], vectors[" of OSNet"][some])
                told |= {f"{clip} Spearman{name}": spearman, f"{clip} nearest in OSNet's five{name}": nearest}
    return told


def generated(file, data, folder):
    """Quantiles of the product's distances of galleries of generated people kept back, ours and OSNet's."""
    _, kept = frames.split(frames.read(folder, "scene"))
    crops, held = [], reid.Crops(kept)
    for frame in kept:
        image = None
        for person in frame.people:
            if is_seen(person):
                image = frame.image() if image is None else image
                crops.append(cut(image, person.box))
    told = {"people": len(set(held.who.tolist()))}
    for name, path in (("", file), ("OSNet ", Path(data) / "models/osnet_x0_25_msmt17.onnx")):
        vectors = embedder(path)(crops)
        same, different = reid.distances(vectors, vectors, reid.galleries(held))
        told |= {f"{name}{key}": value for key, value in reid.told(held, vectors).items() if "median" not in key}
        told[f"{name}even at"] = reid.odds(same, different)[0]
        for kind, some in (("same", same), ("different", different)):
            told |= {f"{name}{kind} at {share}": np.quantile(some, share) for share in SHARES}
    return told


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("--shared", required=True, help="folder with clips/ and models/")
    parser.add_argument("--frames", help="folder of *.frames")
    options = parser.parse_args()
    if options.frames:
        figures = generated(options.network, options.shared, options.frames)
    else:
        figures = compare(options.network, options.shared)
    for name, value in figures.items():
        print(f"reid: {name} {value:.3f}".replace(".000", ""))
