"""One network from nothing to its ONNX file: generated scenes, labelled real frames, the training.

    python make.py person|pose|reid|face --shared DIR [--data data] [--program target/release/silhueta-scenes]

DIR holds `models/`, `clips/` and `train/` (labels.py). What is there already is left, and a training that was cut off
goes on, so the four share their data. Writes NETWORK_small.onnx here.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TRAININGS = {"person": "detector.py", "pose": "pose.py", "reid": "reid.py", "face": "face.py"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=TRAININGS)
    parser.add_argument("--shared", required=True)
    parser.add_argument("--data", default="data")
    parser.add_argument("--program", default=HERE / "../../../target/release/silhueta-scenes")
    parser.add_argument("--minutes", help="of the processor's time; the training's own if it is not given")
    given = parser.parse_args()
    out, training = f"{given.network}_small", TRAININGS[given.network]
    steps = [
        ["scenes.py", "make", given.data, "--program", given.program],
        ["labels.py", given.data, "--shared", given.shared],
        [training, "--data", given.data, "--out", f"{out}.onnx", "--state", f"{given.data}/{out}.state"],
    ]
    if given.minutes:
        steps[-1] += ["--minutes", given.minutes]
    for script, *words in steps:
        if (code := subprocess.run([sys.executable, HERE / script, *words]).returncode) != 0:
            sys.exit(code)


if __name__ == "__main__":
    main()
