"""The people of the frames as crops for the pose network, cut out once and held in memory as bytes.

A crop is a square around a person, wider than what the network is shown of it, so that turning, moving and zooming
(`views.py`) still find picture there; what lies outside of the frame is black, as in the product. Beside it stand the
person's box and joints in the crop's pixels. Patches of the frames without anybody are kept as backgrounds.
"""

from dataclasses import dataclass

import cv2
import numpy as np

WIDTH, HEIGHT = 96, 128  # what the network is shown, pixels
PADDING = 1.25  # how much larger than the box that is: the product's
SIDE = 176  # of a kept crop, pixels
ROOM = 1.5  # sides of a kept crop per longer side of the box
PATCH = 160  # side of a background, pixels
PATCHES = 2500  # backgrounds at most
LEAST_HEIGHT = 45  # of a person, pixels of the frame
LEAST_SCORE = 0.4  # of a teacher's box
LEAST_VISIBLE = 0.25  # share of a generated body
LEAST_JOINTS = 5  # that are seen
SEEN = 0.35  # weight from which a joint counts as seen


@dataclass
class Crops:
    """People, `n` of them; `joints` hold x, y and how much to trust them, 0 where they are not to be found."""

    pictures: np.ndarray  # u8 [n, SIDE, SIDE, 3], BGR
    boxes: np.ndarray  # f32 [n, 4], pixels of the crop
    joints: np.ndarray  # f32 [n, 17, 3], pixels of the crop
    real: np.ndarray  # bool [n]: labelled by a teacher, not generated
    clips: np.ndarray  # str [n]
    patches: np.ndarray  # u8 [m, PATCH, PATCH, 3]: backgrounds

    def __len__(self):
        return len(self.pictures)

    def chances(self, generated):
        """How often to draw each: `generated` of all are generated; a real clip counts as the root of its length."""
        chances = np.zeros(len(self))
        chances[~self.real] = 1.0
        for clip in set(self.clips[self.real]):
            chances[self.clips == clip] = (self.clips == clip).sum() ** -0.5
        for side, share in ((self.real, 1 - generated), (~self.real, generated)):
            chances[side] *= share / max(chances[side].sum(), 1e-9)
        return chances / chances.sum()


def region(box, room=PADDING, aspect=WIDTH / HEIGHT):
    """Centre and sides of what the network is shown of a box: grown by `room`, then widened to `aspect`."""
    centre = (box[:2] + box[2:]) / 2
    width, height = (box[2:] - box[:2]) * room
    return centre, np.array([max(width, height * aspect), max(height, width / aspect)])


def wanted(frame, person):
    """Whether a person is large, sure and whole enough to learn from."""
    if person.keypoints is None or person.box[3] - person.box[1] < LEAST_HEIGHT:
        return False
    if frame.source == "real" and person.score < LEAST_SCORE or person.visible < LEAST_VISIBLE:
        return False
    return (person.keypoints[:, 2] > SEEN).sum() >= LEAST_JOINTS


def empty_patch(image, boxes, random):
    """A square of the picture that meets nobody's box, or None where chance finds none."""
    height, width = image.shape[:2]
    for _ in range(8):
        side = int(min(height, width) * random.uniform(0.25, 0.7))
        x, y = random.integers(0, width - side + 1), random.integers(0, height - side + 1)
        if all(x + side <= b[0] or b[2] <= x or y + side <= b[1] or b[3] <= y for b in boxes):
            return cv2.resize(image[y : y + side, x : x + side], (PATCH, PATCH), interpolation=cv2.INTER_AREA)
    return None


def cut(frames, most, seed=1):
    """The people of `frames`, of the generated ones `most` by chance."""
    random = np.random.default_rng(seed)
    people = [(f, p) for f, frame in enumerate(frames) for p in frame.people if wanted(frame, p)]
    generated = [i for i, (f, _) in enumerate(people) if frames[f].source != "real"]
    dropped = set(random.permutation(generated)[most:].tolist())
    people = [one for i, one in enumerate(people) if i not in dropped]
    pictures = np.zeros((len(people), SIDE, SIDE, 3), np.uint8)
    boxes = np.zeros((len(people), 4), np.float32)
    joints = np.zeros((len(people), 17, 3), np.float32)
    patches, image, shown = [], None, -1
    spacing = max(len(frames) // PATCHES, 1)
    for i, (f, person) in enumerate(people):
        if f != shown:
            image, shown = frames[f].image(), f
            patch = empty_patch(image, [p.box for p in frames[f].people], random) if f % spacing == 0 else None
            if patch is not None:
                patches.append(patch)
        centre, (side, _) = region(person.box, ROOM, 1.0)
        scale, corner = SIDE / side, centre - side / 2
        map_ = np.array([[scale, 0, -scale * corner[0]], [0, scale, -scale * corner[1]]])
        cv2.warpAffine(image, map_, (SIDE, SIDE), pictures[i], cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, (0, 0, 0))
        boxes[i] = (person.box.reshape(2, 2) - corner).ravel() * scale
        joints[i, :, :2] = (person.keypoints[:, :2] - corner) * scale
        joints[i, :, 2] = np.clip(person.keypoints[:, 2], 0, 1)
    real = np.array([frames[f].source == "real" for f, _ in people], bool)
    clips = np.array([frames[f].clip for f, _ in people])
    return Crops(pictures, boxes, joints, real, clips, np.array(patches, np.uint8).reshape(-1, PATCH, PATCH, 3))
