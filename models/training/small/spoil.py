"""What cameras do to pictures, by chance: light and colour, blur, low resolution, noise and compression.

`spoil(picture, random)` takes and gives u8 [height, width, 3], BGR, of the same size. The re-identification and the
face network see everything through it, since generated pictures are cleaner than any camera's. `strength` of 1 is what
is seen in ordinary videos; less is milder.
"""

import cv2
import numpy as np


def light(random, strength=1.0):
    """Exposure, white balance, gamma and a lifted black by chance, for `cv2.LUT`."""
    gain = np.exp(random.normal(0, 0.22 * strength)) * np.exp(random.normal(0, 0.07 * strength, 3))
    curve, lift = np.exp(random.normal(0, 0.2 * strength)), random.normal(0, 8 * strength)
    levels = np.arange(256)[:, None] / 255
    return np.clip(255 * gain * levels**curve + lift, 0, 255).astype(np.uint8).reshape(256, 1, 3)


def colours(picture, random, strength=1.0):
    """Another light, and now and then another saturation."""
    picture = cv2.LUT(picture, light(random, strength))
    if random.random() < 0.35:
        grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        share = random.uniform(1 - 0.6 * strength, 1 + 0.5 * strength)
        picture = cv2.addWeighted(picture, share, grey, 1 - share, 0)
    return picture


def spoil(picture, random, strength=1.0, tint=1.0):
    """The picture as a worse camera would have taken and kept it; `tint` is the strength of the change of colours."""
    height, width = picture.shape[:2]
    if random.random() < 0.85:
        picture = colours(picture, random, tint)
    chance = random.random()
    if chance < 0.22 * strength:
        less = np.exp(random.uniform(np.log(0.3), np.log(0.8)))
        small = (max(int(width * less), 8), max(int(height * less), 8))
        way = cv2.INTER_AREA if random.random() < 0.5 else cv2.INTER_LINEAR
        picture = cv2.resize(cv2.resize(picture, small, interpolation=way), (width, height))
    elif chance < 0.32 * strength:
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.6))
    elif chance < 0.4 * strength:
        line = np.zeros((7, 7), np.float32)
        x, y = random.integers(0, 7, 2).tolist()
        cv2.line(line, (x, y), (6 - x, 6 - y), 1)
        picture = cv2.filter2D(picture, -1, line / line.sum())
    elif chance > 0.93:
        picture = cv2.addWeighted(picture, 1.8, cv2.GaussianBlur(picture, (0, 0), 1.2), -0.8, 0)  # sharpened
    if random.random() < 0.2 * strength:
        noise = cv2.randn(np.empty(picture.shape, np.int16), 0, random.uniform(2, 14))
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if random.random() < 0.2 * strength:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 75))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)
    return picture
