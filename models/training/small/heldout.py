"""How good the small networks are on what no training and no choice has seen, as figures by name.

    python heldout.py detector FILE.onnx --data DIR

DIR holds `clips/`, `keypoints/`, `faces/` and `models/` (the teachers). To be run when all is decided.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

import boxes
import heldout_face
import heldout_pose
import heldout_reid
import labels
from heldout_pose import CLIPS, session

SPACING = 10  # frames
SURE, MAYBE = 0.4, 0.05  # a teacher's boxes above the first are to be found; those between the two do not count
PRODUCT = 0.5  # the product's default tracker takes people for sure from this score on


def detect(network):
    """What finds the people in a picture, by YOLOX's contract or RTMDet's: boxes and scores."""
    if network.get_outputs()[0].name == "dets":
        return lambda image: labels.rtmdet(network, image)
    port = network.get_inputs()[0]
    return lambda image: boxes.people(lambda canvas: network.run(None, {port.name: canvas})[0][0], image, port.shape[2])


def detector(file, data):
    """AP at IoU 0.5, precision and recall: against YOLOX-nano on two clips, and annotated people of COCO pictures."""
    find, teach = detect(session(file)), detect(session(data / "models/yolox_nano.onnx"))
    judges = {}
    for clip in CLIPS:
        judge = judges[clip] = boxes.Judge()
        video, index = cv2.VideoCapture(str(data / f"clips/{clip}.mp4")), 0
        while video.grab():
            if index % SPACING == 0:
                image = video.retrieve()[1]
                known, scores = teach(image)
                judge.add(*find(image), known[scores > SURE], known[(scores <= SURE) & (scores > MAYBE)])
            index += 1
    judge = judges["coco"] = boxes.Judge()
    known = {}
    for person in json.loads((data / "keypoints/coco/test_coco.json").read_text())["annotations"]:
        x, y, width, height = person["bbox"]
        known.setdefault(person["image_id"], []).append([x, y, x + width, y + height])
    for image, people in known.items():
        judge.add(*find(cv2.imread(str(data / f"keypoints/coco/{image:012}.jpg"))), np.array(people))
    told = {}
    for name, judge in judges.items():
        precision, recall = judge.at(PRODUCT)
        told |= {
            f"{name} people": judge.known, f"{name} AP50": judge.average_precision(),
            f"{name} precision at {PRODUCT}": precision, f"{name} recall at {PRODUCT}": recall,
        }  # fmt: skip
    return told


FIGURES = {"detector": detector, "pose": heldout_pose.pose, "reid": heldout_reid.compare, "face": heldout_face.compare}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("network", choices=FIGURES)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--data", type=Path, required=True)
    options = arguments.parse_args()
    for name, value in FIGURES[options.network](options.file, options.data).items():
        print(f"{options.network}: {name} {value:.3f}".replace(".000", ""))


if __name__ == "__main__":
    main()
