"""The task that shows what a step learnt from: its examples, decoded, with their losses.

Batches depend on nothing but the seed and the step, so that they are drawn again, not stored. The losses of the
examples are the run's own where it recorded them; those of single tokens are by the nearest earlier checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import torch

from bigmodel_studio.core.runs.inside_reader import recorded_losses
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Event, LookAtStep, Progress, StepExamples
from bigmodel_studio.training.inside.opening import Opened, computing_as, nearest_checkpoint, open_training
from bigmodel_studio.training.objectives import Batch


def look_at_step(request: LookAtStep, session: Session) -> Iterator[Event]:
    """End with ``Done(StepExamples)``. Raises ``StudioError`` "step-unknown", or why the run's data cannot be read."""
    yield Progress(what="loading")
    with computing_as(request.run) as run:
        spec = run.spec()
        if spec is None or not 1 <= request.step <= spec.schedule.steps:
            raise StudioError("step-unknown", run=run.name, step=request.step)
        opened = open_training(run, nearest_checkpoint(run, request.step))
        yield Progress(what="step")
        yield Done(result=_examples(opened, request))


def _examples(opened: Opened, request: LookAtStep) -> StepExamples:
    step = request.step
    batch = opened.batch(step)
    recorded = recorded_losses(opened.run.path, step)
    count = len(next(iter(batch.values())))
    known = recorded if len(recorded) == count else _losses(opened, batch)
    hardest = sorted(range(len(known)), key=lambda n: -_or_most(known[n]))[: request.most]
    examples = opened.step_examples(batch, hardest, step)
    if known is recorded:
        examples = [msgspec.structs.replace(one, recorded=recorded[one.number]) for one in examples]
    return StepExamples(
        run=opened.run.name,
        step=step,
        checkpoint=opened.step,
        exact=opened.step == step - 1,
        count=count,
        examples=tuple(examples),
    )


def _losses(opened: Opened, batch: Batch) -> list[float | None]:
    """Return the loss of each example by the weights that are there; empty where the objective cannot tell them
    apart.
    """
    objective = opened.objective
    found: list[float | None] = []
    objective.model.eval()
    with torch.no_grad(), opened.precision.autocast():
        for part, _share in objective.parts(batch, opened.spec.schedule.batch):
            objective.loss(objective.model, part)
            found += [] if objective.example_losses is None else objective.example_losses.tolist()
    return found


def _or_most(loss: float | None) -> float:
    """Return a loss that was no number is the hardest of all."""
    return float("inf") if loss is None else loss
