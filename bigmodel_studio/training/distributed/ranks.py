"""The processes that train one run together, as the loop sees them: here one alone, which is next to nothing.

``training.distributed.process_group`` is what they are where there are several.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from bigmodel_studio.core.runs.run_folder import Rank
from bigmodel_studio.training.loop.telemetry import RunControl
from bigmodel_studio.training.objectives import Batch, Objective

_Value = TypeVar("_Value")


class Ranks:
    """One process alone."""

    rank = 0
    world = 1
    sharded = False

    @property
    def first(self) -> bool:
        """Whether this is the process that writes the run's folder."""
        return self.rank == 0

    def device(self, chosen: torch.device) -> torch.device:
        """Return where this process computes, of what was chosen for the run."""
        return chosen

    def spread(self, model: nn.Module) -> Any:
        """Prepare the model, on its device, before its optimizer is made; what is called to compute with it."""
        return model

    def part(self, objective: Objective, batch: Batch) -> tuple[Batch, float]:
        """Return this process's part of a batch, and its share of the batch's loss."""
        return batch, 1.0

    @contextlib.contextmanager
    def adding_up(self, *, last: bool) -> Iterator[None]:
        """Surround a part's forward and backward pass: after the ``last`` of an update the gradients are averaged."""
        yield

    def total(
        self, loss: torch.Tensor, each: torch.Tensor | None, examples: int
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the sum of ``loss`` over the processes, and the losses of all ``examples`` of a batch in its order, of
        which this one has those of its part (None: they are not told apart).
        """
        return loss, each

    def read(self, control: RunControl) -> int | None:
        """Take up new wishes, in all processes at once, before each update; as ``RunControl.read``."""
        return control.read()

    def same(self, make: Callable[[], _Value]) -> _Value:
        """Return what the first process makes, in all of them."""
        return make()

    def build(self, make: Callable[[Path | None], Objective], start: Path | None, beside: Path) -> Objective:
        """Return the objective, from the checkpoint ``start`` or afresh; ``beside`` is a folder that all of them can
        read.
        """
        return make(start)

    def whole(self, model: nn.Module) -> dict[str, torch.Tensor] | None:
        """Return all weights, on the first process, where they are spread; None where the model has them."""
        return None

    def ranks(self, model: nn.Module, optimizer: torch.optim.Optimizer, seconds: float) -> tuple[Rank, ...] | None:
        """Return what each process is and holds, about once a second; None in between, and of one alone.

        ``seconds`` is what this process's last update took.
        """
        return None

    def close(self) -> None:
        """Free what joins the processes: the run ends."""
