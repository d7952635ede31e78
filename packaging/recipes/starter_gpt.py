"""Makes the bundled chat model: a small GPT-3-style decoder, trained from scratch on the storyteller's text.

    python packaging/recipes/starter_gpt.py --work /tmp/gpt --output resources/starters/starter-gpt

Trains (`gpt_training`; a kill costs a few minutes: the same command goes on from the last state in `--work`),
then asks the files that are shipped the held-out questions and writes the model, its card and its run (`gpt_shipping`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from gpt_recipe import Machine, Recipe
from gpt_shipping import ship
from gpt_training import train

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description="Train and package the bundled chat model.")
    parser.add_argument("--work", type=Path, required=True, help="where the training keeps its state; may be resumed")
    parser.add_argument("--output", type=Path, default=ROOT / "resources/starters/starter-gpt")
    parser.add_argument("--run", type=Path, default=ROOT / "resources/runs/starter-gpt")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps, …")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--precision", choices=("bfloat16", "float32"), default="bfloat16")
    arguments = parser.parse_args()
    found = "cuda" if torch.cuda.is_available() else "cpu"
    machine = Machine(found if arguments.device == "auto" else arguments.device, arguments.threads, arguments.precision)
    recipe = Recipe()
    trained = train(recipe, arguments.work, machine)
    ship(recipe, machine, trained, arguments.work, arguments.output, arguments.run)


if __name__ == "__main__":
    main()
