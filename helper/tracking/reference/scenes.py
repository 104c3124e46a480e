"""Seeded scenes of people, the same numbers as `tests/packages/scene.rs` makes: both sides change together.

Only +, -, * and comparisons of doubles are used, so that they agree to the last bit in every language."""

import numpy as np

KINDS = ["crowd", "crossing", "absence", "camera", "thresholds", "doubles"]
THRESHOLDS = [0.1, 0.25, 0.45, 0.5, 0.6, 0.7, 0.3, 0.9]
WIDTH, HEIGHT, LOOKS = 1280.0, 720.0, 16


class Random:
    """Knuth's linear congruential generator (MMIX); the upper 53 bits as a share of 1."""

    def __init__(self, seed):
        self.state = (seed * 2 + 1) & (2**64 - 1)

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (self.state >> 11) / 2.0**53

    def around(self, size):
        """Within `size / 2` of 0."""
        return (self.next() - 0.5) * size


class Person:
    def __init__(self, kind, index, r):
        self.x, self.y = 60.0 + r.next() * 1160.0, 150.0 + r.next() * 420.0
        self.vx, self.vy, self.h = r.around(8.0), r.around(3.0), 100.0 + r.next() * 120.0
        if kind == "crossing":
            # Two rows that walk through each other.
            self.y, self.vy = 300.0 + (index % 2) * 25.0, 0.0
            self.vx = 5.0 if index % 2 == 0 else -5.0
        self.away = int(r.next() * 60.0) if kind == "absence" else 0
        self.back = self.away + int(r.next() * 50.0) if kind == "absence" else 0
        self.looks = [r.around(1.0) for _ in range(LOOKS)]

    def box(self, r):
        w = self.h * (0.38 + r.next() * 0.04)
        x, y = self.x + r.around(3.0), self.y + r.around(3.0)
        return [x - w * 0.5, y - self.h * 0.5, x + w * 0.5, y + self.h * 0.5]


def iou(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0.0 or h <= 0.0:
        return 0.0
    return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h)


def scene(kind, seed):
    """Frames of (boxes n×4, scores n, looks n×16, motion 2×3), best scores first."""
    r = Random(seed * len(KINDS) + KINDS.index(kind))
    people = [Person(kind, i, r) for i in range(8 if kind in ("crossing", "absence") else 14)]
    frames = []
    for t in range(100 if kind == "absence" else 60):
        motion = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
        if kind == "camera" and t > 0:
            zoom, turn = 1.0 + r.around(0.02), r.around(0.01)
            motion = [zoom, -turn, r.around(30.0), turn, zoom, r.around(20.0)]
        found = []
        for p in people:
            p.x, p.y = p.x + p.vx + r.around(1.0), p.y + p.vy + r.around(1.0)
            if p.x < 0.0 or p.x > WIDTH:
                p.vx = -p.vx
            if p.y < 80.0 or p.y > 640.0:
                p.vy = -p.vy
            a, b, tx, c, d, ty = motion
            p.x, p.y, p.h = a * p.x + b * p.y + tx, c * p.x + d * p.y + ty, p.h * a
            box, score = p.box(r), 0.3 + r.next() * 0.7
            looks = [v + r.around(0.5) for v in p.looks]
            missed, faint, choice = r.next() < 0.06, r.next() < 0.15, r.next()
            if faint:
                score = 0.05 + choice * 0.4
            if kind == "thresholds":
                score = THRESHOLDS[int(choice * len(THRESHOLDS))]
            if not missed and not p.away <= t < p.back:
                found.append((box, score, looks))
            if kind == "doubles" and r.next() < 0.15:
                by = r.around(8.0)
                found.append(([v + by for v in box], score * 0.9, [v + r.around(0.5) for v in p.looks]))
        if kind == "crossing":
            # Who is hidden by somebody nearer is mostly missed, or scored low.
            seen = []
            for i, (box, score, looks) in enumerate(found):
                hidden = any(o[0][3] > box[3] and iou(o[0], box) > 0.3 for k, o in enumerate(found) if k != i)
                if not hidden:
                    seen.append((box, score, looks))
                elif r.next() > 0.6:
                    seen.append((box, 0.2, looks))
            found = seen
        found.sort(key=lambda f: -f[1])
        frames.append(
            (
                np.array([f[0] for f in found], np.float32).reshape(-1, 4),
                np.array([f[1] for f in found], np.float32),
                np.array([f[2] for f in found], np.float32).reshape(-1, LOOKS),
                np.array(motion).reshape(2, 3),
            )
        )
    return frames


def mot(folder):
    """A MOTChallenge sequence's detections, with looks that change smoothly over the picture, and some noise."""
    info = dict(line.split("=") for line in (folder / "seqinfo.ini").read_text().split() if "=" in line)
    length, rate = int(info["seqLength"]), float(info["frameRate"])
    r = Random(int(folder.name.split("-")[1]))
    slopes = [[r.around(1.0) for _ in range(3)] for _ in range(LOOKS)]
    found = [[] for _ in range(length)]
    for line in (folder / "det.txt").read_text().split():
        frame, _, left, top, w, h, score = (float(v) for v in line.split(",")[:7])
        x, y = left - 1.0, top - 1.0
        looks = [s[0] + s[1] * (x * 0.004) + s[2] * (y * 0.004) + r.around(0.4) for s in slopes]
        found[int(frame) - 1].append(([x, y, x + w, y + h], score, looks))
    still = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    frames = [
        (
            np.array([f[0] for f in frame], np.float32).reshape(-1, 4),
            np.array([f[1] for f in frame], np.float32),
            np.array([f[2] for f in frame], np.float32).reshape(-1, LOOKS),
            still,
        )
        for frame in found
    ]
    return frames, rate
