"""ViTPose to ONNX: python vitpose.py NAME_OR_FOLDER OUT.onnx

NAME_OR_FOLDER is what Transformers loads, for instance usyd-community/vitpose-base-simple.
Needs torch 2.5 or later, onnx, and transformers 4.48 or later.
"""

import sys

import torch
from transformers import VitPoseForPoseEstimation

if len(sys.argv) != 3:
    sys.exit(__doc__)
name, out = sys.argv[1:]


class Heatmaps(torch.nn.Module):
    """The network with nothing but its heatmaps as output."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        return self.network(image).heatmaps


torch.onnx.export(
    Heatmaps(VitPoseForPoseEstimation.from_pretrained(name).eval()),
    torch.zeros(1, 3, 256, 192),
    out,
    input_names=["image"],
    output_names=["heatmaps"],
    dynamic_axes={"image": {0: "batch"}, "heatmaps": {0: "batch"}},
    dynamo=False,
)
