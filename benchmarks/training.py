"""What does it cost that a run is watched? Updates a second of our loop against a bare one over the same model.

``python benchmarks/training.py [--pairs 7] [--steps 20]``. Both compute the same updates of the same batches with the
same optimizer and threads; ours also reads its wishes, writes its records and keeps its heartbeat. Pairs are
interleaved, so that what else the machine does falls on both; the median of their ratios counts.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch

from benchmarks.measuring import Row, own_home, print_table
from bigmodel_studio.core.launch import create_run
from bigmodel_studio.core.spec import DataSpec, LaunchSpec, ModelSpec, RunSpec, SamplesSpec, ScheduleSpec
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop import Loop, pin
from bigmodel_studio.training.objectives import Objective
from bigmodel_studio.training.optimizing import build_optimizer
from bigmodel_studio.training.telemetry import StatusWriter, Wishes

OVERHEAD_BUDGET = 0.02


def bare_updates(objective: Objective, spec: RunSpec) -> Callable[[int], None]:
    """A loop as one would write it by hand, that nobody watches."""
    model = objective.model.train()
    optimizer = build_optimizer(model, spec.optimizer)

    def update(step: int) -> None:
        loss = objective.loss(model, objective.batch(step))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), spec.optimizer.clip)
        optimizer.step()

    return update


def seconds_of(work: Callable[[int], None], steps: range) -> float:
    started = time.perf_counter()
    for step in steps:
        work(step)
    return time.perf_counter() - started


def measure(home: Path, pairs: int, steps: int, threads: int) -> list[Row]:
    text = home / "text.txt"
    text.write_text("".join(f"{number} is followed by {number + 1}.\n" for number in range(20_000)), "utf-8")
    spec = RunSpec(
        name="bench",
        data=DataSpec(train=(str(text),)),
        model=ModelSpec(layers=4, heads=4, width=128, context=128, tokenizer="train:1024"),
        schedule=ScheduleSpec(steps=10**6, evaluate_every=10**6, checkpoint_every=10**6),
        samples=SamplesSpec(),
        launch=LaunchSpec(device="cpu", threads=threads),
    )
    pin(spec)
    run = create_run(spec)
    status = StatusWriter(run)
    loop = Loop(run, spec, objectives.build(spec, None, lambda *_: None), status, Wishes(run, 0))
    bare = bare_updates(objectives.build(spec, None, lambda *_: None), spec)
    with contextlib.closing(status), contextlib.closing(loop):
        for step in (1, 2, 3):
            loop.advance()
            bare(step)
        taken = []
        for pair in range(pairs):
            stretch = range(4 + pair * steps, 4 + (pair + 1) * steps)
            plain = seconds_of(bare, stretch)
            watched = seconds_of(lambda _: loop.advance(), stretch)
            taken.append((watched, plain))
    overheads = [watched / plain - 1 for watched, plain in taken]
    spread = f"from {min(overheads):+.3f} to {max(overheads):+.3f} over {pairs} pairs"
    return [
        Row("our loop", statistics.median(steps / watched for watched, _ in taken), "1/s"),
        Row("bare loop", statistics.median(steps / plain for _, plain in taken), "1/s"),
        Row("overhead", statistics.median(overheads), "", OVERHEAD_BUDGET, spread),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    with own_home() as home:
        return print_table(measure(home, given.pairs, given.steps, given.threads))


if __name__ == "__main__":
    sys.exit(main())
