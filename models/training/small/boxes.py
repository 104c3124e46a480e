"""Boxes of people on the CPU, in numpy: letterbox, YOLOX's grid and back, suppression, and how good a detector is.

Boxes are f32 `[n, 4]` of x1, y1, x2, y2 in pixels. `people` runs a detector of YOLOX's contract on a picture as the
product does; `Judge` compares what it finds with boxes that are known, picture by picture.
"""

import cv2
import numpy as np

STRIDES = (8, 16, 32)
PAD = 114  # what is beside a letterboxed picture, 0..255
OVERLAP = 0.45  # of two found boxes, the weaker is dropped above this IoU


def iou(a, b):
    """Intersection over union of each of `a` with each of `b`, `[len(a), len(b)]`."""
    a, b = np.asarray(a, np.float32).reshape(-1, 4), np.asarray(b, np.float32).reshape(-1, 4)
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    area_a, area_b = (a[:, 2:] - a[:, :2]).prod(1), (b[:, 2:] - b[:, :2]).prod(1)
    return shared / np.maximum(area_a[:, None] + area_b[None] - shared, 1e-6)


def letterbox(image, size):
    """The picture at the top left of a square of `size` pixels, and how many of its pixels are one of the picture."""
    height, width = image.shape[:2]
    scale = min(size / height, size / width)
    canvas = np.full((size, size, 3), PAD, np.uint8)
    columns, rows = max(int(width * scale), 1), max(int(height * scale), 1)
    canvas[:rows, :columns] = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return canvas, scale


def grid(size):
    """Of each cell of a square of `size` pixels, in YOLOX's order: its column, its row and its stride, f32 `[N, 3]`."""
    cells = []
    for stride in STRIDES:
        y, x = np.mgrid[: size // stride, : size // stride]
        cells.append(np.stack([x.ravel(), y.ravel(), np.full(x.size, stride)], 1))
    return np.concatenate(cells).astype(np.float32)


def suppress(boxes, scores, limit=OVERLAP):
    """Which boxes stay, best first: none that overlaps a better one by more than `limit`."""
    order, kept = np.argsort(-scores, kind="stable"), []
    overlaps = iou(boxes, boxes)
    for candidate in order:
        if not kept or overlaps[candidate, kept].max() <= limit:
            kept.append(candidate)
    return np.array(kept, int)


def decode(raw, size, least=0.01):
    """The people in YOLOX's raw grid `[N, 5 + classes]`: boxes on the square, scores, best first."""
    scores = raw[:, 4] * raw[:, 5]
    rows = (scores >= least) & (raw[:, 5:].argmax(1) == 0)
    raw, scores, cells = raw[rows], scores[rows], grid(size)[rows]
    if len(scores) > 1000:
        best = np.argsort(-scores)[:1000]
        raw, scores, cells = raw[best], scores[best], cells[best]
    stride = cells[:, 2:]
    centre, sides = (raw[:, :2] + cells[:, :2]) * stride, np.exp(raw[:, 2:4]) * stride
    boxes = np.concatenate([centre - sides / 2, centre + sides / 2], 1)
    kept = suppress(boxes, scores)
    return boxes[kept], scores[kept]


def people(run, image, size, least=0.01):
    """Boxes in the picture's pixels, cut at its edges, and scores; `run` answers a [1, 3, size, size] with the grid."""
    canvas, scale = letterbox(image, size)
    boxes, scores = decode(run(canvas.transpose(2, 0, 1)[None].astype(np.float32)), size, least)
    height, width = image.shape[:2]
    return np.clip(boxes / scale, 0, [width, height, width, height]).astype(np.float32), scores


class Judge:
    """Gathers pictures and tells the average precision at an IoU of 0.5, and precision and recall at a score.

    A box that overlaps no known person but one of those to be ignored counts neither for nor against the detector.
    """

    def __init__(self):
        self.scores, self.right, self.known = [], [], 0

    def add(self, boxes, scores, known, ignored=()):
        """One picture: boxes found with their scores, those known, and those that need not be found."""
        self.known += len(known)
        overlaps, unsure, taken = iou(boxes, known), iou(boxes, ignored), set()
        for found in np.argsort(-np.asarray(scores), kind="stable"):
            free = [k for k in range(len(known)) if k not in taken and overlaps[found, k] >= 0.5]
            if free:
                taken.add(max(free, key=lambda k: overlaps[found, k]))
            elif unsure.shape[1] and unsure[found].max() >= 0.5:
                continue
            self.scores.append(float(scores[found]))
            self.right.append(bool(free))

    def curve(self):
        """Scores from high to low, and precision and recall when everything down to each is taken."""
        order = np.argsort(-np.array(self.scores), kind="stable")
        right = np.cumsum(np.array(self.right, float)[order])
        return np.array(self.scores)[order], right / np.arange(1, len(right) + 1), right / max(self.known, 1)

    def average_precision(self):
        """The area under the precision, made falling, over the recall."""
        _, precision, recall = self.curve()
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        return float(np.sum(np.diff(recall, prepend=0.0) * precision))

    def at(self, score):
        """Precision and recall of what scores at least `score`."""
        sure = np.array(self.scores) >= score
        right = np.array(self.right)[sure].sum()
        return right / max(sure.sum(), 1), right / max(self.known, 1)

    def best(self):
        """The score at which F1 is largest, and that F1."""
        scores, precision, recall = self.curve()
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-6)
        return (float(scores[f1.argmax()]), float(f1.max())) if len(f1) else (0.5, 0.0)
