"""boxmot's BoT-SORT on what `silhueta-scenes observe` wrote: the same detections, the same embeddings.

    python botsort.py [--tuned] [--cmc ecc|none|given] VIDEO=FOLDER...

writes FOLDER/boxmot.txt (MOTChallenge). Settings are those of boxmot's constructor, `--tuned` those of its command
line (boxmot 25). Camera motion is boxmot's own, from the pictures, or, with `given`, the one that was observed.
"""

import argparse
import configparser
from pathlib import Path

import cv2
import numpy as np
from boxmot import BotSort

SURE = 0.5
TUNED = dict(
    track_high_thresh=0.6297, track_low_thresh=0.1014, new_track_thresh=0.6246, track_buffer=40, match_thresh=0.7722,
    second_match_thresh=0.2880, unconfirmed_match_thresh=0.4115, proximity_thresh=0.6084, appearance_thresh=0.6189,
    unconfirmed_emb_scale=2.5445, fuse_first_associate=True, removed_stracks_buffer=329,
)


class Ready:
    """Hands over embeddings that were computed before."""

    def __init__(self):
        self.rows = None

    def get_features(self, boxes, _picture):
        assert len(boxes) == len(self.rows), "boxmot asks for other boxes than it was given"
        return self.rows


class Given:
    """Hands over the motion of the camera that was observed."""

    def __init__(self, motions):
        self.motions = iter(motions)

    def apply(self, *_args, **_words):
        return next(self.motions).reshape(2, 3)


def follow(video: Path, folder: Path, tuned: bool, cmc: str) -> None:
    info = configparser.ConfigParser()
    info.read(folder / "seqinfo.ini")
    info = info["Sequence"]
    found = np.loadtxt(folder / "det.txt", delimiter=",", ndmin=2)
    sure = found[:, 6].astype(np.float32) >= np.float32(SURE)
    views = np.fromfile(folder / "embeddings.f32", "<f4").reshape(sure.sum(), -1)
    rows = np.zeros((len(found), views.shape[1]), np.float32)
    # Detections of low score have none: BoT-SORT doesn't ask for it.
    rows[:, 0] = 1
    rows[sure] = views
    ready = Ready()
    tracker = BotSort(
        reid_model=ready, frame_rate=round(float(info["frameRate"])), use_cmc=cmc != "none", **(TUNED if tuned else {})
    )
    if cmc == "given":
        tracker.cmc = Given(np.loadtxt(folder / "camera.txt", ndmin=2))
    film = cv2.VideoCapture(str(video))
    lines = []
    for frame in range(1, int(info["seqLength"]) + 1):
        there, picture = film.read()
        assert there, f"{video} ends before frame {frame}"
        here = found[:, 0] == frame
        boxes = found[here, 2:7].astype(np.float32)
        boxes[:, 2:4] += boxes[:, :2]
        ready.rows = rows[here]
        tracks = tracker.update(np.hstack([boxes, np.zeros((len(boxes), 1), np.float32)]), picture)
        for x1, y1, x2, y2, number in (row[:5] for row in np.asarray(tracks)):
            lines.append(f"{frame},{int(number)},{x1:.3f},{y1:.3f},{x2 - x1:.3f},{y2 - y1:.3f},1,-1,-1,-1")
    (folder / "boxmot.txt").write_text("".join(line + "\n" for line in lines))
    print(folder, len({line.split(",")[1] for line in lines}), "tracks", flush=True)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--tuned", action="store_true")
    words.add_argument("--cmc", choices=["ecc", "none", "given"], default="ecc")
    words.add_argument("pairs", nargs="+", metavar="VIDEO=FOLDER")
    words = words.parse_args()
    for pair in words.pairs:
        video, folder = pair.split("=")
        follow(Path(video), Path(folder), words.tuned, words.cmc)
