"""How good a face network of YuNet's contract is on what no training and no choice has seen, as figures by name.

    python heldout_face.py NETWORK --shared DIR

Against YuNet on every frame of the two clips of `faces/`: precision and recall at one fixed score and an IoU of 0.5,
and how far the five points are off, in shares of the distance of the eyes. YuNet's unsure faces count neither way.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

import boxes
import labels
from face import off
from heldout_pose import session

SCORE = 0.5  # from which on a face is one
SURE, MAYBE = 0.6, 0.3  # YuNet's: above the first to be found, between the two not counted


def compare(file, data):
    """Figures of both clips together and of each."""
    data = Path(data)
    ours, yunet = session(file), session(data / "models/yunet_n_dynamic.onnx")
    whole, all_errors, told = boxes.Judge(), [], {}
    for path in sorted((data / "faces").glob("*.gif")):
        judge, errors, video = boxes.Judge(), [], cv2.VideoCapture(str(path))
        while True:
            there, image = video.read()
            if not there:
                break
            known = labels.faces(yunet, image, MAYBE)
            rows = [(np.concatenate([box, [score], points.ravel()]), score) for box, points, score in known]
            sure = np.array([row for row, score in rows if score >= SURE]).reshape(-1, 15)
            maybe = np.array([row[:4] for row, score in rows if score < SURE]).reshape(-1, 4)
            found = labels.faces(ours, image, 0.05)
            found_boxes = np.array([box for box, _, _ in found]).reshape(-1, 4)
            scores = np.array([score for _, _, score in found])
            for some in (judge, whole):
                some.add(found_boxes, scores, sure[:, :4], maybe)
            errors += off([one for one in found if one[2] >= SCORE], sure)
        all_errors += errors
        told |= figures(path.stem, judge, errors)
    return told | figures("both", whole, all_errors)


def figures(name, judge, errors):
    """By name."""
    precision, recall = judge.at(SCORE)
    told = {"faces": judge.known, "AP50": judge.average_precision()}
    told |= {f"precision at {SCORE}": precision, f"recall at {SCORE}": recall}
    if errors:
        told |= {"points off, median": np.median(errors), "points off, 90 %": np.quantile(errors, 0.9)}
    return {f"{name} {key}": value for key, value in told.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("--shared", required=True, help="folder with faces/ and models/")
    options = parser.parse_args()
    for name, value in compare(options.network, options.shared).items():
        print(f"face: {name} {value:.3f}".replace(".000", ""))
