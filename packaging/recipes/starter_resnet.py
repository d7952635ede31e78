"""Makes the bundled picture classifier: a small ResNet, trained from scratch on CIFAR-10 with a fixed seed.

    python packaging/recipes/starter_resnet.py --data ../shared/assets/cifar10-images.tar.xz --work /tmp/resnet \
        --output resources/starters/starter-resnet

Trains (`resnet_training`; a kill costs at most an epoch: the same command goes on from the last one in `--work`), then
scores the files that are shipped and writes the model, its card and its run (`resnet_shipping`). The test pictures are
read only there, after every choice was made.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from cifar10 import read_archive
from resnet_shipping import ship
from resnet_training import Machine, Recipe, train

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description="Train and package the bundled picture classifier.")
    parser.add_argument("--data", type=Path, required=True, help="CIFAR-10 as a tar of {train,test}/<class>/<name>.jpg")
    parser.add_argument("--work", type=Path, required=True, help="where the training keeps its state; may be resumed")
    parser.add_argument("--output", type=Path, default=ROOT / "resources/starters/starter-resnet")
    parser.add_argument("--run", type=Path, default=ROOT / "resources/runs/starter-resnet")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--precision", choices=("bfloat16", "float32"), default="bfloat16")
    arguments = parser.parse_args()
    recipe = Recipe()
    machine = Machine(arguments.device, arguments.threads, arguments.precision)
    trained = train(recipe, read_archive(arguments.data, "train"), arguments.work, machine)
    ship(recipe, machine, trained, arguments.data, arguments.work, arguments.output, arguments.run)


if __name__ == "__main__":
    main()
