"""Real frames of the clips that may be trained on, labelled by networks that may teach: YOLOX and RTMDet (boxes),
PP-TinyPose (joints), YuNet (faces).

    python labels.py FOLDER --shared DIR

DIR holds `models/`, `clips/` and `train/`. Writes FOLDER/CLIP.PART.frames; what is there already is left. No teacher
for re-identification: the licence of OSNet's own data forbids it.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

import boxes
import frames
from heldout_pose import estimate, session

WIDEST = 960  # pixels; larger pictures are made smaller
PERSON = 0.15  # boxes are kept from this score on: below it the teachers see people in every shadow
FACE, SURE_FACE = 0.6, 0.8  # faces are kept from the first; below the second, some are backs of heads
UNSURE = 0.3  # score of what is only to be left alone: neither a person or face nor something else
# Of each clip every so many frames.
CLIPS = {
    "clips/one_by_one.mp4": 3, "clips/walk_in_out.mp4": 4, "train/sports2d_demo.mp4": 2, "train/sports2d_demo3.mp4": 1,
    "train/pose2sim_t1_cam03.mp4": 2,
}  # fmt: skip
# The same footage as what faces are tested on, or the same people a moment later: not for the face network.
NO_FACES = ("face-demographics", "head-pose")
# Only hands are seen here, which teachers box together with the bottles.
NO_PEOPLE = ("bottle-detection",)


def yolox(network, image):
    """YOLOX's people: boxes and scores."""
    run = lambda picture: network.run(None, {"images": picture})[0][0]
    return boxes.people(run, image, 416, 0.05)


def rtmdet(network, image):
    """RTMDet's people: boxes and scores."""
    scale = 640 / max(image.shape[:2])
    canvas = np.full((640, 640, 3), boxes.PAD, np.uint8)
    small = cv2.resize(image, None, fx=scale, fy=scale)
    canvas[: small.shape[0], : small.shape[1]] = small
    picture = (canvas - np.float32([103.53, 116.28, 123.675])) / np.float32([57.375, 57.12, 58.395])
    found, labels = network.run(None, {"input": picture.transpose(2, 0, 1)[None].astype(np.float32)})
    people = found[0][(labels[0] == 0) & (found[0][:, 4] > 0.05)]
    height, width = image.shape[:2]
    return np.clip(people[:, :4] / scale, 0, [width, height, width, height]).astype(np.float32), people[:, 4]


def agreed(first, second):
    """Boxes of two teachers as one list: where they agree, the mean and the better score, else half of one's score."""
    (a, scores_a), (b, scores_b) = first, second
    overlaps, partner, merged = boxes.iou(a, b), set(), []
    for n in range(len(a)):
        m = int(overlaps[n].argmax()) if len(b) else -1
        if m >= 0 and overlaps[n, m] > 0.6 and m not in partner:
            partner.add(m)
            merged.append(((a[n] + b[m]) / 2, max(scores_a[n], scores_b[m])))
        else:
            merged.append((a[n], scores_a[n] / 2))
    merged += [(b[m], scores_b[m] / 2) for m in range(len(b)) if m not in partner]
    if not merged:
        return []
    found, scores = np.stack([box for box, _ in merged]), np.array([score for _, score in merged])
    return [(found[n], float(scores[n])) for n in boxes.suppress(found, scores, 0.7)]


def faces(network, image, least=0.3):
    """YuNet's faces: box, landmarks, score."""
    height, width = image.shape[:2]
    rows, columns = -(-height // 32) * 32, -(-width // 32) * 32
    canvas = np.zeros((rows, columns, 3), np.float32)
    canvas[:height, :width] = image
    names = [output.name for output in network.get_outputs()]
    answers = dict(zip(names, network.run(None, {"input": canvas.transpose(2, 0, 1)[None]}), strict=True))
    found, scores, points = [], [], []
    for stride in boxes.STRIDES:
        cls, obj, bbox, kps = (answers[f"{part}_{stride}"][0] for part in ("cls", "obj", "bbox", "kps"))
        y, x = (axis.ravel()[:, None] for axis in np.mgrid[: rows // stride, : columns // stride])
        score = np.sqrt(cls * obj).ravel()
        centre, sides = (bbox[:, :2] + np.hstack([x, y])) * stride, np.exp(bbox[:, 2:]) * stride
        marks = (kps.reshape(-1, 5, 2) + np.hstack([x, y])[:, None]) * stride
        keep = score > least
        found.append(np.hstack([centre - sides / 2, centre + sides / 2])[keep])
        scores.append(score[keep])
        points.append(marks[keep])
    found, scores, points = map(np.concatenate, (found, scores, points))
    found, points = found.astype(np.float32), points.astype(np.float32)
    return [(found[n], points[n], float(scores[n])) for n in boxes.suppress(found, scores, 0.3)]


class Teachers:
    """All of them, on one core."""

    def __init__(self, models):
        self.yolox, self.rtmdet = session(models / "yolox_nano.onnx"), session(models / "rtmdet_nano.onnx")
        self.pose = session(models / "tinypose_256x192_simcc.onnx")
        self.yunet = session(models / "yunet_n_dynamic.onnx")

    def label(self, image, clip):
        """A labelled frame."""
        people = []
        for box, score in agreed(yolox(self.yolox, image), rtmdet(self.rtmdet, image)):
            if score < PERSON:
                continue
            if clip.startswith(NO_PEOPLE):
                score = min(score, UNSURE)
            tall = box[3] - box[1]
            joints = estimate(self.pose, image, box, twice=True) if score > 0.4 and tall >= 45 else None
            people.append(frames.Person(box, 1.0, score, None if joints is None else joints.astype(np.float32)))
        sure = 1.1 if clip.startswith(NO_FACES) else SURE_FACE
        found = [
            (box, points, score if score >= sure else UNSURE)
            for box, points, score in faces(self.yunet, image)
            if score >= FACE
        ]
        height, width = image.shape[:2]
        return frames.Frame(frames.encode(image), (width, height), people, "real", clip, found)


def pictures(path, step):
    """Every `step`th frame of a video or GIF, at most WIDEST wide, with its number and how many there are about."""
    video = cv2.VideoCapture(str(path))
    total = max(int(video.get(cv2.CAP_PROP_FRAME_COUNT)), 1)
    for number in range(10**6):
        ok, image = video.read()
        if not ok:
            return
        if number % step == 0:
            scale = min(1.0, WIDEST / image.shape[1])
            if scale < 1:
                image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            yield number, total, image


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--shared", type=Path, required=True)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    teachers = Teachers(options.shared / "models")
    clips = {**CLIPS, **{f"train/{path.name}": 1 for path in sorted((options.shared / "train").glob("*.gif"))}}
    for clip, step in clips.items():
        path = options.shared / clip
        name = path.stem
        if list(options.folder.glob(f"{name}.*.frames")):
            continue
        # The last part of one clip is for validation: other people than before it.
        parts = {}
        for number, total, image in pictures(path, step):
            part = f"{name}.end" if number > 0.7 * total else f"{name}.all"
            parts.setdefault(part, []).append(teachers.label(image, part))
        for part, shown in parts.items():
            frames.write(options.folder / f"{part}.frames", shown)
            people = sum(person.score > 0.4 for frame in shown for person in frame.people)
            seen = sum(score > UNSURE for frame in shown for _, _, score in frame.faces)
            print(f"{part}: {len(shown)} frames, {people} people, {seen} faces", flush=True)


if __name__ == "__main__":
    main()
