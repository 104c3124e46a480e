"""OSNet of any width to ONNX: python osnet.py MODEL WEIGHTS.pth OUT.onnx

MODEL is torchreid's name: osnet_x1_0, osnet_x0_75, osnet_x0_5, osnet_x0_25, osnet_ibn_x1_0, osnet_ain_x1_0, ...
Needs torch 2.5 or later, onnx, and torchreid (KaiyangZhou/deep-person-reid).
"""

import sys

import torch
import torchreid

if len(sys.argv) != 4:
    sys.exit(__doc__)
name, weights, out = sys.argv[1:]

model = torchreid.models.build_model(name, num_classes=1, pretrained=False)
state = torch.load(weights, map_location="cpu")
state = state.get("state_dict", state)
# The classifier knows the people of the training set; only the embedding is wanted.
state = {key.removeprefix("module."): value for key, value in state.items() if "classifier" not in key}
missing, surplus = model.load_state_dict(state, strict=False)
missing = [key for key in missing if "classifier" not in key]
if missing or surplus:
    sys.exit(f"{weights} does not hold a {name}: missing {missing[:3]}, surplus {surplus[:3]}")

torch.onnx.export(
    model.eval(),
    torch.zeros(1, 3, 256, 128),
    out,
    input_names=["images"],
    output_names=["output"],
    dynamic_axes={"images": {0: "batch"}, "output": {0: "batch"}},
    dynamo=False,
)
