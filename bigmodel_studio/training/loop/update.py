"""One update: the batch in parts that fit into memory, their gradients added up, clipped, and the optimizer's step.

Random numbers (dropout) are seeded anew for every update from the run's seed and the step. Knows no files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch

from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.engine.measuring.counting import Counter
from bigmodel_studio.training.distributed.dtensor import whole_tensor
from bigmodel_studio.training.distributed.ranks import Ranks
from bigmodel_studio.training.loop.optimizer import learning_rate, set_learning_rate
from bigmodel_studio.training.loop.precision import Precision
from bigmodel_studio.training.objectives import Batch, Objective


class Update(NamedTuple):
    """What an update was. ``losses``: of each example, [examples], where the objective tells them apart. ``made``: not
    where the gradients are no numbers and the scale of float16 may be why.
    """

    learning_rate: float
    loss: float
    gradient_norm: float
    items: int
    losses: torch.Tensor | None
    made: bool

    @property
    def finite(self) -> bool:
        return math.isfinite(self.loss) and math.isfinite(self.gradient_norm)


class Watch(Protocol):
    """What is called as an update proceeds, as ``training.inside.watch.Inside`` wants to know it."""

    def before_update(self, step: int) -> None: ...
    def after_backward(self) -> None: ...


class Unwatched:
    """Nobody."""

    def before_update(self, step: int) -> None:
        pass

    def after_backward(self) -> None:
        pass


class Updater:
    """Makes a run's updates. ``moved`` puts a batch onto the device."""

    def __init__(
        self,
        spec: RunSpec,
        objective: Objective,
        optimizer: torch.optim.Optimizer,
        precision: Precision,
        inside: Watch,
        moved: Callable[[Batch], Batch],
        ranks: Ranks,
        model: Any,
    ) -> None:
        """``model`` is what is called to compute: the objective's, as the ``ranks`` has spread it."""
        self._spec, self._objective, self._optimizer = spec, objective, optimizer
        self._precision, self._inside, self._moved = precision, inside, moved
        self._ranks, self._model = ranks, model
        self._parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]

    def update(self, step: int) -> Update:
        """Update ``step`` (from 1). Where it is not finite and that is not forgiven, the weights are as they were."""
        rate = learning_rate(step, self._spec.optimizer.learning_rate, self._spec.schedule)
        set_learning_rate(self._optimizer, rate)
        whole = self._objective.batch(step)
        self._inside.before_update(step)
        torch.manual_seed((self._spec.seed * 0x9E3779B97F4A7C15 + step + (self._ranks.rank << 40)) % 2**63)
        self._optimizer.zero_grad(set_to_none=True)
        loss, losses = self._ranks.total(*self._accumulated(whole), len(next(iter(whole.values()))))
        self._precision.unscale(self._optimizer)
        self._inside.after_backward()
        clip = self._spec.optimizer.clip or math.inf
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, clip, error_if_nonfinite=False)
        value, size = torch.stack([loss, whole_tensor(norm.detach()).float()]).tolist()
        finite = math.isfinite(value) and math.isfinite(size)
        forgiven = math.isfinite(value) and self._precision.forgives()
        if finite or forgiven:
            self._precision.step(self._optimizer)
        return Update(rate, value, size, self._objective.items(whole), losses, made=finite or forgiven)

    def counted(self, step: int) -> tuple[Update, float]:
        """Return ``update``, and the floating-point operations of its products for each item (what is computed twice
        counts twice).
        """
        with Counter(known=()) as counter:
            made = self.update(step)
        return made, counter.flops[0] * self._ranks.world / max(1, made.items)

    def _accumulated(self, whole: Batch) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return this process's part of a batch's mean loss, and the loss of each of its examples where they are told
        apart; without a gradient. The gradients are computed part by part.
        """
        batch, own_share = self._ranks.part(self._objective, whole)
        parts = list(self._objective.parts(self._moved(batch), self._spec.schedule.batch))
        total: torch.Tensor | None = None
        part_losses: list[torch.Tensor] = []
        for number, (part, share) in enumerate(parts, 1):
            share = share * own_share
            with self._ranks.adding_up(last=number == len(parts)):
                with self._precision.autocast():
                    loss = self._objective.loss(self._model, part)
                if self._objective.example_losses is not None:
                    part_losses.append(self._objective.example_losses)
                    self._objective.example_losses = None
                weighted = loss if share == 1 else loss * share
                world = self._ranks.world  # gradients are averaged over the processes, and shall be added up
                self._precision.backward(weighted if world == 1 else weighted * world)
            scalar = weighted.detach().float()
            total = scalar if total is None else total + scalar
        if total is None:
            raise ValueError("a batch without examples")
        return total, torch.cat(part_losses) if part_losses else None
