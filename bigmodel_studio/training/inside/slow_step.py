"""The task that takes one step, slowly: an update of a run as its loop would make it, with all that happens in it.

The run is not changed: its training is opened beside it (``opening``), one update is made, and the weights are
forgotten. Of every parameter a block around its largest gradient is kept, so that any weight in it can be followed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import nn

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Event, Progress, StepTaken, TakeStep, WeightBlock
from bigmodel_studio.training.distributed.ranks import Ranks
from bigmodel_studio.training.inside.opening import Opened, computing_as, open_training
from bigmodel_studio.training.loop.update import Unwatched, Updater

BLOCK = 12
"""Rows and columns of a block, at most."""
MOST_EXAMPLES = 8
Values = tuple[float, ...]


def take_step(request: TakeStep, session: Session) -> Iterator[Event]:
    """End with ``Done(StepTaken)``. Raises ``StudioError`` "run-no-checkpoint", "loss-not-finite", and others."""
    yield Progress(what="loading")
    with computing_as(request.run) as run:
        opened = open_training(run, request.checkpoint)
        yield Progress(what="step")
        yield Done(result=_taken(opened))


def _taken(opened: Opened) -> StepTaken:
    objective, optimizer, spec = opened.objective, opened.optimizer, opened.spec
    step, model = opened.step + 1, objective.model
    batch = opened.batch(step)
    examples = opened.step_examples(batch, range(min(MOST_EXAMPLES, len(next(iter(batch.values()))))), step)
    watched: list[_Watched] = []

    def look(*_: object) -> None:
        """Between clipping and the optimizer's step, where the loop looks away."""
        watched.extend(
            _Watched(name, parameter, optimizer)
            for name, parameter in model.named_parameters()
            if parameter.requires_grad and parameter.grad is not None and parameter.numel()
        )

    optimizer.register_step_pre_hook(look)
    updater = Updater(spec, objective, optimizer, opened.precision, Unwatched(), opened.moved, Ranks(), model)
    made = updater.update(step)
    if not made.finite:
        what = "loss" if not math.isfinite(made.loss) else "gradient"
        raise StudioError("loss-not-finite", blame="work", what=what, step=step)
    hyper = optimizer.defaults
    beta1, beta2 = hyper.get("betas", (0.0, 0.0))
    return StepTaken(
        run=opened.run.name,
        step=step,
        loss=made.loss,
        examples=tuple(examples),
        gradient_norm=made.gradient_norm,
        scale=min(1.0, (spec.optimizer.clip or math.inf) / (made.gradient_norm + 1e-6)),
        optimizer=spec.optimizer.name,
        learning_rate=made.learning_rate,
        beta1=beta1,
        beta2=beta2,
        epsilon=hyper.get("eps", 0.0),
        momentum=hyper.get("momentum", 0.0),
        blocks=tuple(each.block() for each in watched),
    )


class _Watched:
    """A block of one parameter, seen before the optimizer's step and after it."""

    def __init__(self, name: str, parameter: nn.Parameter, optimizer: torch.optim.Optimizer) -> None:
        self._name, self._parameter, self._optimizer = name, parameter, optimizer
        gradient = _matrix(_of(parameter.grad))
        rows, columns = gradient.shape
        largest = int(gradient.abs().argmax())
        self._row = _begin(largest // columns, rows)
        self._column = _begin(largest % columns, columns)
        self._gradient = self._values(_of(parameter.grad))
        self._before = self._values(parameter)
        self._state_before = self._state()

    def block(self) -> WeightBlock:
        """Return all of it, now that the step was made."""
        group = next(g for g in self._optimizer.param_groups if any(p is self._parameter for p in g["params"]))
        state = self._optimizer.state[self._parameter]
        return WeightBlock(
            name=self._name,
            shape=tuple(self._parameter.shape),
            row=self._row,
            column=self._column,
            width=min(BLOCK, _matrix(self._parameter).shape[1]),
            weight_decay=float(group["weight_decay"]),
            updates=int(state["step"]) if "step" in state else 1 + bool(self._state_before),
            gradient=self._gradient,
            before=self._before,
            after=self._values(self._parameter),
            state_before=self._state_before,
            state_after=self._state(),
        )

    def _state(self) -> dict[str, Values]:
        state = self._optimizer.state.get(self._parameter, {})
        return {
            name: self._values(value)
            for name, value in state.items()
            if isinstance(value, torch.Tensor) and value.shape == self._parameter.shape and value.ndim
        }

    def _values(self, tensor: torch.Tensor) -> Values:
        rows, columns = slice(self._row, self._row + BLOCK), slice(self._column, self._column + BLOCK)
        return tuple(_matrix(tensor)[rows, columns].flatten().tolist())


def _of(gradient: torch.Tensor | None) -> torch.Tensor:
    assert gradient is not None
    return gradient


def _matrix(tensor: torch.Tensor) -> torch.Tensor:
    """As a matrix, float32: a vector is a row, of more than two axes all but the first are laid in a row."""
    flat = tensor.detach().float()
    return flat.reshape(1, -1) if flat.ndim < 2 else flat.reshape(len(flat), -1)


def _begin(place: int, size: int) -> int:
    """Return where a block begins that has ``place`` in its middle and does not go beyond ``size``."""
    return max(0, min(place - BLOCK // 2, size - BLOCK))
