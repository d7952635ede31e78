"""Hooks that the loop calls to record a training from the inside; the only door to this package.

Four files beside ``metrics.jsonl``, append-only and void after a resume as it is:

- ``layers.jsonl``: a line ``{"event": "layers", "names", "every"}``, then for the steps that were looked at
  ``{"step", "gradient_norm", "weight_norm", "update_ratio", "activation_mean", "activation_std", "activation_zeros"}``,
  each a list with a value a layer (``training.inside.layers``);
- ``histograms.jsonl``: at evaluations ``{"step", "names", "weights", "gradients"}``, the latter two with ``low``,
  ``high`` and ``counts`` for each layer (gradients as the update used them, so after clipping);
- ``batches.jsonl``: ``{"step", "losses"}``, the loss of each example of a batch, at every step while they are few,
  else at every so many-th and where the loss leaps up;
- ``evaluations.jsonl``: a line ``{"event": "examples", …}`` that says what is evaluated on, then for each evaluation
  ``{"step", "losses", "predicted"}`` in that order (``training.objectives.Examples``).
"""

from __future__ import annotations

import math
import time
from typing import Any

import msgspec
import torch

from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.training.inside.histograms import histogram
from bigmodel_studio.training.inside.layers import Layers
from bigmodel_studio.training.inside.rounding import rounded
from bigmodel_studio.training.loop.telemetry import Records
from bigmodel_studio.training.objectives import Examples, Objective

FILES = ("layers", "histograms", "batches", "evaluations")
BUDGET_RATIO = 0.01
"""Looking at layers may take this share of the time of the updates, where the spec leaves the pace to us."""
ALLOWANCE_S = 0.25
"""So much it may take in any case, where a run is over before its share comes to anything: for ``LEAST_COLUMNS``."""
LEAST_COLUMNS = 24
COLUMNS = 400
"""Steps that are looked at in a run, about, where the spec leaves the pace to us."""
MOST_LOSSES = 2_000_000
"""Losses of examples that are recorded in a run, about: 15 MB."""
MOST_CHARACTERS = 400
"""Of a text that is evaluated on."""
LOSS_DIGITS = 5
LEAP = 3.0
"""A loss that lies so many standard deviations above the mean of those before it is a leap."""


class Inside:
    """One run's eye on its own training. It never changes what is learnt, and keeps to its budget."""

    def __init__(self, run: RunFolder, spec: RunSpec, objective: Objective) -> None:
        self._spec, self._objective = spec, objective
        self._pace = Pace(spec.telemetry.layers_every, spec.schedule.steps)
        self._layers = Layers(objective.model, self._pace)
        self._files = {name: Records(run.path / f"{name}.jsonl") for name in FILES}
        self._leaps = Leaps()
        self._looking = False
        self._reported: set[str] = set()
        schedule = spec.schedule
        self._losses_every = max(1, math.ceil(schedule.steps * schedule.update / MOST_LOSSES))

    def announce_resume(self, step: int) -> None:
        """Void the records past the step that is gone on from."""
        event = {"event": "resume", "step": step, "time": time.time()}
        for file in self._files.values():
            file.append(event)

    def before_update(self, step: int) -> None:
        """Prepare for ``step`` (from 1), whose batch is about to be computed."""
        self._pace.begin()
        with self._pace:
            self._looking = self._pace.wants(step)
            if self._looking:
                self._layers.before_forward()

    def after_backward(self) -> None:
        """Record the gradients of the whole batch: unscaled, and not yet clipped."""
        if self._looking:
            with self._pace:
                self._layers.after_backward()

    def after_update(self, step: int, loss: float, losses: torch.Tensor | None) -> None:
        """Record the step that the optimizer has made; ``losses`` are those of the examples of its batch, where
        the objective tells them apart.
        """
        if self._looking:
            with self._pace:
                self._write_layers()
                self._files["layers"].append({"step": step, **self._layers.after_update()})
            self._looking = False
        self._record_losses(step, loss, losses)
        self._pace.end()

    def give_up(self, step: int, losses: torch.Tensor | None) -> None:
        """Record what led to an update that was not made because its loss or gradient is not a number."""
        if self._looking:
            self._write_layers()
            self._files["layers"].append({"step": step, **self._layers.after_update()})
            self._looking = False
        self._record_losses(step, math.inf, losses)

    def after_evaluation(self, step: int) -> None:
        """Record what the objective evaluated after ``step`` (and was not interrupted)."""
        if self._spec.telemetry.layers_every:
            groups = self._layers.owned()
            gradients = [[p.grad for p in group if p.grad is not None] for group in groups]
            found = {"weights": [*map(histogram, groups)], "gradients": [*map(histogram, gradients)]}  # type: ignore[arg-type]
            self._files["histograms"].append({"step": step, "names": self._layers.names, **found})
        evaluated, self._objective.evaluated = self._objective.evaluated, None
        if evaluated is None or not self._spec.telemetry.examples:
            return
        if "examples" not in self._reported:
            self._reported.add("examples")
            self._files["evaluations"].append(
                {"event": "examples", **_as_record(self._objective.evaluation_examples())}
            )
        record = {"predicted": evaluated.predicted} if evaluated.predicted else {}
        losses = [rounded(loss, LOSS_DIGITS) for loss in evaluated.losses]
        self._files["evaluations"].append({"step": step, "losses": losses, **record})

    def close(self) -> None:
        self._layers.give_up()
        for file in self._files.values():
            file.close()

    def _write_layers(self) -> None:
        if "layers" not in self._reported:
            self._reported.add("layers")
            self._files["layers"].append({"event": "layers", "names": self._layers.names, "every": self._layers.every})

    def _record_losses(self, step: int, loss: float, losses: torch.Tensor | None) -> None:
        leaps = self._leaps.is_one(loss)
        if losses is not None and self._spec.telemetry.examples and (leaps or step % self._losses_every == 0):
            rounded_losses = [rounded(value, LOSS_DIGITS) for value in losses.tolist()]
            self._files["batches"].append({"step": step, "losses": rounded_losses})


def _as_record(examples: Examples | None) -> dict[str, Any]:
    """As a record; of a text only so much as is read of it at a glance."""
    if examples is None:
        return {}
    whole: dict[str, Any] = msgspec.to_builtins(examples)
    if examples.kind == "text":
        whole["examples"] = [text[:MOST_CHARACTERS] for text in examples.examples]
    return whole


class Pace:
    """Which steps are looked at: every so many-th, or (-1) as many as the budget allows. As a context it counts time.

    What it counts on an accelerator includes waiting for the step's own work, so that it is rather too careful there.
    """

    def __init__(self, every: int, steps: int) -> None:
        self._every = every
        self._stride = max(1, steps // COLUMNS)
        self._patience = max(1, steps // LEAST_COLUMNS)
        self._spent_s = 0.0
        self._elapsed_s = 0.0
        self._last = -math.inf
        self._entered = 0.0
        self._began = 0.0

    def wants(self, step: int) -> bool:
        """Return whether ``step`` is looked at."""
        if self._every >= 0:
            return self._every > 0 and (step == 1 or step % self._every == 0)
        since = step - self._last
        due = since >= self._stride and self._spent_s <= BUDGET_RATIO * self._elapsed_s
        if due or (since >= self._patience and self._spent_s <= ALLOWANCE_S):
            due = True
            self._last = step
        return due

    def begin(self) -> None:
        """Start timing the update."""
        self._began = time.perf_counter()

    def end(self) -> None:
        """Stop timing the update."""
        self._elapsed_s += time.perf_counter() - self._began

    def __enter__(self) -> None:
        self._entered = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._spent_s += time.perf_counter() - self._entered


class Leaps:
    """Whether a loss leaps up, from a running mean and variance of those before it (the last thirty weigh most)."""

    def __init__(self) -> None:
        self._mean = 0.0
        self._variance = 0.0
        self._count = 0

    def is_one(self, loss: float) -> bool:
        """Take up the next loss."""
        if not math.isfinite(loss):
            return True
        above = loss - self._mean
        leaps = self._count > 10 and above > LEAP * math.sqrt(self._variance)
        self._count += 1
        share = max(1 / self._count, 1 / 30)
        self._mean += share * above
        self._variance = (1 - share) * (self._variance + share * above**2)
        return leaps
