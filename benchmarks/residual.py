"""Does depth need shortcuts? He et al. 2015, figure 6: networks of 20 and 56 layers, plain and residual, on CIFAR-10.

``python benchmarks/residual.py DIR [--steps 300] [--size 16] [--batch 64] [--decay constant] [--device cpu]
[--threads 2] [--together]``. ``DIR`` holds a folder of pictures for each class (CIFAR-10's training part, or some of
it); without it, drawn shapes are learnt. With ``--together`` the four train beside each other, each in a process of its
own. The loss is that on what is learnt from, its mean over the last twentieth of the steps. What must be seen: plain 56
does worse than plain 20, and residual 56 no worse than residual 20, which takes thousands of steps to show.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from benchmarks.measuring import Row, own_home, print_table
from bigmodel_studio.core.runs.launch import create_run, start_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.experiments import DRAWN_EACH, EXPERIMENTS, residual
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.specs.sweeps import sweep_specs
from bigmodel_studio.engine.images.drawn_pictures import draw_folders
from bigmodel_studio.training.loop.run import run


def specs(given: argparse.Namespace, pictures: Path) -> Iterator[RunSpec]:
    """The experiment's four runs, with what the command line says."""
    made = residual([str(pictures.absolute())], steps=given.steps, image_size=given.size, device=given.device)
    for resolved in sweep_specs(made.spec, made.points, Path.cwd()):
        spec = resolved.spec
        schedule = msgspec.structs.replace(spec.schedule, batch=given.batch, decay=given.decay, final_share=0.0)
        launch = msgspec.structs.replace(spec.launch, threads=given.threads)
        yield msgspec.structs.replace(spec, schedule=schedule, launch=launch)


def trained(wanted: Iterable[RunSpec], together: bool) -> Iterator[tuple[RunSpec, RunFolder]]:
    """The runs, finished. SystemExit where one was not."""
    runs = [(spec, create_run(spec)) for spec in wanted]
    for _, folder in runs if together else ():
        start_run(folder)
    for spec, folder in runs:
        while together and folder.at_work():
            time.sleep(0.2)
        if not together:
            run(folder.path, resume=False)
        if (status := folder.status()).state != "finished":
            raise SystemExit(f"error: {status.message}")
        yield spec, folder


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pictures", type=Path, nargs="?")
    parser.add_argument("--steps", type=int, default=EXPERIMENTS["residual"].values()["steps"])
    parser.add_argument("--size", type=int, default=16)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--decay", default="constant", choices=("constant", "linear", "cosine"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--together", action="store_true")
    given = parser.parse_args()
    ends: dict[tuple[int, bool], float] = {}
    with own_home() as home:
        pictures = given.pictures or draw_folders(Path(home) / "shapes", DRAWN_EACH)
        for spec, folder in trained(specs(given, pictures), given.together):
            losses = [record["loss"] for record in folder.metrics()][-max(1, given.steps // 20) :]
            ends[spec.model.layers, spec.model.shortcuts] = statistics.mean(losses)
            last = folder.status().last
            seen = ", ".join(f"{name} {last[name]:.4f}" for name in ("evaluation_loss", "accuracy", "images_per_s"))
            print(f"{spec.name}: {seen}", file=sys.stderr, flush=True)
    return print_table(
        [
            Row("plain, 56 layers: loss", ends[56, False], "nats", None, "20 layers beside it", ends[20, False]),
            Row("residual, 56 layers: loss", ends[56, True], "nats", None, "20 layers beside it", ends[20, True]),
            Row("plain 56 less plain 20", ends[56, False] - ends[20, False], "nats", 0.0, "", more_is_better=True),
            Row("residual 20 less residual 56", ends[20, True] - ends[56, True], "nats"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
