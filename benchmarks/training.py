"""What does it cost that a run is watched? Updates a second of our loop, a bare one, and transformers' ``Trainer``.

``python benchmarks/training.py [--pairs 7] [--steps 20]``. All compute updates of the same batches of one model's shape
with the same optimizer, threads and a record of each update; ours also reads its wishes and keeps its heartbeat. The
three take turns, so that what else the machine does falls on all; the median of the ratios counts. ``Trainer``'s time
is that between its updates, without its beginning.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from benchmarks.measuring import Row, own_home, print_table
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import DataSpec, LaunchSpec, ModelSpec, RunSpec, SamplesSpec, ScheduleSpec
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop.optimizer import build_optimizer
from bigmodel_studio.training.loop.telemetry import RunControl, StatusWriter
from bigmodel_studio.training.loop.training_loop import Loop, pin
from bigmodel_studio.training.objectives import Objective

OVERHEAD_BUDGET = 0.02


def bare_updates(objective: Objective, spec: RunSpec) -> Callable[[int], None]:
    """A loop as one would write it by hand, that nobody watches; in bfloat16 on CUDA, as ours."""
    device = torch.device(spec.launch.device)
    model = torch.nn.Module.to(objective.model, device).train()
    optimizer = build_optimizer(model, spec.optimizer)

    def update(step: int) -> None:
        batch = {name: tensor.to(device, non_blocking=True) for name, tensor in objective.batch(step).items()}
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
            loss = objective.loss(model, batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), spec.optimizer.clip)
        optimizer.step()

    return update


class Clock(TrainerCallback):
    """When the first and the last update of a training by ``Trainer`` ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.ends.append(time.perf_counter())


def trainer_seconds(objective: Objective, spec: RunSpec, steps: range, folder: Path) -> float:
    """The seconds that ``Trainer`` takes for so many updates, each of them recorded."""
    batches = [objective.batch(step) for step in (steps.start - 1, *steps)]
    rows = [{"input_ids": row[:-1], "labels": row[:-1]} for batch in batches for row in batch["tokens"]]
    arguments = TrainingArguments(
        str(folder), max_steps=len(batches), per_device_train_batch_size=spec.schedule.batch, logging_steps=1,
        learning_rate=spec.optimizer.learning_rate, weight_decay=spec.optimizer.weight_decay,
        max_grad_norm=spec.optimizer.clip, save_strategy="no", report_to="none", use_cpu=spec.launch.device == "cpu",
        bf16=spec.launch.device.startswith("cuda"), disable_tqdm=True,
    )  # fmt: skip
    clock = Clock()
    trainer = Trainer(objective.model, arguments, train_dataset=rows, callbacks=[clock])
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return clock.ends[-1] - clock.ends[0]


def seconds_of(work: Callable[[int], None], steps: range) -> float:
    started = time.perf_counter()
    for step in steps:
        work(step)
    return time.perf_counter() - started


def measure(home: Path, pairs: int, steps: int, threads: int, device: str = "cpu") -> list[Row]:
    """Our loop, a bare one and ``Trainer`` in turn, on a device; with bfloat16 where that is CUDA."""
    text = home / "text.txt"
    text.write_text("".join(f"{number} is followed by {number + 1}.\n" for number in range(20_000)), "utf-8")
    spec = RunSpec(
        name="bench",
        data=DataSpec(train=(str(text),)),
        model=ModelSpec(layers=4, heads=4, width=128, context=128, tokenizer="train:1024"),
        schedule=ScheduleSpec(steps=10**6, evaluate_every=10**6, checkpoint_every=10**6),
        samples=SamplesSpec(),
        launch=LaunchSpec(device=device, threads=threads),
    )
    pin(spec)
    run = create_run(spec)
    status = StatusWriter(run)
    loop = Loop(run, spec, objectives.build(resolve_spec(spec), None, lambda *_: None), status, RunControl(run, 0))
    bare = bare_updates(objectives.build(resolve_spec(spec), None, lambda *_: None), spec)
    peer = objectives.build(resolve_spec(spec), None, lambda *_: None)
    with contextlib.closing(status), contextlib.closing(loop):
        for step in (1, 2, 3):
            loop.advance()
            bare(step)
        taken = []
        for turn in range(pairs):
            stretch = range(4 + turn * steps, 4 + (turn + 1) * steps)
            plain = seconds_of(bare, stretch)
            watched = seconds_of(lambda _: loop.advance(), stretch)
            theirs = trainer_seconds(peer, spec, stretch, home / "trainer")
            taken.append((watched, plain, theirs))
    ours, bare_rate, theirs_rate = (steps / statistics.median(column) for column in zip(*taken, strict=True))
    overheads = [watched / plain - 1 for watched, plain, _ in taken]
    ratios = [theirs / watched for watched, _, theirs in taken]
    ratio = statistics.median(ratios)
    versus = f"{ratio:.2f} times Trainer, {min(ratios):.2f} to {max(ratios):.2f} over {pairs} turns"
    spread = f"from {min(overheads):+.3f} to {max(overheads):+.3f} over {pairs} turns"
    return [
        Row("updates a second, our loop", ours, "1/s", None, versus, ours / ratio, more_is_better=True),
        Row("updates a second, a bare loop", bare_rate, "1/s"),
        Row("updates a second, Trainer", theirs_rate, "1/s"),
        Row("what watching costs", statistics.median(overheads), "", OVERHEAD_BUDGET, spread),
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
