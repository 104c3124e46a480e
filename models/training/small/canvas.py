"""Squares to train the detector on: frames cut, scaled, flipped and put together, with people and things pasted in, and
spoilt.

`Canvases(frames)` decodes every frame once; `draw(size)` then makes one square, u8 `[size, size, 3]` BGR, and who is in
it, f32 `[n, 5]`: x1, y1, x2, y2 and how sure it is that somebody is there, 0..1; 0 says that nothing is known of that
place, so that the network is told neither that there is a person nor that there is none.
"""

import cv2
import numpy as np

from boxes import PAD, iou

SIDE = 512  # pixels of a decoded frame's longer side at most
LEAST_SCORE = 0.4  # teachers' boxes below this say nothing
LEAST_VISIBLE = 0.15  # of a person, below which nobody could tell
LEAST_SIDE = 5.0  # pixels of a box on the square
REAL_SHARE = 0.55  # of the frames drawn
MOSAIC_SHARE, PASTE_SHARE, THING_SHARE = 0.4, 0.4, 0.4  # of the squares


def known(frame):
    """The people of a frame as f32 [n, 5]."""
    rows = []
    for person in frame.people:
        sure = person.score >= LEAST_SCORE and person.visible >= LEAST_VISIBLE
        rows.append([*person.box, min(person.score + 0.3, 1.0) if sure else 0.0])
    return np.array(rows, np.float32).reshape(-1, 5)


class Canvases:
    """Draws squares from frames, a clip's share falling with the root of its length."""

    def __init__(self, frames, seed=1):
        cv2.setNumThreads(1)
        self.random = np.random.default_rng(seed)
        self.frames, clips = [], []
        for frame in frames:
            image, rows = frame.image(), known(frame)
            scale = min(SIDE / max(image.shape[:2]), 1.0)
            if scale < 1:
                way = cv2.INTER_AREA if self.random.random() < 0.5 else cv2.INTER_LINEAR
                image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=way)
                rows[:, :4] *= scale
            self.frames.append((image, rows))
            clips.append((frame.source, frame.clip.split(".")[0]))
        counts = {clip: clips.count(clip) for clip in set(clips)}
        weights = np.array([counts[clip] ** -0.5 for clip in clips])
        real = np.array([source == "real" for source, _ in clips])
        if real.any() and not real.all():
            weights[real] *= REAL_SHARE / weights[real].sum()
            weights[~real] *= (1 - REAL_SHARE) / weights[~real].sum()
        self.sums = np.cumsum(weights / weights.sum())
        self.cutouts = self._cut_out([(group, frame) for group, frame in zip(clips, self.frames) if group[0] == "real"])

    def _cut_out(self, frames):
        """People of clips whose camera stands still, without their background: u8 [h, w, 4], by clip."""
        found = {}
        for group in sorted({group for group, _ in frames}):
            clip = [frame for name, frame in frames if name == group]
            clip = clip[:: max(len(clip) // 60, 1)]
            if len(clip) < 12 or len({image.shape for image, _ in clip}) > 1:
                continue
            everybody = np.concatenate([rows[:, :4] for _, rows in clip])
            still = np.median([image for image, _ in clip[:: max(len(clip) // 24, 1)]], 0).astype(np.int16)
            for image, rows in clip:
                moved = (np.abs(image - still).max(2) > 22).astype(np.uint8)
                moved = cv2.morphologyEx(moved, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
                moved = cv2.morphologyEx(moved, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
                if moved.mean() > 0.5:
                    continue  # the camera moved
                for k, (x1, y1, x2, y2, sure) in enumerate(rows):
                    others = np.delete(rows, k, 0)
                    apart = (others[:, 0] > x2) | (others[:, 2] < x1) | (others[:, 1] > y2) | (others[:, 3] < y1)
                    if sure < 0.8 or y2 - y1 < 50 or not apart.all():
                        continue
                    if (iou(rows[k, :4], everybody) > 0.3).sum() > 0.5 * len(clip):
                        continue  # who stays in place is part of the still picture
                    inside = np.s_[max(int(y1), 0) : int(y2) + 1, max(int(x1), 0) : int(x2) + 1]
                    count, labels, parts, _ = cv2.connectedComponentsWithStats(moved[inside])
                    if count < 2:
                        continue
                    best = 1 + parts[1:, cv2.CC_STAT_AREA].argmax()
                    left, top, width, height, area = parts[best]
                    box = labels.size
                    if not 0.25 < area / box < 0.85 or width * height < 0.8 * box:
                        continue
                    alpha = cv2.GaussianBlur((labels == best).astype(np.uint8) * 255, (3, 3), 0)
                    cut = np.dstack([image[inside], alpha])[top : top + height, left : left + width]
                    found.setdefault(group, []).append(cut)
        return list(found.values())

    def draw(self, size):
        """A square and who is in it."""
        if self.random.random() < MOSAIC_SHARE:
            canvas, rows = np.full((size, size, 3), PAD, np.uint8), []
            x, y = (self.random.uniform(0.3, 0.7, 2) * size).astype(int)
            for left, top, right, bottom in ((0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size)):
                canvas[top:bottom, left:right], some = self._place(right - left, bottom - top, mosaic=True)
                some[:, :4] += [left, top, left, top]
                rows.append(some)
            rows = np.concatenate(rows)
        else:
            canvas, rows = self._place(size, size, mosaic=False)
        if self.cutouts and self.random.random() < PASTE_SHARE:
            for _ in range(self.random.integers(1, 5)):
                rows = self._paste_person(canvas, rows)
        if self.random.random() < THING_SHARE:
            for _ in range(self.random.integers(1, 4)):
                rows = self._paste_thing(canvas, rows)
        small = (rows[:, 2] - rows[:, 0] < LEAST_SIDE) | (rows[:, 3] - rows[:, 1] < 1.6 * LEAST_SIDE)
        rows[small, 4] = 0
        return self._spoil(canvas), rows

    def _frame(self):
        """One of the frames: its picture and its people."""
        return self.frames[min(np.searchsorted(self.sums, self.random.random()), len(self.frames) - 1)]

    def _place(self, width, height, mosaic):
        """A frame, scaled and shifted, on `width` x `height` pixels."""
        random = self.random
        image, rows = self._frame()
        h, w = image.shape[:2]
        fit = min(width / w, height / h)
        if mosaic:
            scale = fit * np.exp(random.uniform(np.log(0.9), np.log(3.0)))
        elif random.random() < 0.25:
            scale = fit  # as the product sees it
        else:
            scale = fit * np.exp(random.uniform(np.log(0.5), np.log(2.4)))
        flip, stretch = random.random() < 0.5, np.exp(random.normal(0, 0.06))
        sx, sy = scale * stretch, scale / stretch
        room = np.array([width - w * sx, height - h * sy])
        shift = random.random(2) * room if scale != fit else np.zeros(2)
        if len(rows) and (room < 0).any() and random.random() < 0.7:  # somebody shall be in it
            centre = rows[random.integers(len(rows)), :4].reshape(2, 2).mean(0) * [sx, sy]
            centre[0] = w * sx - centre[0] if flip else centre[0]
            target = random.uniform(0.15, 0.85, 2) * [width, height]
            shift = np.where(room < 0, np.clip(target - centre, room, 0), shift)
        warp = np.array([[-sx if flip else sx, 0, shift[0] + (w * sx if flip else 0)], [0, sy, shift[1]]])
        pixel = warp.copy()  # pixels' centres lie half a pixel from their corners
        pixel[:, 2] += [(warp[0, 0] - 1) / 2, (warp[1, 1] - 1) / 2]
        canvas = cv2.warpAffine(image, pixel, (width, height), flags=cv2.INTER_LINEAR, borderValue=(PAD, PAD, PAD))
        boxes = rows[:, :4].reshape(-1, 2, 2) * np.diag(warp[:, :2]) + warp[:, 2]
        whole = np.concatenate([boxes.min(1), boxes.max(1)], 1)
        cut = np.clip(whole, 0, [width, height, width, height])
        share = (cut[:, 2:] - cut[:, :2]).prod(1) / np.maximum((whole[:, 2:] - whole[:, :2]).prod(1), 1e-6)
        sure = np.where(share > 0.25, rows[:, 4], 0)
        rows = np.concatenate([cut, sure[:, None]], 1).astype(np.float32)
        return canvas, rows[share > 0.01]

    def _paste_person(self, canvas, rows):
        """Somebody from a real clip, in front of whatever is there."""
        random = self.random
        clip = self.cutouts[random.integers(len(self.cutouts))]
        cut = clip[random.integers(len(clip))]
        height = len(canvas) * np.exp(random.uniform(np.log(0.12), np.log(0.9)))
        scale = min(height / len(cut), 3.0)
        cut = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        rows, box = self._cover(canvas, rows, cut[:, ::-1] if random.random() < 0.5 else cut)
        return rows if box is None else np.concatenate([rows, np.array([[*box, 1.0]], np.float32)])

    def _paste_thing(self, canvas, rows):
        """Something in the shape of a person, a tree or a pillar that is none: a piece of a picture without people."""
        random = self.random
        image, people = self._frame()
        h, w = image.shape[:2]
        width, height = (np.exp(random.uniform(np.log(0.1), np.log(0.6), 2)) * [w, h]).astype(int)
        left, top = random.integers(w - width), random.integers(h - height)
        piece = np.array([left, top, left + width, top + height], np.float32)
        shared = np.minimum(people[:, 2:4], piece[2:]) - np.maximum(people[:, :2], piece[:2])
        if width < 4 or height < 4 or (shared > 0).all(1).any():
            return rows
        tall = max(int(len(canvas) * np.exp(random.uniform(np.log(0.1), np.log(0.9)))), 8)
        wide = max(int(tall * random.uniform(0.15, 0.7)), 4)
        cut = cv2.resize(image[top : top + height, left : left + width], (wide, tall), interpolation=cv2.INTER_AREA)
        mask = np.zeros((tall, wide), np.uint8)
        shape = random.integers(3)
        if shape == 0:
            mask[:] = 255
        elif shape == 1:
            cv2.ellipse(mask, (wide // 2, tall // 2), (wide // 2, tall // 2), 0, 0, 360, 255, -1)
        else:
            points = np.array([[wide * (0.5 + random.uniform(0.15, 0.5) * np.sin(turn)), tall * (1 - np.cos(turn)) / 2]
                               for turn in np.linspace(0, 2 * np.pi, 12, endpoint=False)], np.int32)  # fmt: skip
            cv2.fillPoly(mask, [points], 255)
        return self._cover(canvas, rows, np.dstack([cut, cv2.GaussianBlur(mask, (3, 3), 0)]))[0]

    def _cover(self, canvas, rows, cut):
        """Puts a picture with its alpha, u8 [h, w, 4], somewhere on the canvas; who is then still seen, and where it is
        (None: nowhere)."""
        random, size = self.random, len(canvas)
        h, w = cut.shape[:2]
        left, top = int(random.uniform(-0.3 * w, size - 0.7 * w)), int(random.uniform(-0.2 * h, size - 0.6 * h))
        x1, y1, x2, y2 = max(left, 0), max(top, 0), min(left + w, size), min(top + h, size)
        if x2 - x1 < LEAST_SIDE or y2 - y1 < 2 * LEAST_SIDE:
            return rows, None
        cut = cut[y1 - top : y2 - top, x1 - left : x2 - left]
        alpha = cut[:, :, 3:].astype(np.float32) / 255
        colour = cut[:, :, :3] * random.uniform(0.7, 1.3, 3) if random.random() < 0.6 else cut[:, :, :3]
        canvas[y1:y2, x1:x2] = np.clip(alpha * colour + (1 - alpha) * canvas[y1:y2, x1:x2], 0, 255)
        # Of those behind, the hidden are nobody any more, and of the half hidden nothing is known.
        low, high = np.maximum(rows[:, :2], [x1, y1]), np.minimum(rows[:, 2:4], [x2, y2])
        hidden = np.clip(high - low, 0, None).prod(1) / np.maximum((rows[:, 2:4] - rows[:, :2]).prod(1), 1e-6)
        rows[hidden > 0.6, 4] = 0
        return rows[hidden < 0.9], (x1, y1, x2, y2)

    def _spoil(self, canvas):
        """Light, colour, blur, noise and compression, each now and then."""
        random = self.random
        if random.random() < 0.8:
            gain = random.uniform(0.65, 1.4) * (random.uniform(0.85, 1.15, 3) if random.random() < 0.5 else np.ones(3))
            curve = np.exp(random.normal(0, 0.2))
            levels = np.arange(256)[:, None] / 255
            table = np.clip(255 * gain * levels**curve + random.normal(0, 10), 0, 255).astype(np.uint8)
            canvas = cv2.LUT(canvas, table.reshape(256, 1, 3))
        chance = random.random()
        if chance < 0.1:
            canvas = cv2.cvtColor(cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        elif chance < 0.18:
            canvas = np.ascontiguousarray(canvas[:, :, random.permutation(3)])
        elif chance < 0.4:
            grey = cv2.cvtColor(cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
            share = random.uniform(0.3, 1.6)
            canvas = cv2.addWeighted(canvas, share, grey, 1 - share, 0)
        chance, size = random.random(), len(canvas)
        if chance < 0.08:
            canvas = cv2.GaussianBlur(canvas, (0, 0), random.uniform(0.5, 1.8))
        elif chance < 0.14:
            line = np.zeros((9, 9), np.float32)
            cv2.line(line, tuple(random.integers(0, 9, 2).tolist()), (4, 4), 1)
            canvas = cv2.filter2D(canvas, -1, line / line.sum())
        elif chance < 0.22:
            less = random.uniform(0.4, 0.8)
            canvas = cv2.resize(cv2.resize(canvas, None, fx=less, fy=less), (size, size))
        if random.random() < 0.12:
            noise = cv2.randn(np.empty(canvas.shape, np.int16), 0, random.uniform(2, 14))
            canvas = np.clip(canvas + noise, 0, 255).astype(np.uint8)
        if random.random() < 0.12:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 70))]
            canvas = cv2.imdecode(cv2.imencode(".jpg", canvas, quality)[1], cv2.IMREAD_COLOR)
        return canvas
