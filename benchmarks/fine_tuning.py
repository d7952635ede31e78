"""How well does a picture classifier that was fine-tuned with the application's own defaults recognise new pictures?

``python benchmarks/fine_tuning.py [--seeds 3] [--threads 1]``. For each seed a run from its spec to its end, as
``train`` makes it; a share of the training folder is evaluated on, and the test folder is seen only by the finished
model, through ``classify``. Needs MobileNetV2 and the photos of cats and dogs in ../shared/assets (``--model`` and
``--pictures`` name others: a folder with ``train`` and ``test``), and says so where they are not there.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import REPOSITORY, Row, own_home, print_table
from bigmodel_studio.core.data.picture_folders import EVERYTHING, classes_of, pictures_of
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.specs.spec import make_spec
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Classify, Failed, ModelRef, Prediction
from bigmodel_studio.training.loop.run import FINISHED, run

ASSETS = REPOSITORY.parent / "shared" / "assets"
MODEL = ASSETS / "vision-mobilenet" / "mobilenet-v2-1.0-224"
PICTURES = ASSETS / "pets-cats-dogs"
LEAST_ACCURACY = 0.9


def trained(model: Path, pictures: Path, seed: int, threads: int) -> tuple[ModelRef, float]:
    """A finished run of the defaults, and its seconds. Raises ``SystemExit`` where it ended otherwise."""
    spec = make_spec(
        {
            "name": f"seed-{seed}",
            "objective": "classify-images",
            "seed": seed,
            "model": {"base": str(model)},
            "data": {"train": [str(pictures / "train")]},
            "launch": {"device": "cpu", "threads": threads},
        }
    )
    folder = create_run(spec)
    started = time.perf_counter()
    if run(folder.path, resume=False) != FINISHED:
        raise SystemExit(f"error: {folder.status().message}")
    return ModelRef(source="run", id=folder.name), time.perf_counter() - started


def accuracy(model: ModelRef, folder: Path, threads: int) -> float:
    """The share of a folder's pictures whose first answer is the name of their class."""
    given = [str(folder)]
    labels = {
        str(file): label for label in classes_of(given).labels for file in pictures_of(given, label, [EVERYTHING])
    }
    request = Classify(model=model, images=tuple(labels), top_k=1)
    right = 0
    for event in run_task(request, Session(threads=threads)):
        if isinstance(event, Failed):
            raise SystemExit(f"error: {event.problem}")
        if isinstance(event, Prediction) and event.predictions:
            right += event.predictions[0].label == labels[event.image]
    return right / len(labels)


def measure(model: Path, pictures: Path, seeds: int, threads: int) -> list[Row]:
    found, taken = [], []
    for seed in range(1, seeds + 1):
        made, seconds = trained(model, pictures, seed, threads)
        found.append(accuracy(made, pictures / "test", threads))
        taken.append(seconds)
    each = ", ".join(f"{value:.0%}" for value in found)
    return [
        Row("test accuracy, mean", statistics.mean(found), "", LEAST_ACCURACY, f"{each}", more_is_better=True),
        Row("seconds a run", statistics.median(taken), "s", None, f"{min(taken):.0f} to {max(taken):.0f}"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--pictures", type=Path, default=PICTURES)
    given = parser.parse_args()
    for needed in (given.model, given.pictures):
        if not needed.is_dir():
            print(f"not run: there is no {needed}", file=sys.stderr)
            return 0
    with own_home():
        return print_table(measure(given.model, given.pictures, given.seeds, given.threads))


if __name__ == "__main__":
    sys.exit(main())
