"""Crops of generated people by who they are, and the batches that re-identification learns from.

`Crops(frames)` cuts everybody out once; `draw()` makes a batch of CASTS x PEOPLE identities with VIEWS views each, from
different frames and, where there are any, both scenes of their cast, as cameras and detectors might give them. People
of one cast share places, light and sometimes clothes: side by side in a batch they teach that neither is who they are.
"""

import cv2
import numpy as np

from spoil import light, spoil

WIDTH, HEIGHT = 64, 128  # what the network looks at, pixels
ROOM = 1.25  # sides of a kept crop per side of the box, so that boxes can be off
KEPT = (int(WIDTH * ROOM), int(HEIGHT * ROOM))
LEAST_VISIBLE, LEAST_HEIGHT, LEAST_WIDTH = 0.25, 36, 12  # share of the body; pixels of the frame
CASTS, PEOPLE, VIEWS = 5, 5, 4
# How far the light changes from view to view: not much, since people are compared within one video.
TINT = 0.45
# Colours of a whole cast changed: other people. The first is as it was, half of the time.
COLOURS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


def cut(image, box):
    """The box with ROOM around it, beyond the frame its last pixels."""
    centre, sides = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) * ROOM
    low, high = np.floor(centre - sides / 2).astype(int), np.ceil(centre + sides / 2).astype(int)
    height, width = image.shape[:2]
    inside = image[max(low[1], 0) : min(high[1], height), max(low[0], 0) : min(high[0], width)]
    edges = max(-low[1], 0), max(high[1] - height, 0), max(-low[0], 0), max(high[0] - width, 0)
    whole = cv2.copyMakeBorder(inside, *(int(edge) for edge in edges), cv2.BORDER_REPLICATE)
    shrinks = whole.shape[0] > KEPT[1]
    return cv2.resize(whole, KEPT, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def is_seen(person):
    """Whether a person is seen well enough to be told from others."""
    width, height = person.box[2:] - person.box[:2]
    return person.visible >= LEAST_VISIBLE and height >= LEAST_HEIGHT and width >= LEAST_WIDTH


class Crops:
    """Everybody who is seen well enough: `pictures` u8 [n, height, width, 3] BGR, `who` and `clips` [n]."""

    def __init__(self, frames, seed=1):
        cv2.setNumThreads(1)
        self.random = np.random.default_rng(seed)
        pictures, who, clips = [], [], []
        for frame in frames:
            image = None
            for person in frame.people:
                if person.identity < 0 or not is_seen(person):
                    continue
                image = frame.image() if image is None else image
                pictures.append(cut(image, person.box))
                who.append(person.identity)
                clips.append(frame.clip)
        self.pictures = np.array(pictures, np.uint8).reshape(-1, KEPT[1], KEPT[0], 3)
        self.who, self.clips = np.array(who, int), np.array(clips, str)
        # Cast -> identity -> scene -> crops.
        self.casts = {}
        for n, (identity, clip) in enumerate(zip(who, clips, strict=True)):
            people = self.casts.setdefault(clip.split(".")[0], {})
            people.setdefault(identity, {}).setdefault(clip, []).append(n)
        for cast, people in list(self.casts.items()):
            known = {one: scenes for one, scenes in people.items() if sum(map(len, scenes.values())) > 1}
            self.casts[cast] = list(known.values())
        self.casts = [people for people in self.casts.values() if people]

    def __len__(self):
        return len(self.pictures)

    def plain(self, n):
        """A crop as the product cuts it."""
        left, top = (KEPT[0] - WIDTH) // 2, (KEPT[1] - HEIGHT) // 2
        return self.pictures[n, top : top + HEIGHT, left : left + WIDTH]

    def draw(self):
        """Pictures u8 [n, HEIGHT, WIDTH, 3], and whose they are, 0..: equal numbers are one person."""
        random, pictures, who = self.random, [], []
        sizes = np.sqrt([len(people) for people in self.casts])
        number = 0
        for cast in random.choice(len(self.casts), min(CASTS, len(self.casts)), False, sizes / sizes.sum()):
            people = self.casts[cast]
            colours = COLOURS[0 if random.random() < 0.5 else random.integers(1, len(COLOURS))]
            lit = light(random)
            for one in random.choice(len(people), min(PEOPLE, len(people)), False):
                scenes = list(people[one].values())
                for view in range(VIEWS):
                    n = random.choice(scenes[(view + number) % len(scenes)])
                    pictures.append(self.view(cv2.LUT(np.ascontiguousarray(self.pictures[n][:, :, colours]), lit)))
                    who.append(number)
                number += 1
        return np.stack(pictures), np.array(who)

    def view(self, crop):
        """A crop off its box, cut off, mirrored, hidden in part and spoilt."""
        random = self.random
        centre = np.array(KEPT) / 2 + random.normal(0, 0.035, 2) * (WIDTH, HEIGHT)
        sides = np.array((WIDTH, HEIGHT)) * np.exp(random.normal(0, 0.06, 2))
        if random.random() < 0.18:  # the legs, the head or a side are out of the frame
            axis, share = int(random.random() < 0.75), random.uniform(0.5, 0.9)
            sign = 1 if axis and random.random() < 0.8 else random.choice((-1, 1))
            centre[axis] -= sign * sides[axis] * (1 - share) / 2
            sides[axis] *= share
        x, y = np.array((WIDTH, HEIGHT)) / sides
        left, top = WIDTH / 2 - centre[0] * x, HEIGHT / 2 - centre[1] * y
        map_ = np.array([[x, 0, left], [0, y, top]])
        if random.random() < 0.5:
            map_[0] = [-x, 0, WIDTH - 1 - left]
        if random.random() < 0.25:
            map_[:, 1:2] += [[random.normal(0, 0.06)], [0]]  # leans
        view = cv2.warpAffine(crop, map_, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        if random.random() < 0.25:
            self._hide(view)
        return spoil(view, random, 1.0, TINT)

    def _hide(self, view):
        """Somebody or something in front: a piece of another crop, or one colour."""
        random = self.random
        width, height = int(random.uniform(0.2, 0.6) * WIDTH), int(random.uniform(0.15, 0.6) * HEIGHT)
        left = int(random.uniform(-0.5, 0.5 if random.random() < 0.5 else 1) * WIDTH)
        top = int(random.uniform(0.1, 1.0) * (HEIGHT - height))
        x1, x2 = max(left, 0), min(left + width, WIDTH)
        if x2 - x1 < 4:
            return
        if random.random() < 0.6:
            other = self.plain(random.integers(len(self)))
            view[top : top + height, x1:x2] = other[top : top + height, x1:x2]
        else:
            view[top : top + height, x1:x2] = random.integers(0, 256, 3)
