"""Does depth need shortcuts? He et al. 2015, figure 6: networks of 20 and 56 layers, plain and residual, on CIFAR-10.

``python benchmarks/residual.py DIR [--steps 300] [--size 16] [--threads 2]``. ``DIR`` holds a folder of pictures for
each class (CIFAR-10's training part, or some of it); without it, drawn shapes are learnt. The loss is that on what is
learnt from, its mean over the last twentieth of the steps. What must be seen: plain 56 does worse than plain 20, and
residual 56 no worse than residual 20 by more than the noise of such a mean.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from benchmarks.measuring import Row, own_home, print_table
from bigmodel_studio.core.experiments import STEPS, residual
from bigmodel_studio.core.launch import create_run
from bigmodel_studio.core.sweeps import sweep_specs
from bigmodel_studio.engine.drawn_pictures import draw_folders
from bigmodel_studio.training.run import FINISHED, run

DRAWN_EACH = 150


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pictures", type=Path, nargs="?")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--size", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    ends: dict[tuple[int, bool], float] = {}
    with own_home() as home:
        pictures = given.pictures or draw_folders(Path(home) / "shapes", DRAWN_EACH)
        made = residual(str(pictures.absolute()), steps=given.steps, image_size=given.size, device="cpu")
        for spec in sweep_specs(made.spec, made.grid, Path.cwd()):
            launched = msgspec.structs.replace(spec.launch, threads=given.threads)
            folder = create_run(msgspec.structs.replace(spec, launch=launched))
            if run(folder.path, resume=False) != FINISHED:
                raise SystemExit(f"error: {folder.status().message}")
            losses = [record["loss"] for record in folder.metrics()][-max(1, given.steps // 20) :]
            ends[spec.model.layers, spec.model.shortcuts] = statistics.mean(losses)
    return print_table(
        [
            Row("plain, 56 layers: loss", ends[56, False], "nats", None, "20 layers beside it", ends[20, False]),
            Row("residual, 56 layers: loss", ends[56, True], "nats", None, "20 layers beside it", ends[20, True]),
            Row("plain 56 less plain 20", ends[56, False] - ends[20, False], "nats", 0.0, "", more_is_better=True),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
