"""Pictures with what is true of them (or what teachers say), as the four trainings read them.

`scenes.py` and `labels.py` write one `NAME.frames` for each clip; `read` gives the frames of a whole folder, `split`
parts them into training and validation. A file holds, one after the other: the length of the JSON text (u64, little
endian), the JSON text (everything but the pictures), and the pictures as JPEG. Boxes and points are pixels, x to the
right and y down, and 0, 0 is the corner of the first pixel.
"""

import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

# COCO's order of the keypoints, and which of them change places when a picture is flipped.
KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
FLIP = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]

# Of the generated casts this many in a hundred are kept for validation, and of the real clips these parts.
VALIDATION_SHARE = 6
VALIDATION_PARTS = ("one_by_one.end",)


@dataclass
class Person:
    """Somebody in a frame."""

    box: np.ndarray  # f32 [4] x1 y1 x2 y2 around what is seen of the person, inside the picture
    visible: float = 1.0  # share of the body that is seen, 0..1; 1 where unknown
    score: float = 1.0  # 1 for truth, a teacher's score otherwise
    keypoints: np.ndarray | None = None  # f32 [17, 3] x, y, weight: truth 1 seen, 0.5 hidden, 0 outside; or confidence
    identity: int = -1  # unique over the whole dataset, -1 unknown
    face: np.ndarray | None = None  # f32 [4] x1 y1 x2 y2, None where no face is to be seen
    landmarks: np.ndarray | None = None  # f32 [5, 2] right eye, left eye, nose, right and left corner of the mouth


@dataclass
class Frame:
    """A picture and who is in it."""

    jpeg: bytes  # quality 92
    size: tuple[int, int]  # width, height
    people: list[Person]
    source: str  # "scene" (generated, truth) or "real" (teachers' labels)
    clip: str  # GROUP.PART: frames of a group never come to both sides of `split`
    # (box f32 [4], landmarks f32 [5, 2], score) of all faces of the frame. Below a score of 0.5 a face is only to be
    # left alone (cut, hidden, doubtful, or not to be learned from) and its landmarks may be wrong.
    faces: list = field(default_factory=list)

    def image(self) -> np.ndarray:
        """The picture, u8 [height, width, 3], BGR."""
        return cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)


def encode(image) -> bytes:
    """A BGR picture as the JPEG that frames keep."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


def _list(array, digits=2):
    return None if array is None else np.round(np.asarray(array, np.float64), digits).tolist()


def _array(values):
    return None if values is None else np.asarray(values, np.float32)


def write(path, frames):
    """Writes a clip's frames; the file gets its name when it is whole."""
    rows = [
        {
            "bytes": len(frame.jpeg),
            "size": [int(side) for side in frame.size],
            "source": frame.source,
            "clip": frame.clip,
            "people": [
                {
                    "box": _list(person.box),
                    "visible": round(float(person.visible), 4),
                    "score": round(float(person.score), 4),
                    "keypoints": _list(person.keypoints, 3),
                    "identity": int(person.identity),
                    "face": _list(person.face),
                    "landmarks": _list(person.landmarks),
                }
                for person in frame.people
            ],
            "faces": [[_list(box), _list(landmarks), round(float(score), 4)] for box, landmarks, score in frame.faces],
        }
        for frame in frames
    ]
    text = json.dumps(rows, separators=(",", ":")).encode()
    part = Path(f"{path}.part")
    with part.open("wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for frame in frames:
            file.write(frame.jpeg)
    part.replace(path)


def read_file(path) -> list[Frame]:
    """The frames of one file."""
    data = Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    frames = []
    for row in json.loads(data[8:start]):
        people = [
            Person(
                _array(p["box"]), p["visible"], p["score"], _array(p["keypoints"]), p["identity"], _array(p["face"]),
                _array(p["landmarks"]),
            )
            for p in row["people"]
        ]  # fmt: skip
        faces = [(_array(box), _array(landmarks), score) for box, landmarks, score in row["faces"]]
        jpeg = data[start : start + row["bytes"]]
        frames.append(Frame(jpeg, tuple(row["size"]), people, row["source"], row["clip"], faces))
        start += row["bytes"]
    return frames


def read(folder, source=None) -> list[Frame]:
    """The frames of all files of a folder, always in the same order; those of one `source` alone if it is given."""
    frames = [frame for path in sorted(Path(folder).glob("*.frames")) for frame in read_file(path)]
    return [frame for frame in frames if source in (None, frame.source)]


def held_out(frame) -> bool:
    """Whether a frame is for validation. It depends on nothing but its clip's name."""
    if frame.source == "real":
        return frame.clip in VALIDATION_PARTS
    return zlib.crc32(frame.clip.split(".")[0].encode()) % 100 < VALIDATION_SHARE


def split(frames) -> tuple[list[Frame], list[Frame]]:
    """Training and validation."""
    sides = ([], [])
    for frame in frames:
        sides[held_out(frame)].append(frame)
    return sides
