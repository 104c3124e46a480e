"""Generated people: writes random scene scripts, plays them with `silhueta-scenes`, keeps the frames and their truth.

    python scenes.py make FOLDER --scenes 400 --seed 100000 --jobs 2 [--program target/release/silhueta-scenes]

Each cast plays in two scenes (`castN.a`, `castN.b`) with another place, light and camera, so that one identity is seen
under different conditions: a person's `look.seed` alone decides the body and is the identity's number. The scripts
have one frame a second, so that no two frames are alike, and most cameras jump every few frames. The same seed gives
the same scripts. A few scenes more (`emptyN`) have nobody in them. Seeds start at 100000: smaller ones belong to the
benchmarks' own scenes.
"""

import argparse
import json
import math
import os
import random
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

import frames

FIRST_SEED = 100_000

# The ground where people may be, metres: x from, x to, y from, y to (somewhat less than the generator allows).
GROUND = {
    "street": (-11, 11, -4.6, 5.8), "square": (-13, 13, -13, 13), "park": (-11, 11, -3.8, 6.3),
    "room": (-4.5, 4.5, -8, 2.8),
    "shop": (-6, 6, -8, 6), "corridor": (-1.3, 1.3, -8.5, 15), "studio": (-11, 11, -9.5, 3.8),
}  # fmt: skip
OUTDOORS = ("street", "square", "park")
# Outdoors and indoors.
LIGHTS = {
    True: ("sun", "sun", "overcast", "overcast", "evening", "lamps", "night"),
    False: ("lamps", "lamps", "sun", "overcast", "evening", "night"),
}
SIZES = ((640, 360), (640, 360), (768, 432), (480, 640), (640, 480), (432, 768))
THINGS = {
    True: ("bench", "plant", "tree", "car", "crate", "lamp", "wall", "table", "chair"),
    False: ("chair", "sofa", "table", "shelf", "pillar", "wall", "plant", "crate"),
}
# How a scene is taken: likelihood, how many people, and in metres the half width of their ground and the camera's
# distance and height.
SHOTS = {
    "face": (0.15, (1, 3), 0.5, (0.8, 2.0), (1.0, 1.9)),
    "near": (0.26, (1, 4), 0.9, (1.8, 3.6), (0.7, 2.4)),
    "whole": (0.24, (1, 6), 2.2, (3.5, 7.0), (0.8, 3.5)),
    "crowd": (0.16, (6, 9), 1.7, (3.5, 8.0), (1.2, 4.5)),
    "wide": (0.12, (3, 8), 5.0, (7.0, 12.0), (1.5, 6.0)),
    "far": (0.05, (2, 8), 4.0, (14.0, 22.0), (2.0, 6.0)),
    "empty": (0.03, (0, 0), 2.0, (2.0, 8.0), (0.8, 4.0)),
    "things": (0.0, (0, 0), 4.0, (2.0, 10.0), (0.8, 4.0)),  # of scenes that are made to have nobody in them
}
VIEWS = {"face": (30, 60), "near": (40, 80), "far": (35, 60)}
SEEN_FACE = 0.4  # share of the landmarks that must be seen for a face to be one that should be found


def cast_of(number):
    """The people of a cast: looks in the script's words; a few casts wear the same, so that clothes don't tell all."""
    chance = random.Random(f"cast {number}")
    same = {}

    def colour():
        # Mostly greyish, as clothes are.
        grey, strength = chance.randrange(20, 220), chance.choice((8, 25, 25, 70))
        return [min(max(round(grey + chance.gauss(0, strength)), 5), 250) for _ in range(3)]

    if chance.random() < 0.2:
        same = {"garments": chance.choice(("shirt", "sweater", "jacket", "coat", "shorts"))}
        same |= {part: colour() for part in ("top", "bottom")}
    looks = []
    for n in range(9):
        look = {"seed": number * 100 + n, **same}
        if not same and chance.random() < 0.25:
            # Other colours than those that the generator chooses by itself.
            look |= {part: colour() for part in ("top", "bottom") if chance.random() < 0.7}
        if chance.random() < 0.08:
            look["height"] = round(chance.uniform(1.05, 1.5), 2)
        looks.append(look)
    return looks


def script_of(number, part, empty=False):
    """A cast's scene as a dict in the words of the generator's scripts; `part` 0 or 1. An empty one has things only."""
    chance = random.Random(f"scene {number} {part}")
    # Both scenes of a cast never share a place; the shots are drawn one by one.
    places = random.Random(f"places {number}").sample(sorted(GROUND), 2)
    shot = "things" if empty else chance.choices(list(SHOTS), [row[0] for row in SHOTS.values()])[0]
    place = places[part]
    if shot in ("far", "wide") and place not in OUTDOORS:
        place = ("square", "street")[part]
    if shot == "far":
        place = "square"
    _, people, half, distances, heights = SHOTS[shot]
    ground = GROUND[place]
    outside = place in OUTDOORS
    size = chance.choice(SIZES)
    count = chance.randint(20, 26)

    # The middle of what happens leaves the camera its room towards the front. Only the square is built all around.
    margin = 4.0 if outside else 0.0
    low, high = ground[2] - margin + 0.8 * distances[1], max(ground[3] - half, ground[2] + 1)
    middle = [chance.uniform(ground[0] * 0.6, ground[1] * 0.6), chance.uniform(min(low, high), high)]
    front = chance.uniform(-math.pi, math.pi) if place == "square" and shot != "far" else 0.0
    if shot == "far":
        middle = [chance.uniform(-5, 5), chance.uniform(2, 8)]

    def free(point):
        return [round(min(max(point[0], ground[0]), ground[1]), 2), round(min(max(point[1], ground[2]), ground[3]), 2)]

    def spot(reach=1.0):
        return free([middle[0] + chance.uniform(-half, half) * reach, middle[1] + chance.uniform(-half, half) * reach])

    things = []

    def put(kind, at, facing):
        if all(math.dist(at, eye[:2]) > 1.1 for eye in eyes):
            things.append({"kind": kind, "at": [round(v, 2) for v in at], "facing": round(facing)})

    looks = cast_of(number)
    spots, amount = [], chance.randint(*people)
    while len(spots) < amount:
        for _ in range(20):
            at = spot()
            if all(math.dist(at, other) > (0.45 if shot == "crowd" else 0.6) for other in spots):
                break
        spots.append(at)
    camera, eyes = camera_of(chance, shot, place, margin, spots or [middle], front, count)

    players = []
    for n, at in enumerate(spots):
        towards = math.degrees(front) - 90
        near = shot in ("face", "near")
        frontal = chance.random() < (0.75 if near else 0.35)
        facing = towards + chance.gauss(0, 35) if frontal else chance.uniform(-180, 180)
        steps = steps_of(chance, shot, spot, at, towards, count, put, facing)
        player = {"name": f"p{n}", "at": at, "facing": round(facing), "look": looks[n], "steps": steps}
        if chance.random() < 0.06:
            player["from"] = chance.randint(1, 4)
        players.append(player)
    amounts = {"face": (0, 0, 1, 2), "things": range(4, 15)}.get(shot, (0, 1, 2, 3, 5))
    for _ in range(chance.choice(amounts)):
        at = [middle[0] + chance.uniform(-1.8, 1.8) * half, middle[1] + chance.uniform(-1.3, 1.8) * half]
        if all(math.dist(at, player["at"]) > 0.9 for player in players):
            kind = chance.choice(THINGS[outside])
            put(kind, free(at), chance.choice((-90, -90, 0, 90, 180, chance.uniform(-180, 180))))

    light = chance.choice(LIGHTS[outside])
    picture = {
        "noise": round(chance.choice((0.5, 2, 3, 4, 7, 12)) * chance.uniform(0.6, 1.3), 1),
        "blur": round(chance.choice((0.3, 0.6, 0.6, 0.9, 1.5)) * chance.uniform(0.7, 1.2), 2),
        "exposure": round(math.exp(chance.gauss(0.45 if light == "night" else 0, 0.22)), 2),
        "compression": chance.choice((18, 20, 23, 26, 28, 32)),
    }
    if chance.random() < 0.08:
        picture["shutter"] = round(chance.uniform(0.02, 0.05), 3)  # seconds, at one frame a second
    return {
        "title": f"cast {number}, part {part}: {shot}",
        "seed": number * 2 + part,
        "size": list(size),
        "fps": 1,
        "seconds": count,
        "place": place,
        "light": light,
        "camera": camera,
        "picture": picture,
        "things": things,
        "people": players,
    }


def camera_of(chance, shot, place, margin, spots, front, count):
    """A camera, and all places where it is. Standing, moving slowly, or jumping to another place every few frames.

    It looks at where one of the people begins (`spots`), more or less from the `front` (radians, 0: from -y), and stays
    within the walls; outdoors it may stand `margin` metres before the ground that is free.
    """
    _, _, _, distances, heights = SHOTS[shot]
    low, high = VIEWS.get(shot, (45, 90))
    ground, ceiling = GROUND[place], 6.0 if place in OUTDOORS else 2.5
    spread = 0.3 if place == "studio" else 0.55  # radians; beside the studio's backdrop there is nothing

    def key(moment):
        spot = chance.choice(spots)
        turn, far = front + chance.gauss(0, spread), chance.uniform(*distances)
        for _ in range(10):
            at = [spot[0] + far * math.sin(turn), spot[1] - far * math.cos(turn)]
            at = [min(max(at[0], ground[0]), ground[1]), min(max(at[1], ground[2] - margin), ground[3])]
            if math.dist(at, spot) > 0.7 * distances[0]:
                break
            turn = chance.uniform(-math.pi, math.pi)
        height = min(chance.uniform(*heights), ceiling)
        aim = {"face": (1.35, 1.6), "near": chance.choice(((0.6, 1.1), (1.0, 1.5)))}.get(shot, (0.5, 1.3))
        aside = 0.08 * far
        look = [spot[0] + chance.gauss(0, aside), spot[1] + chance.gauss(0, aside), chance.uniform(*aim)]
        if math.dist(at, look[:2]) < 0.3:
            look[1] = at[1] + 0.5
        return {
            "time": moment, "at": [round(v, 2) for v in (*at, height)], "look": [round(v, 2) for v in look],
            "view": round(chance.uniform(low, high)),
        }  # fmt: skip

    kind = "jumps" if shot == "things" else chance.choices(("stands", "moves", "jumps"), (0.35, 0.15, 0.5))[0]
    if kind == "stands":
        keys = [key(0.0)]
    elif kind == "moves":
        first = key(0.0)
        last = {**first, "time": float(count), "at": [v + chance.uniform(-0.5, 0.5) for v in first["at"]]}
        last["look"] = [v + chance.uniform(-0.4, 0.4) for v in first["look"]]
        keys = [first, last]
    else:
        keys, now, every = [], 0, 1 if shot == "things" else chance.choice((2, 3, 4))
        while now < count:
            here = key(float(now))
            keys += [here, {**here, "time": now + every - 0.5}]
            now += every
    camera = {"keys": keys}
    if kind != "stands" and chance.random() < 0.5:
        camera["shake"] = round(chance.uniform(0.2, 1.5), 2)
    return camera, [key_["at"] for key_ in keys]


def steps_of(chance, shot, spot, at, towards, count, put, facing):
    """What somebody does for `count` seconds; may put a seat behind them."""
    steps = []
    if chance.random() < (0.6 if shot in ("face", "near") else 0.25):
        steps.append({"do": "look_at", "target": "camera"})
    spent = 0.0
    if shot in ("face", "near", "whole", "crowd") and chance.random() < (0.05 if shot == "face" else 0.2):
        behind = math.radians(facing)
        seat = [at[0] - 0.45 * math.cos(behind), at[1] - 0.45 * math.sin(behind)]
        put(chance.choice(("chair", "chair", "bench")), seat, facing)
        seconds = chance.uniform(5, count)
        steps.append({"do": "sit", "seconds": round(seconds, 1)})
        spent += seconds
    still = {"face": 0.75, "near": 0.5, "whole": 0.3, "crowd": 0.25}.get(shot, 0.15)
    while spent < count:
        if chance.random() < 1 - still and shot != "face":
            goal = spot(1.3)
            if math.dist(goal, at) < 0.4:
                continue
            if shot != "near" and chance.random() < 0.25:
                speed = chance.uniform(2.4, 5.5)
                steps.append({"do": "run", "to": goal, "speed": round(speed, 2)})
            else:
                speed = chance.uniform(0.6, 1.9)
                steps.append({"do": "walk", "to": goal, "speed": round(speed, 2)})
            spent += math.dist(goal, at) / speed + 0.5
            at = goal
            continue
        do = chance.choices(
            ("stand", "turn", "wave", "pick_up", "take", "dance", "look", "fall"), (2, 3, 2, 1.5, 1.5, 2.5, 2, 0.5)
        )[0]
        seconds = chance.uniform(2.5, 5.0)
        if do == "turn":
            ahead = towards + chance.gauss(0, 40) if chance.random() < 0.6 else chance.uniform(-180, 180)
            steps.append({"do": "turn", "to": round(ahead), "seconds": 1.2})
            seconds = 1.2
        elif do == "look":
            point = [*spot(2.0), round(chance.uniform(0.2, 2.2), 2)]
            steps.append({"do": "look_at", "target": chance.choice(("camera", "camera", "ahead", {"point": point}))})
            seconds = 0.1
        elif do == "take":
            steps.append({"do": "take", "height": round(chance.uniform(0.5, 1.8), 2), "seconds": round(seconds, 1)})
        elif do == "fall":
            if shot == "face":
                continue
            seconds = chance.uniform(4, 9)
            steps.append({"do": "fall", "seconds": round(seconds, 1)})
        else:
            steps.append({"do": do, "seconds": round(seconds, 1)})
        spent += seconds
    return steps


def toml(value):
    """A value as TOML, tables in line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return json.dumps(value)


def read_truth(folder, video, looks, clip):
    """The frames of a video that was played, with what is true of them."""
    truth = json.loads((folder / "coco.json").read_text())
    by_image = {}
    for row in truth["annotations"]:
        by_image.setdefault(row["image_id"], []).append(row)
    capture = cv2.VideoCapture(str(video))
    result = []
    for image in truth["images"]:
        there, picture = capture.read()
        if not there:
            raise ValueError(f"{video}: ends before its truth")
        size = (image["width"], image["height"])
        people, faces = [], []
        for row in by_image.get(image["id"], []):
            person, face = person_of(row, size, looks)
            if person is not None:
                people.append(person)
            if face is not None:
                faces.append(face)
        result.append(frames.Frame(frames.encode(picture), size, people, "scene", clip, faces))
    return result


def person_of(row, size, looks):
    """A row of the truth as a person and a face, or None where nothing of them is seen."""
    if not row.get("visible_bbox"):
        return None, None
    limits = np.array([size[0], size[1]] * 2, np.float32)
    corners = np.float32(row["visible_bbox"])
    box = np.clip([*corners[:2], *(corners[:2] + corners[2:])], 0, limits).astype(np.float32)
    if (box[2:] - box[:2]).min() < 2:
        return None, None
    keypoints = np.float32(row["keypoints"]).reshape(17, 3)
    keypoints[:, 2] /= 2
    person = frames.Person(box, row["visibility"], 1.0, keypoints, looks[row["track_id"] - 1])
    face, seen = None, row.get("face")
    if seen and seen["visibility"] > 0:
        corners = np.float32(seen["bbox"])
        bounds = np.clip([*corners[:2], *(corners[:2] + corners[2:])], 0, limits).astype(np.float32)
        # The truth begins with the left eye and the left corner of the mouth.
        points = np.float32(seen["landmarks"]).reshape(5, 3)[[1, 0, 2, 4, 3]]
        clear = seen["visibility"] >= SEEN_FACE and (points[:, 2] > 0).all()
        points[points[:, 2] == 0, :2] = (bounds[:2] + bounds[2:]) / 2
        if (bounds[2:] - bounds[:2]).min() >= 2:
            face = (bounds, points[:, :2], 1.0 if clear else 0.3)
        if clear:
            person.face, person.landmarks = bounds, points[:, :2]
    return person, face


def play(program, folder, number, part, empty=False):
    """One scene, from its script to its frames; answers how many there are, or 0 where it is already there."""
    clip = f"{'empty' if empty else 'cast'}{number}.{'ab'[part]}"
    path = folder / f"{clip}.frames"
    if path.exists():
        return 0
    script = script_of(number, part, empty)
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        (place / "scene.toml").write_text("\n".join(f"{key} = {toml(value)}" for key, value in script.items()))
        done = subprocess.run(
            [program, "make", place / "scene.toml", "--out", place],
            capture_output=True, text=True, env={**os.environ, "RAYON_NUM_THREADS": "1"},
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{clip}: {done.stderr.strip()}\n{(place / 'scene.toml').read_text()}")
        looks = [person["look"]["seed"] for person in script["people"]]
        result = read_truth(place / "scene.truth", place / "scene.mp4", looks, clip)
    frames.write(path, result)
    return len(result)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("task", choices=["make"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--empty", type=int, default=60, help="scenes without people, besides")
    parser.add_argument("--seed", type=int, default=FIRST_SEED)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--program", default="target/release/silhueta-scenes")
    given = parser.parse_args()
    if given.seed < FIRST_SEED:
        parser.error(f"seeds below {FIRST_SEED} belong to the benchmarks")
    given.folder.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    begun, total = time.time(), 0
    with ThreadPoolExecutor(given.jobs) as pool:
        scenes = [(given.seed + n // 2, n % 2) for n in range(given.scenes)]
        scenes += [(given.seed + n // 2, n % 2, True) for n in range(given.empty)]
        tasks = [pool.submit(play, given.program, given.folder, *scene) for scene in scenes]
        for n, task in enumerate(tasks):
            total += task.result()
            if n % 20 == 19 or n + 1 == len(tasks):
                own, children = os.times()[:2], os.times()[2:4]
                cpu = sum(own) + sum(children)
                print(f"{n + 1} scenes, {total} frames, {time.time() - begun:.0f} s, {cpu:.0f} CPU s", flush=True)


if __name__ == "__main__":
    main()
