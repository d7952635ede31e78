"""A run's training opened beside the run itself: its data, its model and its optimizer at a step, to be looked at.

Nothing of the run is written. While the run is at work the CPU is used, so that its device's memory stays its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from bigmodel_studio.core.runs.run_folder import RunFolder, find_run
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec, parse_spec
from bigmodel_studio.engine import devices
from bigmodel_studio.protocol import StepExample
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop import checkpoint, reference
from bigmodel_studio.training.loop.optimizer import build_optimizer, restore_optimizer
from bigmodel_studio.training.loop.precision import Precision
from bigmodel_studio.training.objectives import Batch, Objective


@dataclass(frozen=True)
class Opened:
    """The training of ``run`` after update ``step``, as its loop would have it then."""

    run: RunFolder
    spec: RunSpec
    step: int
    objective: Objective
    optimizer: torch.optim.Optimizer
    precision: Precision
    device: torch.device

    def batch(self, step: int) -> Batch:
        """Return what update ``step`` learns from, on the device."""
        return self.moved(self.objective.batch(step))

    def moved(self, batch: Batch) -> Batch:
        """Return a batch, on the device."""
        return {name: tensor.to(self.device) for name, tensor in batch.items()}

    def step_examples(self, batch: Batch, numbers: Sequence[int], step: int) -> list[StepExample]:
        """Return those examples of the batch of ``step`` as they can be shown, looked at a part at a time."""
        model, size = self.objective.model, self.spec.schedule.batch
        model.eval()
        found: list[StepExample] = []
        with torch.no_grad(), self.precision.autocast():
            for at in range(0, len(numbers), size):
                found += self.objective.look(model, batch, numbers[at : at + size], step)
        self.objective.example_losses = None
        self.objective.to_training(model)
        return found


def nearest_checkpoint(run: RunFolder, step: int) -> int:
    """Return the newest checkpoint at or before the weights that update ``step`` starts from; 0: the start of the
    run.
    """
    return max((saved for saved in run.checkpoints() if saved < step), default=0)


def open_training(run: RunFolder, saved: int) -> Opened:
    """Return the run's training after update ``saved``, which has a checkpoint or is 0.

    Raises ``StudioError`` where the data, the base model or the checkpoint is gone or damaged. A fork has no start of
    its own: it goes on from the checkpoint that it was given.
    """
    if not saved and run.status().parent is not None:
        run.checkpoint_path(0)
    spec = parse_spec((run.path / "spec.toml").read_text("utf-8"), run.path)
    folder = run.checkpoint_path(saved) if saved else None
    objective = objectives.build(resolve_spec(spec, folder), folder, lambda *_: None)
    device = torch.device("cpu") if run.at_work() else devices.choose(spec.launch.device)
    precision = Precision("auto" if run.at_work() else spec.launch.dtype, device)
    torch.nn.Module.to(objective.model, device)
    reference.establish(objective, run.path, device, precision, lambda *_: None, keep=False)
    objective.to_training(objective.model)
    optimizer = build_optimizer(objective.model, spec.optimizer)
    if folder is not None:
        facts, state = checkpoint.load_trainer(folder)
        restore_optimizer(objective.model, optimizer, state)
        precision.restore(facts.scale)
    return Opened(run, spec, saved, objective, optimizer, precision, device)


@contextlib.contextmanager
def computing_as(name: str) -> Iterator[RunFolder]:
    """Yield the run of that name (or at that path), with torch computing as it does: the same threads, the same
    algorithms.

    What this process had is put back. Raises ``StudioError`` "run-unknown".
    """
    run = find_run(name)
    spec = run.spec()
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    try:
        torch.set_num_threads(spec.launch.threads if spec is not None else threads)
        torch.use_deterministic_algorithms(True, warn_only=True)
        yield run
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(strict)
        devices.empty_cache()
