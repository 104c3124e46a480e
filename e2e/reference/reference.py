"""Reference numbers from ONNX Runtime, numpy, OpenCV and rtmlib, for tests of our own decoding.

reference.py tensors MODELS IMAGE OUT   raw outputs of every detector on one picture, and what numpy decodes
reference.py pose MODEL BOXES           rtmlib's keypoints; BOXES is a JSON list of [image, [x1, y1, x2, y2]]
Prints JSON; raw outputs go to OUT as little-endian f32/i64.
"""
import contextlib
import json
import os
import sys

import cv2
import numpy as np
import onnxruntime


def run(path, tensor):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: tensor})


def center_letterbox(image, side):
    h, w = image.shape[:2]
    r = min(side / h, side / w)
    nw, nh = round(w * r), round(h * r)
    dw, dh = (side - nw) / 2, (side - nh) / 2
    top, left = round(dh - 0.1), round(dw - 0.1)
    canvas = np.full((side, side, 3), 114, np.uint8)
    canvas[top:top + nh, left:left + nw] = cv2.resize(image, (nw, nh), interpolation=cv2.INTER_LINEAR)
    return canvas, r, left, top


def corner_letterbox(image, side):
    h, w = image.shape[:2]
    r = min(side / h, side / w)
    nw, nh = int(w * r), int(h * r)
    canvas = np.full((side, side, 3), 114, np.uint8)
    canvas[:nh, :nw] = cv2.resize(image, (nw, nh), interpolation=cv2.INTER_LINEAR)
    return canvas, r, 0, 0


def planar(canvas):
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)


def nms(boxes, scores, limit, extra):
    order, keep = np.argsort(-scores, kind="stable"), []
    areas = (boxes[:, 2] - boxes[:, 0] + extra) * (boxes[:, 3] - boxes[:, 1] + extra)
    while len(order):
        i, rest = order[0], order[1:]
        keep.append(i)
        w = np.minimum(boxes[i, 2], boxes[rest, 2]) - np.maximum(boxes[i, 0], boxes[rest, 0]) + extra
        h = np.minimum(boxes[i, 3], boxes[rest, 3]) - np.maximum(boxes[i, 1], boxes[rest, 1]) + extra
        inter = np.maximum(w, 0) * np.maximum(h, 0)
        order = rest[inter / (areas[i] + areas[rest] - inter) <= limit]
    return keep


def corners(cx, cy, w, h):
    return np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], 1)


def yolox(out, side):
    rows, parts = out[0], []
    for s in (8, 16, 32):
        n = side // s
        y, x = np.mgrid[:n, :n]
        parts.append(np.stack([x.ravel(), y.ravel(), np.full(n * n, s)], 1))
    grid = np.concatenate(parts).astype(np.float32)
    xy = (rows[:, :2] + grid[:, :2]) * grid[:, 2:]
    wh = np.exp(rows[:, 2:4]) * grid[:, 2:]
    scores = rows[:, 4] * rows[:, 5]
    ok = (scores >= 0.1) & (rows[:, 5:].argmax(1) == 0)
    boxes, scores = corners(xy[ok, 0], xy[ok, 1], wh[ok, 0], wh[ok, 1]), scores[ok]
    keep = nms(boxes, scores, 0.45, 1)
    return boxes[keep], scores[keep]


def yolov8(out):
    p = out[0].T
    ok = (p[:, 4] > 0.1) & (p[:, 4:].argmax(1) == 0)
    boxes, scores = corners(*p[ok, :4].T), p[ok, 4]
    keep = nms(boxes, scores, 0.7, 0)
    return boxes[keep], scores[keep]


def end_to_end(out):
    p = out[0]
    p = p[(p[:, 4] >= 0.1) & (p[:, 5].astype(int) == 0)]
    return p[:, :4], p[:, 4]


def rtmdet(dets, labels):
    p = dets[0][(dets[0][:, 4] >= 0.1) & (labels[0] == 0)]
    return p[:, :4], p[:, 4]


def tensors(models, image, out):
    image = cv2.imread(image)
    h, w = image.shape[:2]
    result = {}
    for name in ("yolox_nano", "yolov8n", "yolo26n_int8", "rtmdet_nano"):
        if name == "yolox_nano":
            side = 416
            canvas, r, left, top = corner_letterbox(image, side)
            tensor = planar(canvas)
        elif name == "rtmdet_nano":
            side = 320
            canvas, r, left, top = corner_letterbox(image, side)
            mean, std = np.array([103.53, 116.28, 123.675]), np.array([57.375, 57.12, 58.395])
            tensor = planar((canvas - mean) / std)
        else:
            side = 640
            canvas, r, left, top = center_letterbox(image, side)
            tensor = planar(canvas[..., ::-1]) / np.float32(255)
        outputs = run(os.path.join(models, name + ".onnx"), tensor)
        decode = {
            "yolox_nano": lambda: yolox(outputs[0], side),
            "yolov8n": lambda: yolov8(outputs[0]),
            "yolo26n_int8": lambda: end_to_end(outputs[0]),
            "rtmdet_nano": lambda: rtmdet(outputs[0], outputs[1]),
        }[name]
        boxes, scores = decode()
        boxes = (boxes - np.array([left, top, left, top], np.float32)) / np.float32(r)
        boxes = boxes.clip(0, np.array([w, h, w, h], np.float32))
        order = np.argsort(-scores, kind="stable")
        order = [i for i in order if boxes[i, 2] > boxes[i, 0] and boxes[i, 3] > boxes[i, 1]]
        for i, output in enumerate(outputs[:2]):
            output.astype(output.dtype.newbyteorder("<")).tofile(os.path.join(out, f"{name}.{i}"))
        result[name] = {
            "shape": list(outputs[0].shape), "side": side, "scale": r, "left": left, "top": top,
            "size": [w, h], "boxes": boxes[order].tolist(), "scores": scores[order].tolist(),
        }
    return result


def pose(model, boxes):
    from rtmlib import RTMPose
    network, result, images = RTMPose(model, (192, 256)), [], {}
    for path, box in json.load(open(boxes)):
        image = images.setdefault(path, cv2.imread(path))
        keypoints, scores = network(image, [box])
        result.append([[*map(float, p), float(s)] for p, s in zip(keypoints[0], scores[0])])
    return result


# The libraries print on stdout too.
with contextlib.redirect_stdout(sys.stderr):
    answer = {"tensors": tensors, "pose": pose}[sys.argv[1]](*sys.argv[2:])
print(json.dumps(answer))
