"""How long a run from scratch will take here: its work by its shape, over what was measured of the device's speed.

Counted are the floating-point operations, the bytes of what is kept for the backward pass, and the operations that are
issued; what a process and an update take beside their model was measured. A few tens of percent off is what to expect:
it is there to tell minutes from hours. Nothing is built, torch is not imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from bigmodel_studio.core.advice.estimated_costs import OPERATIONS
from bigmodel_studio.core.memory.need import MOMENTS
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.specs.objectives import SCRATCH
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.protocol import Speed

START_S = 6.0
"""What a run's process takes for itself: to import what it needs, to read its data, and to save (2 cores, measured)."""
UPDATE_S = 0.004
"""What an update takes beside its model: its batch, its records, what is looked at (the same)."""
REACHED = 0.6
"""Of the speed that large matrix products have, what those of small networks reach (the same: 0.5 to 0.7)."""
BACKWARD = 3
"""A step is a forward pass, and a backward pass of twice its work."""
_VOCABULARY = 1024
"""Where a folder's tokenizer is named: it is not opened for this."""


class Work(NamedTuple):
    """Of a forward pass over one batch: FLOPs, bytes that are kept of it, and the operations that are issued."""

    flops: float
    kept_bytes: float
    operations: float
    parameters: int


def seconds_of(spec: RunSpec, speed: Speed) -> float | None:
    """Return the seconds of one run, alone on its device; None for a model that is not known from its spec."""
    work_of = _WORK.get(spec.model.architecture) if spec.model.base == SCRATCH else None
    if work_of is None or min(speed.flops_per_s, speed.bytes_per_s) <= 0:
        return None
    work, schedule = work_of(spec), spec.schedule
    optimizer_bytes = work.parameters * shape.FLOAT32_BYTES * (3 + 2 * MOMENTS[spec.optimizer.name])
    one = _pass_s(work, speed)
    update = schedule.accumulate * BACKWARD * one + optimizer_bytes / speed.bytes_per_s + UPDATE_S
    looks = -(-schedule.steps // schedule.evaluate_every) * schedule.evaluation_batches if spec.data.evaluation else 0
    return START_S + schedule.steps * update + looks * one


def seconds_of_all(specs: Iterable[RunSpec], speed: Speed, at_once: int = 1) -> float | None:
    """Return the seconds of all these; those that compute at once share the device, and only their starts are side by
    side.
    """
    each = [seconds_of(spec, speed) for spec in specs]
    known = [seconds for seconds in each if seconds is not None]
    if len(known) != len(each):
        return None
    starts = len(known) * START_S
    return sum(known) - starts + starts / max(1, min(at_once, len(known)))


def _pass_s(work: Work, speed: Speed) -> float:
    products = work.flops / (speed.flops_per_s * REACHED)
    return products + max(work.kept_bytes / speed.bytes_per_s, work.operations * speed.operation_s)


def _gpt(spec: RunSpec) -> Work:
    model = spec.model
    kind, _, size = model.tokenizer.partition(":")
    vocabulary = int(size) if kind == "train" and size.isdigit() else _VOCABULARY
    parameters = shape.gpt_parameters(
        vocabulary=vocabulary, context=model.context, width=model.width, layers=model.layers
    )
    tokens = spec.schedule.batch * model.context
    # Two for each weight that a token meets, and four widths for each that it looks back at.
    met = parameters - model.context * model.width
    flops = tokens * (2.0 * met + 4.0 * model.layers * model.width * model.context)
    kept = shape.decoder_activation_bytes(
        batch=spec.schedule.batch,
        context=model.context,
        width=model.width,
        layers=model.layers,
        heads=model.heads,
        vocabulary=vocabulary,
    )
    return Work(flops, float(kept), float(model.layers * OPERATIONS["plain"]), parameters)


def _cifar_resnet(spec: RunSpec) -> Work:
    """Count by stages, each of which has a third of the convolutions; each halves the picture's sides and widens it."""
    model, pictures = spec.model, spec.schedule.batch
    convolutions = (model.layers - 2) // 3
    flops = kept = 0.0
    for stage, width in enumerate(model.widths):
        pixels = pictures * max(1, model.image_size >> stage) ** 2
        flops += convolutions * 2.0 * 9 * width * width * pixels
        kept += convolutions * 3.0 * width * pixels * shape.FLOAT32_BYTES  # its output, normalised, and past the ReLU
    parameters = shape.cifar_resnet_parameters(layers=model.layers, widths=model.widths, labels=0)
    return Work(flops, kept, 3.0 * model.layers, parameters)


_WORK: dict[str, Callable[[RunSpec], Work]] = {"gpt": _gpt, "cifar-resnet": _cifar_resnet}
