"""How good a pose network (SimCC) is on what no training and no choice has seen: mean OKS, as figures by name.

On the 12 annotated people of four COCO pictures, with their own boxes; and against a teacher (tinypose, which looks
twice) on every 15th frame of two clips, with the boxes of YOLOX-nano. `python heldout_pose.py NETWORK --shared DIR`.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

import boxes
from frames import FLIP

PADDING = 1.25
BODY = 0.53  # share of a box that a body covers, where the area is not known
SPACING = 15  # frames
CLIPS = ("dance_occlusion", "sprint_moving_camera")
# COCO's deviations of the joints, per root of the body's area.
DEVIATIONS = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
MEAN, DEVIATION = np.float32([123.675, 116.28, 103.53]), np.float32([58.395, 57.12, 57.375])


def session(path):
    """An open network, on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def estimate(network, image, box, twice=False):
    """A person's joints as the product finds them, f32 [17, 3]; `twice`: mean of the picture and its mirror image."""
    _, _, height, width = network.get_inputs()[0].shape
    centre, sides = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) * PADDING
    aspect = width / height
    sides = np.array([max(sides[0], sides[1] * aspect), max(sides[1], sides[0] / aspect)])
    scale = width / sides[0]
    map_ = np.array([[scale, 0, width / 2 - scale * centre[0]], [0, scale, height / 2 - scale * centre[1]]])
    view = cv2.warpAffine(image, map_, (width, height), flags=cv2.INTER_LINEAR)
    picture = ((view[..., ::-1] - MEAN) / DEVIATION).transpose(2, 0, 1)[None].astype(np.float32)
    run = lambda picture: network.run(["simcc_x", "simcc_y"], {network.get_inputs()[0].name: picture})
    x, y = (axis[0] for axis in run(picture))
    if twice:
        other_x, other_y = (axis[0, FLIP] for axis in run(np.ascontiguousarray(picture[..., ::-1])))
        # Pixel 0 becomes the last one, whose second bin has no partner.
        x = (x + np.concatenate([other_x[:, -2::-1], other_x[:, -1:]], 1)) / 2
        y = (y + other_y) / 2
    split = x.shape[1] // width
    joints = np.stack([x.argmax(1) / split, y.argmax(1) / split, (x.max(1) + y.max(1)) / 2], 1)
    joints[:, :2] = (joints[:, :2] - np.array([width, height]) / 2) / scale + centre
    return joints


def oks(found, truth, area, counts):
    """COCO's likeness of two poses over the joints that count."""
    squares = np.square(found[:, :2] - truth[:, :2]).sum(1)
    return np.exp(-squares / (2 * area * (2 * DEVIATIONS) ** 2))[counts].mean()


def coco(network, folder, twice=False):
    """OKS of each annotated person."""
    known = json.loads((Path(folder) / "test_coco.json").read_text())["annotations"]
    likeness = []
    for person in (person for person in known if person["num_keypoints"]):
        image = cv2.imread(str(Path(folder) / f"{person['image_id']:012}.jpg"))
        x, y, width, height = person["bbox"]
        truth = np.array(person["keypoints"], float).reshape(17, 3)
        found = estimate(network, image, np.array([x, y, x + width, y + height]), twice)
        likeness.append(oks(found, truth, person["area"], truth[:, 2] > 0))
    return likeness


def teach(shared, clip):
    """A clip's frames with the teachers' people: (image, [(box, joints)])."""
    detector = session(shared / "models/yolox_nano.onnx")
    teacher = session(shared / "models/tinypose_256x192_simcc.onnx")
    video, frames, index = cv2.VideoCapture(str(shared / f"clips/{clip}.mp4")), [], 0
    while video.grab():
        if index % SPACING == 0:
            image = video.retrieve()[1]
            found, scores = boxes.people(lambda picture: detector.run(None, {"images": picture})[0][0], image, 416)
            large = [box for box, score in zip(found, scores) if score > 0.4 and box[3] - box[1] >= 45]
            frames.append((image, [(box, estimate(teacher, image, box, True)) for box in large]))
        index += 1
    return frames


def against_teacher(network, frames, twice=False):
    """OKS of each person against the teacher's joints of which it is sure, and how many people they are."""
    likeness = []
    for image, taught in frames:
        for box, truth in taught:
            counts = truth[:, 2] > 0.35
            if counts.any():
                area = BODY * (box[2:] - box[:2]).prod()
                likeness.append(oks(estimate(network, image, box, twice), truth, area, counts))
    return likeness


def pose(network, shared, clips=CLIPS):
    """Mean OKS by name; with `twice` behind, of the picture and its mirror image together (the product looks once)."""
    network, shared = session(network), Path(shared)
    taught = {clip: teach(shared, clip) for clip in clips}
    told = {}
    for twice, name in ((False, ""), (True, " twice")):
        told[f"coco{name}"] = float(np.mean(coco(network, shared / "keypoints/coco", twice)))
        for clip, frames in taught.items():
            likeness = against_teacher(network, frames, twice)
            told[f"{clip}{name}"] = float(np.mean(likeness))
            told[f"{clip} people"] = len(likeness)
    return told


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network")
    parser.add_argument("--shared", required=True, help="folder with keypoints/, clips/ and models/")
    options = parser.parse_args()
    for name, value in pose(options.network, options.shared).items():
        print(f"pose: {name} {value:.3f}")
