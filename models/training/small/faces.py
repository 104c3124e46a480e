"""Squares to train the face network on: frames turned, scaled, cut and put together, with faces pasted in, and spoilt.

`Faces(frames)` decodes every frame once; `draw(size)` makes one square, u8 [size, size, 3] BGR, and its faces, f32
[n, 15]: x1, y1, x2, y2, then how sure it is that this is one (0: nothing is known of that place), then five points x, y
in YuNet's order. Real faces with a teacher's labels are few and small, generated ones many and sharp: real ones are
drawn more often, made larger and pasted elsewhere.
"""

import cv2
import numpy as np

from spoil import colours, spoil

SIDE = 640  # pixels of a decoded frame's longer side at most
SURE = 0.5  # below that score nothing is known
LEAST = 7.0  # pixels of the square that a face must be wide to be learnt
REAL, EMPTY = 0.6, 0.15  # shares: of draws from real frames; of draws, from frames without a face
MOSAIC, PASTED = 0.3, 0.35  # shares of the squares
MIRROR = [1, 0, 2, 4, 3]  # points after a flip
# Here teachers' labels were left out, because the same people are in the test: no face is known, though they have one.
UNLABELLED = ("face-demographics", "head-pose")


def known(frame):
    """The faces of a frame as f32 [n, 15]."""
    rows = [[*box, float(score) if score >= SURE else 0.0, *np.ravel(points)] for box, points, score in frame.faces]
    return np.array(rows, np.float32).reshape(-1, 15)


class Faces:
    """Draws squares from frames, a real clip's share falling with the root of its length."""

    def __init__(self, frames, seed=1):
        cv2.setNumThreads(1)
        self.random = np.random.default_rng(seed)
        self.frames, kinds = [], {}
        for frame in frames:
            if frame.clip.startswith(UNLABELLED):
                continue
            image, rows = frame.image(), known(frame)
            scale = min(SIDE / max(image.shape[:2]), 1.0)
            if scale < 1:
                image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                rows[:, :4] *= scale
                rows[:, 5:] *= scale
            has = bool((rows[:, 4] > 0).any())
            kinds.setdefault((has, frame.source), []).append((len(self.frames), frame.clip.split(".")[0]))
            self.frames.append((image, rows))
        # What is drawn from: its share, the frames and how likely each is.
        self.kinds = []
        for (has, source), some in sorted(kinds.items()):
            clips = [clip for _, clip in some]
            chance = np.array([clips.count(clip) ** -0.5 for clip in clips])
            share = (REAL if source == "real" else 1 - REAL) * (1 - EMPTY if has else EMPTY)
            self.kinds.append((share, np.array([n for n, _ in some]), chance / chance.sum()))
        self.shares = np.array([share for share, _, _ in self.kinds])
        self.shares /= self.shares.sum()
        self.cutouts = [
            (n, row) for (has, source), some in sorted(kinds.items()) if has and source == "real"
            for n, _ in some for row in self.frames[n][1] if row[4] > 0
        ]  # fmt: skip

    def draw(self, size):
        """A square and its faces."""
        random = self.random
        if random.random() < MOSAIC:
            canvas, rows = np.zeros((size, size, 3), np.uint8), []
            x, y = (random.uniform(0.3, 0.7, 2) * size).astype(int)
            for left, top, right, bottom in ((0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size)):
                canvas[top:bottom, left:right], some = self._place(right - left, bottom - top)
                some[:, [0, 1, 2, 3, *range(5, 15)]] += np.tile([left, top], 7)
                rows.append(some)
            rows = np.concatenate(rows)
        else:
            canvas, rows = self._place(size, size)
        if self.cutouts and random.random() < PASTED:
            for _ in range(random.integers(1, 4)):
                rows = self._paste(canvas, rows)
        rows[np.minimum(rows[:, 2] - rows[:, 0], rows[:, 3] - rows[:, 1]) < LEAST, 4] = 0
        return spoil(canvas, random, 0.8), rows

    def _place(self, width, height):
        """A frame turned, scaled and shifted on `width` x `height` pixels, so that one of its faces is there."""
        random = self.random
        _, numbers, chance = self.kinds[random.choice(len(self.kinds), p=self.shares)]
        image, rows = self.frames[random.choice(numbers, p=chance)]
        h, w = image.shape[:2]
        sure = np.flatnonzero(rows[:, 4] > 0)
        if len(sure):
            face = rows[random.choice(sure)]
            tall = np.exp(random.uniform(np.log(10), np.log(0.7 * min(width, height))))
            scale = min(tall / (face[3] - face[1]), 7.0)
            centre, target = (face[:2] + face[2:4]) / 2, random.uniform(0.1, 0.9, 2) * (width, height)
        else:
            scale = min(width / w, height / h) * np.exp(random.uniform(np.log(0.8), np.log(4)))
            centre, target = random.random(2) * (w, h), np.array([width, height]) / 2
        angle = random.normal(0, 0.3) if random.random() < 0.6 else random.normal(0, 0.06)
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = linear * np.exp(random.normal(0, 0.05)) @ np.diag([-1 if random.random() < 0.5 else 1, 1])
        map_ = np.concatenate([linear, (target - linear @ centre)[:, None]], 1)
        pixel = map_.copy()  # pixels' centres lie half a pixel from their corners
        pixel[:, 2] += map_[:, :2].sum(1) / 2 - 0.5
        way = cv2.INTER_CUBIC if scale > 1.5 and random.random() < 0.5 else cv2.INTER_LINEAR
        if scale < 0.5:  # a warp would skip pixels
            image = cv2.resize(image, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
            pixel[:, :2] /= 2 * scale
        value = (0, 114)[random.integers(2)]
        canvas = cv2.warpAffine(image, pixel, (width, height), flags=way, borderValue=(value,) * 3)
        return canvas, inside(moved(rows, map_), width, height)

    def _paste(self, canvas, rows):
        """A real head, cut out as an ellipse with soft edges, in front of whatever is there."""
        random, size = self.random, len(canvas)
        n, row = self.cutouts[random.integers(len(self.cutouts))]
        image, side = self.frames[n][0], max(row[2:4] - row[:2])
        tall = np.exp(random.uniform(np.log(12), np.log(0.5 * size)))
        scale, angle = min(tall / side, 7.0), random.normal(0, 0.3)
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = linear @ np.diag([-1 if random.random() < 0.5 else 1, 1])
        centre, target = (row[:2] + row[2:4]) / 2, random.uniform(0.1, 0.9, 2) * size
        map_ = np.concatenate([linear, (target - linear @ centre)[:, None]], 1)
        reach = int(1.2 * scale * side)
        left, top = np.clip((target - reach).astype(int), 0, size)
        right, bottom = np.clip((target + reach).astype(int), 0, size)
        if right - left < 4 or bottom - top < 4:
            return rows
        pixel = map_.copy()
        pixel[:, 2] += map_[:, :2].sum(1) / 2 - 0.5 - [left, top]
        sides = (int(right - left), int(bottom - top))
        head = cv2.warpAffine(image, pixel, sides, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        head = colours(head, random) if random.random() < 0.5 else head
        y, x = np.mgrid[top:bottom, left:right] + 0.5
        dx, dy = x - target[0], y - target[1]
        across, along = np.cos(angle) * dx + np.sin(angle) * dy, np.cos(angle) * dy - np.sin(angle) * dx
        half = scale * (row[2:4] - row[:2]) / 2 * random.uniform(1.05, 1.5)
        alpha = np.clip(4 * (1.15 - np.hypot(across / half[0], along / half[1])), 0, 1)[..., None]
        part = canvas[top:bottom, left:right]
        part[:] = alpha * head + (1 - alpha) * part
        added = inside(moved(row[None], map_), size, size)
        # What it hides is no face any more, and of what it half hides nothing is known.
        box = np.concatenate([target - half, target + half])
        low, high = np.maximum(rows[:, :2], box[:2]), np.minimum(rows[:, 2:4], box[2:])
        hidden = np.clip(high - low, 0, None).prod(1) / np.maximum((rows[:, 2:4] - rows[:, :2]).prod(1), 1e-6)
        rows[hidden > 0.15, 4] = 0
        return np.concatenate([rows[hidden < 0.8], added])


def moved(rows, map_):
    """Faces through a 2x3 map: boxes keep their sides, about, however they are turned."""
    rows, linear = rows.copy(), map_[:, :2]
    scale = np.sqrt(abs(np.linalg.det(linear)))
    centre = (rows[:, :2] + rows[:, 2:4]) / 2 @ linear.T + map_[:, 2]
    half = (rows[:, 2:4] - rows[:, :2]) / 2 * scale
    rows[:, :2], rows[:, 2:4] = centre - half, centre + half
    points = rows[:, 5:].reshape(-1, 5, 2) @ linear.T + map_[:, 2]
    if np.linalg.det(linear) < 0:
        points = points[:, MIRROR]
    rows[:, 5:] = points.reshape(-1, 10)
    return rows


def inside(rows, width, height):
    """The faces that can be seen there; of those cut off nothing is known."""
    low, high = np.clip(rows[:, :2], 0, (width, height)), np.clip(rows[:, 2:4], 0, (width, height))
    share = (high - low).prod(1) / np.maximum((rows[:, 2:4] - rows[:, :2]).prod(1), 1e-6)
    rows = rows[share > 0.02]
    rows[share[share > 0.02] < 0.7, 4] = 0
    return rows.astype(np.float32)
