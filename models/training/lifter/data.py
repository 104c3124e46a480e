"""Batches for the lifter: generated people, seen through cameras of chance, their joints as a 2D network gives them."""

import numpy as np

WINDOW = 27
# COCO's left and right, for the mirror.
MIRROR = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
# What a limb takes with it when it turns: (about which joint, which joints).
LIMBS = [(5, [7, 9]), (6, [8, 10]), (7, [9]), (8, [10]), (11, [13, 15]), (12, [14, 16]), (13, [15]), (14, [16])]


def h36m(coco):
    """Human3.6M's 17 joints of COCO's, as the worker makes them (helper/vision/src/lifter/joints.rs)."""
    out = np.empty_like(coco)
    out[..., 0, :] = (coco[..., 11, :] + coco[..., 12, :]) / 2
    out[..., 8, :] = (coco[..., 5, :] + coco[..., 6, :]) / 2
    out[..., 7, :] = (out[..., 0, :] + out[..., 8, :]) / 2
    out[..., 10, :] = (coco[..., 1, :] + coco[..., 2, :]) / 2
    out[..., [1, 2, 3, 4, 5, 6, 9, 11, 12, 13, 14, 15, 16], :] = coco[
        ..., [12, 14, 16, 11, 13, 15, 0, 5, 7, 9, 6, 8, 10], :
    ]
    return out


def rotation(axis, angle):
    """Rotation matrices [..., 3, 3] about unit vectors (Rodrigues)."""
    x, y, z = np.moveaxis(axis, -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    sin, cos = np.sin(angle)[..., None, None], np.cos(angle)[..., None, None]
    return np.eye(3, dtype=np.float32) + sin * cross + (1 - cos) * (cross @ cross)


def directions(rng, n):
    v = rng.standard_normal((n, 3)).astype(np.float32)
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def windows(rng, clips, n):
    """Windows [n, WINDOW, 17, 3] about a frame; beyond a clip's ends its first and last frame stand."""
    clip, centre = rng.integers(len(clips), size=n), rng.integers(clips.shape[1], size=n)
    step = np.where(rng.random(n) < 0.15, 2, 1)
    offsets = (np.arange(WINDOW) - WINDOW // 2)[None] * step[:, None]
    return clips[clip[:, None], np.clip(centre[:, None] + offsets, 0, clips.shape[1] - 1)]


def varied(rng, joints):
    """Limbs and whole bodies turned as no clip has them, and mirrored: more poses than the clips hold."""
    n = len(joints)
    joints = joints.copy()
    for about, moved in LIMBS:
        some = np.flatnonzero(rng.random(n) < 0.25)
        turn = rotation(directions(rng, len(some)), rng.normal(0, 0.6, len(some)).astype(np.float32))
        at = joints[some][:, :, [about]]
        limb = np.einsum("nij,ntkj->ntki", turn, joints[some][:, :, moved] - at) + at
        joints[some[:, None, None], np.arange(WINDOW)[:, None], np.array(moved)] = limb
    root = joints[:, WINDOW // 2, [11, 12]].mean(1)[:, None, None]
    tilt = np.where(rng.random(n) < 0.06, rng.normal(0, 1.2, n), rng.normal(0, 0.1, n)).astype(np.float32)
    joints = np.einsum("nij,ntkj->ntki", rotation(directions(rng, n), tilt), joints - root) + root
    mirrored = rng.random(n) < 0.5
    flipped = joints[:, :, MIRROR] * np.array([-1, 1, 1], np.float32)
    return np.where(mirrored[:, None, None, None], flipped, joints)


def seen(rng, joints, noise):
    """Joints in the picture [n, WINDOW, 17, 2] and in the camera's axes about the middle frame's root [n, 17, 3].

    Through pinholes of 35 to 90 degrees across pictures of several shapes, from 15 degrees below to 45 above, with
    the person anywhere in the picture, a sixth to all of its height.
    """
    n = len(joints)
    uniform = lambda low, high: rng.uniform(low, high, n).astype(np.float32)
    root = joints[:, WINDOW // 2, [11, 12]].mean(1)[:, None, None]
    yaw, pitch, roll = uniform(-np.pi, np.pi), uniform(-0.26, 0.79), uniform(-0.07, 0.07)
    about = lambda axis: np.broadcast_to(np.float32(axis), (n, 3))
    # The world's z up becomes the camera's y down.
    upright = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float32)
    turn = rotation(about([0, 0, 1]), roll) @ rotation(about([1, 0, 0]), pitch) @ upright
    turn = turn @ rotation(about([0, 0, 1]), yaw)
    own = np.einsum("nij,ntkj->ntki", turn, joints - root)
    focal = 1 / np.tan(uniform(np.radians(35), np.radians(90)) / 2)
    shape = rng.choice(np.float32([9 / 16, 9 / 16, 3 / 4, 1, 16 / 9]), n)
    share = np.exp(uniform(np.log(0.15), np.log(1.0)))
    # A person of 1.7 m takes `share` of the picture's height.
    away = np.maximum(1.7 * focal / (2 * shape * share), 1.2)
    place = np.stack([uniform(-0.8, 0.8), uniform(-0.7, 0.7) * shape, np.ones(n, np.float32)], -1)
    place[:, :2] /= focal[:, None]
    whole = own + (place * away[:, None])[:, None, None]
    picture = whole[..., :2] / np.maximum(whole[..., 2:], 0.2) * focal[:, None, None, None]
    if noise:
        picture = disturbed(rng, picture)
    target = h36m(own[:, WINDOW // 2])
    return h36m(picture).astype(np.float32), target - target[:, :1]


def disturbed(rng, picture):
    """Errors as a 2D network makes them: of each frame, of a joint throughout, gross ones for a while, sides changed."""
    n = len(picture)
    size = picture[:, WINDOW // 2].std(1).mean(-1)[:, None, None, None]
    much = rng.uniform(0.3, 1.7, (n, 1, 1, 1))
    picture = picture + (0.035 * much * size * rng.standard_normal(picture.shape)).astype(np.float32)
    picture = picture + (0.05 * much * size * rng.standard_normal((n, 1, 17, 2))).astype(np.float32)
    gross = (rng.random((n, 1, 17, 1)) < 0.02) & (rng.random((n, WINDOW, 1, 1)) < 0.5)
    picture = picture + gross * (0.4 * size * rng.standard_normal(picture.shape)).astype(np.float32)
    changed = (rng.random((n, 1)) < 0.03) & (rng.random((n, WINDOW)) < 0.1)
    legs = picture[:, :, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 11, 14, 13, 16, 15]]
    return np.where(changed[..., None, None], legs, picture).astype(np.float32)


def batch(rng, clips, n, varies=True, noise=True):
    """Joints in the picture, and the truth of each window's middle frame."""
    joints = windows(rng, clips, n)
    return seen(rng, varied(rng, joints) if varies else joints, noise)
