"""A run's training opened beside the run itself: its data, its model and its optimizer at a step, to be looked at.

Nothing of the run is written. While the run is at work the CPU is used, so that its device's memory stays its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from bigmodel_studio.core.runs import RunFolder, find_run
from bigmodel_studio.core.spec import RunSpec, parse_spec
from bigmodel_studio.engine import devices
from bigmodel_studio.training import checkpoint, objectives
from bigmodel_studio.training.objectives import Batch, Objective
from bigmodel_studio.training.optimizing import build_optimizer, restore_optimizer


@dataclass(frozen=True)
class Opened:
    """The training of ``run`` after update ``step``, as its loop would have it then."""

    run: RunFolder
    spec: RunSpec
    step: int
    objective: Objective
    optimizer: torch.optim.Optimizer
    device: torch.device

    def batch(self, step: int) -> Batch:
        """What update ``step`` learns from, on the device."""
        return {name: tensor.to(self.device) for name, tensor in self.objective.batch(step).items()}

    @contextlib.contextmanager
    def precision(self) -> Iterator[None]:
        """As the loop computes: bfloat16 on CUDA where it can."""
        if self.device.type == "cuda" and "bfloat16" in devices.dtypes(self.device):
            with torch.autocast("cuda", dtype=torch.bfloat16):
                yield
        else:
            yield


def nearest_checkpoint(run: RunFolder, step: int) -> int:
    """The newest checkpoint at or before the weights that update ``step`` starts from; 0: the start of the run."""
    return max((saved for saved in run.checkpoints() if saved < step), default=0)


def open_training(run: RunFolder, saved: int) -> Opened:
    """The run's training after update ``saved``, which has a checkpoint or is 0.

    Raises ``StudioError`` where the data, the base model or the checkpoint is gone or damaged.
    """
    spec = parse_spec((run.path / "spec.toml").read_text("utf-8"), run.path)
    folder = run.checkpoint_path(saved) if saved else None
    objective = objectives.build(spec, folder, lambda *_: None)
    device = torch.device("cpu") if run.at_work() else devices.choose(spec.launch.device)
    torch.nn.Module.to(objective.model, device)
    objective.to_training(objective.model)
    optimizer = build_optimizer(objective.model, spec.optimizer)
    if folder is not None:
        restore_optimizer(objective.model, optimizer, checkpoint.load_trainer(folder)[1])
    return Opened(run, spec, saved, objective, optimizer, device)


@contextlib.contextmanager
def computing_as(name: str) -> Iterator[RunFolder]:
    """The run of that name (or at that path), with torch computing as it does: the same threads, the same algorithms.

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
