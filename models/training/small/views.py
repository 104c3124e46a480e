"""What the pose network is shown of a crop: as in the product, or made over by chance, so that few people seem many.

`plain` is the product's view. `chance` turns, zooms and cuts the person, changes what is behind and in front of it, and
spoils the picture as cameras do. Points are x, y in pixels of the view; a joint's third number is how much to trust it:
0 is not known, below 0 is known to be out of the view.
"""

import cv2
import numpy as np

from crops import HEIGHT, PATCH, SEEN, WIDTH, region
from frames import FLIP

OUT = -1.0  # weight of a joint that is known to be out of the view
SURE = 0.55  # weight above which a joint is not hidden
# The bodies' parts that a view may be of: bust, down to the elbows, wrists, hips, from the shoulders down, legs.
PARTS = [list(range(7)), list(range(9)), list(range(11)), list(range(13)), list(range(5, 17)), list(range(11, 17))]
LIMBS = [(5, 7), (7, 9), (6, 8), (8, 10), (11, 13), (13, 15), (12, 14), (14, 16)]


def placed(centre, sides, linear, size=(WIDTH, HEIGHT)):
    """The 2x3 map that first applies `linear` and then brings the region there (`centre`, `sides`) to a view."""
    scale = np.array(size) / sides
    return np.concatenate([linear * scale[:, None], (np.array(size) / 2 - centre * scale)[:, None]], 1)


def moved(points, map_):
    """Points `[n, 2]` through a 2x3 map."""
    return points @ map_[:, :2].T + map_[:, 2]


def hidden_outside(joints):
    """Marks the joints that are known and out of the view."""
    x, y, weight = joints.T
    joints[((x < 0) | (x >= WIDTH) | (y < 0) | (y >= HEIGHT)) & (weight > 0.3), 2] = OUT
    return joints


def known(crops, index):
    """The joints of a crop; of a generated person, those without weight are known to be out of the frame."""
    joints = crops.joints[index].copy()
    if not crops.real[index]:
        joints[joints[:, 2] == 0, 2] = OUT
    return joints


def plain(crops, index):
    """The product's view of a crop, u8 [HEIGHT, WIDTH, 3], and its joints, f32 [17, 3]."""
    map_ = placed(*region(crops.boxes[index]), np.eye(2))
    picture = cv2.warpAffine(crops.pictures[index], map_, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    joints = known(crops, index)
    joints[:, :2] = moved(joints[:, :2], map_)
    return picture, hidden_outside(joints)


def silhouette(joints):
    """A rough mask of a person, f32 [HEIGHT, WIDTH] 0..1: limbs and trunk as thick lines, the head as a disc; None
    where too few joints are known for that."""
    if (joints[5:, 2] > 0.3).sum() < 10 or (joints[:5, 2] > 0.3).sum() < 2:
        return None
    points = joints[:, :2].clip(-500, 500)
    shoulders, hips = points[5:7].mean(0), points[11:13].mean(0)
    lengths = [np.hypot(*(points[a] - points[b])) for a, b in LIMBS]
    unit = max(np.hypot(*(shoulders - hips)), 1.2 * max(lengths), 6.0)  # about the trunk's length
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    whole = points.round().astype(np.int32)
    for a, b in LIMBS:
        cv2.line(mask, whole[a].tolist(), whole[b].tolist(), 255, max(int(unit * 0.3), 2))
    trunk = cv2.convexHull(whole[[5, 6, 11, 12]])
    cv2.fillConvexPoly(mask, trunk, 255)
    cv2.polylines(mask, [trunk], True, 255, max(int(unit * 0.25), 2))
    head = points[:5][joints[:5, 2] > 0.3].mean(0).round().astype(int).tolist()
    cv2.line(mask, head, shoulders.round().astype(int).tolist(), 255, max(int(unit * 0.25), 2))
    cv2.circle(mask, head, max(int(unit * 0.33), 3), 255, -1)
    return cv2.GaussianBlur(mask, (5, 5), 0).astype(np.float32) / 255


def over(below, above, mask):
    """`above` laid over `below` where the mask is 1."""
    mask = mask[..., None]
    return (below + (above.astype(np.float32) - below) * mask).astype(np.uint8)


def seen_box(points, weights, box, linear, part):
    """The box to be shown, after `linear`: about the seen joints of `part`, as far from them as the real box."""
    turned = points @ linear.T
    seen = weights > (SURE if (weights > SURE).sum() >= 5 else SEEN)
    chosen = [j for j in part if seen[j]] if part else np.flatnonzero(seen)
    if len(chosen) < 4:
        chosen, part = np.flatnonzero(seen), None
    low, high = points[seen].min(0), points[seen].max(0)
    size = max(high - low)
    beside = np.concatenate([low - box[:2], box[2:] - high]).clip(0.0, 0.25 * size).mean()
    if part:
        beside = max(beside, 0.06 * size)
    return np.concatenate([turned[chosen].min(0) - beside, turned[chosen].max(0) + beside])


def chance(crops, index, random, wild=1.0):
    """A view of a crop made over by chance, `wild` 0..1, and its joints."""
    joints = known(crops, index)
    mirrored = random.random() < 0.5
    if random.random() < 0.06 * wild:
        angle = random.uniform(-np.pi, np.pi)
    else:
        angle = np.radians(random.normal(0, 28 * wild if random.random() < 0.6 else 6)).clip(-1.2, 1.2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    linear[0] *= np.exp(random.normal(0, 0.06))
    part = PARTS[random.integers(len(PARTS))] if random.random() < 0.22 * wild else None
    box = seen_box(joints[:, :2], joints[:, 2], crops.boxes[index], linear, part)

    # The frame may end within the person: the box ends there too, and beyond is black.
    edge, end = None, 0.0
    if random.random() < (0.5 if part else 0.12) * wild:
        edge = int(random.choice([0, 1, 2, 3], p=[0.17, 0.13, 0.17, 0.53]))
        inward = (0.0 if part else random.uniform(0.0, 0.4)) * (box[2 + edge % 2] - box[edge % 2])
        end = box[edge] = box[edge] + (inward if edge < 2 else -inward)
    centre, sides = region(box)
    sides = sides * np.exp(random.normal(0, 0.16)).clip(0.72, 1.45)
    centre = centre + random.normal(0, 0.045, 2).clip(-0.12, 0.12) * sides
    map_ = placed(centre, sides, linear)
    border = cv2.BORDER_REPLICATE if random.random() < 0.5 else cv2.BORDER_CONSTANT
    picture = cv2.warpAffine(crops.pictures[index], map_, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=border)
    joints[:, :2] = moved(joints[:, :2], map_)
    if mirrored:
        joints = joints[FLIP]

    picture = surrounded(crops, picture, joints, random, wild)
    if random.random() < 0.3 * wild:
        picture = patched(crops, picture, joints, random)
    picture = spoilt(picture, random, wild)
    if edge is not None:
        axis = edge % 2
        place = (end - centre[axis]) * (WIDTH, HEIGHT)[axis] / sides[axis] + (WIDTH, HEIGHT)[axis] / 2
        line = int(np.clip(place, 0, (WIDTH, HEIGHT)[axis]))
        beyond = slice(0, line) if edge < 2 else slice(line, None)
        picture[(slice(None), beyond) if axis == 0 else beyond] = 0
        gone = joints[:, axis] < place if edge < 2 else joints[:, axis] >= place
        joints[gone & (joints[:, 2] > 0.3), 2] = OUT
    return picture, hidden_outside(joints).astype(np.float32)


def surrounded(crops, picture, joints, random, wild):
    """Other people beside or before the person, and another background."""
    mask = silhouette(joints) if random.random() < 0.35 * wild else None
    if mask is not None and len(crops.patches):
        behind = crops.patches[random.integers(len(crops.patches))]
        side = random.uniform(60, PATCH)
        centre, sides = random.uniform(side / 2, PATCH - side / 2, 2), np.array([side * WIDTH / HEIGHT, side])
        map_ = placed(centre, sides, np.eye(2))
        behind = cv2.warpAffine(
            behind, map_, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )  # fmt: skip
        if random.random() < 0.4:
            behind = with_another(crops, behind, None, random)
        picture = over(behind, picture, mask)
    if random.random() < 0.22 * wild:
        picture = with_another(crops, picture, joints, random)
    return picture


def with_another(crops, picture, joints, random):
    """Somebody else laid over the view, mostly beside its middle; joints that this hides count less."""
    index = random.integers(len(crops))
    centre, sides = region(crops.boxes[index])
    aside = np.array([random.choice([-1, 1]) * random.uniform(0.25, 0.65), random.normal(0, 0.2)])
    map_ = placed(centre + aside * sides, sides * np.exp(random.normal(0, 0.25)), np.eye(2))
    other = crops.joints[index].copy()
    other[:, :2] = moved(other[:, :2], map_)
    mask = silhouette(other)
    if mask is None:
        return picture
    if joints is not None:
        covered(joints, mask > 0.5)
    other = cv2.warpAffine(crops.pictures[index], map_, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    return over(picture, other, mask)


def covered(joints, mask):
    """Halves the weight of joints under a mask."""
    x, y = joints[:, :2].round().astype(int).clip(0, [WIDTH - 1, HEIGHT - 1]).T
    joints[mask[y, x] & (joints[:, 2] > 0), 2] *= 0.5


def patched(crops, picture, joints, random):
    """One to three things before the person: pieces of background or plain colour."""
    picture = np.ascontiguousarray(picture)
    for _ in range(random.integers(1, 4)):
        width, height = random.integers(6, 36), random.integers(6, 48)
        x, y = random.integers(-width // 2, WIDTH - width // 2), random.integers(-height // 2, HEIGHT - height // 2)
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        if random.random() < 0.5:
            cv2.rectangle(mask, (x, y), (x + width, y + height), 1, -1)
        else:
            middle = (int(x + width // 2), int(y + height // 2))
            cv2.ellipse(mask, middle, (int(width // 2), int(height // 2)), random.uniform(0, 180), 0, 360, 1, -1)
        mask = mask.astype(bool)
        if random.random() < 0.5 and len(crops.patches):
            top, left = random.integers(0, PATCH - HEIGHT), random.integers(0, PATCH - WIDTH)
            thing = crops.patches[random.integers(len(crops.patches))][top : top + HEIGHT, left : left + WIDTH]
            picture[mask] = thing[mask]
        else:
            picture[mask] = random.integers(0, 256, 3)
        covered(joints, mask)
    return picture


def spoilt(picture, random, wild):
    """Light, colour, sharpness and noise of some camera or other."""
    mix = np.eye(3)
    if random.random() < 0.15 * wild:
        mix = mix[random.permutation(3)]
    if random.random() < 0.15:
        mix = np.tile([[0.114, 0.587, 0.299]], (3, 1))
    elif random.random() < 0.5 * wild:
        mix = mix + random.normal(0, 0.12, (3, 3))
    gain = np.exp(random.normal(0, 0.12 * wild, 3) + random.normal(0, 0.25 * wild))
    lift = random.normal(0, 18 * wild)
    picture = cv2.transform(picture, np.concatenate([mix * gain[:, None], np.full((3, 1), lift)], 1))
    if random.random() < 0.2 * wild:
        curve = (np.linspace(0, 1, 256) ** np.exp(random.normal(0, 0.4)) * 255).astype(np.uint8)
        picture = cv2.LUT(picture, curve)
    dirt = random.random()
    if dirt < 0.2 * wild:
        small = random.uniform(0.25, 0.8)
        picture = cv2.resize(picture, (int(WIDTH * small), int(HEIGHT * small)), interpolation=cv2.INTER_AREA)
        picture = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    elif dirt < 0.32 * wild:
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.5, 1.8))
    elif dirt < 0.4 * wild:
        length = int(random.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        ends = random.integers(0, length, (2, 2)).tolist()
        cv2.line(kernel, ends[0], ends[1], 1.0)
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum())
    if random.random() < 0.15 * wild:
        quality = int(random.integers(15, 70))
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    if random.random() < 0.25 * wild:
        noise = random.standard_normal((HEIGHT, WIDTH, 3), np.float32) * random.uniform(2, 14)
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return picture
