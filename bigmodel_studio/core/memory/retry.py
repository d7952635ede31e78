"""Retry after memory ran out: the smallest change of a spec that takes less, and what it then takes.

Numbers are those of ``core.memory.need``. Knows no run and no torch.
"""

from __future__ import annotations

import msgspec

from bigmodel_studio.core.memory.device_memory import CPU
from bigmodel_studio.core.memory.need import need_of
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Problem

LEAST_CONTEXT = 32


def smaller(spec: RunSpec) -> RunSpec | None:
    """Return the spec with less to hold at once; None where only another model would help.

    First smaller batches, so many more of them an update that it learns from the same examples, and an evaluation looks
    at as many; then activations that are computed again; then half of the context.
    """
    schedule, change = spec.schedule, msgspec.structs.replace
    at_once = min(schedule.batch, schedule.update // spec.launch.processes)  # at once, by each process
    if at_once > 1:
        batch = max(size for size in range(1, at_once) if schedule.batch % size == 0)
        by = schedule.batch // batch
        split = change(
            schedule,
            batch=batch,
            accumulate=schedule.accumulate * by,
            evaluation_batches=schedule.evaluation_batches * by,
        )
        return change(spec, schedule=split)
    found = TRAINABLE.get(spec.objective)
    if found is None or found.data != "text":
        return None
    if not spec.launch.checkpointing:
        return change(spec, launch=change(spec.launch, checkpointing=True))
    if spec.model.context >= 2 * LEAST_CONTEXT:
        return change(spec, model=change(spec.model, context=spec.model.context // 2))
    return None


def memory_advice(spec: RunSpec, device: str) -> Problem:
    """Return what is said of a run that found no memory on a device: what it takes, and what ``smaller`` would."""
    accelerators = () if device == CPU else (device,)

    def needs(of: RunSpec) -> str:
        return numbers.size(need_of(of, accelerators)[0].bytes)

    arguments: dict[str, str | int | float] = {"device": device, "needs": needs(spec)}
    changed = smaller(spec)
    if changed is None:
        return Problem(code="training-memory-least", arguments=arguments)
    arguments["smaller"] = needs(changed)
    if changed.schedule != spec.schedule:
        counts = {"batch": changed.schedule.batch, "accumulate": changed.schedule.accumulate}
        return Problem(code="training-memory", arguments=arguments | counts)
    if changed.launch != spec.launch:
        return Problem(code="training-memory-recompute", arguments=arguments)
    return Problem(code="training-memory-context", arguments={**arguments, "context": changed.model.context})
