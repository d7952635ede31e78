"""Runs beside each other: what differs between their specs, how good they became, what it took, and losses by step.

The window's table and the command ``compare`` show this; it reads run folders and computes nothing but these figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from bigmodel_studio.core.memory.training_cost import training_flops
from bigmodel_studio.core.runs.reader import UNITS, RunSummary
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus
from bigmodel_studio.core.specs.changes import differing, fields_of
from bigmodel_studio.core.specs.spec import RunSpec


class Measures(NamedTuple):
    """What lays a run's losses over what they cost. 0 where it is not known."""

    flops_per_item: float = 0.0
    items_per_step: float = 0.0
    """Where the run itself does not record what it has learnt from."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One run in figures. ``items`` are those learnt from until now, ``seconds`` of computing updates; None: not known.

    ``best_evaluation_loss`` is the smallest, at ``best_step``. FLOPs are "counted" in the run's first update, or 6·N·D
    ("estimated", Kaplan et al. 2020) for a text model that did not count.
    """

    name: str
    state: str
    step: int
    steps: int
    parameters: int
    loss: float | None = None
    evaluation_loss: float | None = None
    best_evaluation_loss: float | None = None
    best_step: int | None = None
    accuracy: float | None = None
    items: int | None = None
    unit: str = ""
    seconds: float | None = None
    flops: float | None = None
    flops_source: Literal["counted", "estimated", ""] = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """``differs``: by field the value in each run (None: it has no spec). ``losses``: by run the loss at each of
    ``steps`` (None: none, or not a number).
    """

    runs: tuple[Compared, ...]
    differs: dict[str, list[Any]]
    steps: list[int]
    losses: dict[str, list[float | None]]


def compare(runs: Sequence[RunFolder]) -> Comparison:
    """Return the runs in the order given."""
    specs = [run.spec() for run in runs]
    records = [run.metrics() for run in runs]
    found = [compared(run, spec, metrics) for run, spec, metrics in zip(runs, specs, records, strict=True)]
    steps = sorted({int(record["step"]) for metrics in records for record in metrics if "loss" in record})
    losses = {}
    for run, metrics in zip(runs, records, strict=True):
        by_step = {int(record["step"]): record.get("loss") for record in metrics}
        losses[run.name] = [by_step.get(step) for step in steps]
    return Comparison(runs=tuple(found), differs=differences(specs), steps=steps, losses=losses)


def differences(specs: Sequence[RunSpec | None]) -> dict[str, list[Any]]:
    """Return the fields that differ between these specs, each with the value in every one (None where there is no
    spec).
    """
    fields = [fields_of(spec) if spec is not None else {} for spec in specs]
    names = differing([spec for spec in specs if spec is not None])
    return {name: [each.get(name) for each in fields] for name in names}


def compared(run: RunFolder, spec: RunSpec | None, metrics: Sequence[dict[str, Any]]) -> Compared:
    """Return one run's figures."""
    status = run.status()
    evaluated = [(record["evaluation_loss"], int(record["step"])) for record in metrics if _is_evaluation(record)]
    best, best_step = min(evaluated, default=(None, None))
    last = metrics[-1] if metrics else {}
    unit = next((unit for rate, unit in UNITS.items() if rate in last), "")
    items = items_at(last, spec, unit)
    flops, source = _flops(status, unit, items)
    return Compared(
        name=run.name,
        state=run.state_now(status),
        step=int(last.get("step", status.step)),
        steps=status.steps,
        parameters=status.parameters,
        loss=_last(metrics, "loss"),
        evaluation_loss=evaluated[-1][0] if evaluated else None,
        best_evaluation_loss=best,
        best_step=best_step,
        accuracy=_last(metrics, "accuracy"),
        items=items,
        unit=unit,
        seconds=last.get("seconds"),
        flops=flops,
        flops_source=source,
    )


def items_at(record: dict[str, Any], spec: RunSpec | None, unit: str) -> int | None:
    """Return what had been learnt from at a record: as it says, or, of texts, as the spec has it for its step."""
    if isinstance(items := record.get("items"), int):
        return items
    if spec is None or unit != "tokens" or "step" not in record:
        return None
    return int(record["step"]) * spec.schedule.update * spec.model.context


def measures_of(run: RunSummary) -> Measures:
    """Return the measures of a run as a list shows it; read its spec where the run records too little."""
    each, _source = flops_per_item(run.flops_per_item, run.parameters, run.unit)
    if run.items is not None or run.unit != "tokens":
        return Measures(each)
    spec = RunFolder(Path(run.path)).spec()
    return Measures(each, spec.schedule.update * spec.model.context if spec is not None else 0)


def flops_of(run: RunSummary) -> tuple[float, Literal["counted", "estimated", ""]]:
    """Return what a run has taken until now, and how that is known; 0 where it is not."""
    each, source = flops_per_item(run.flops_per_item, run.parameters, run.unit)
    return (each * run.items, source) if each and run.items else (0.0, "")


def flops_per_item(counted: float, parameters: int, unit: str) -> tuple[float, Literal["counted", "estimated", ""]]:
    """Return FLOPs to learn from one item, and how they are known; 0 where they are not."""
    if counted:
        return counted, "counted"
    if parameters and unit == "tokens":
        return training_flops(parameters, 1), "estimated"
    return 0.0, ""


def _flops(status: RunStatus, unit: str, items: int | None) -> tuple[float | None, Literal["counted", "estimated", ""]]:
    each, source = flops_per_item(status.flops_per_item, status.parameters, unit)
    return (each * items, source) if each and items else (None, "")


def _is_evaluation(record: dict[str, Any]) -> bool:
    value = record.get("evaluation_loss")
    return isinstance(value, int | float) and math.isfinite(value)


def _last(metrics: Iterable[dict[str, Any]], name: str) -> float | None:
    found = None
    for record in metrics:
        if isinstance(value := record.get(name), int | float):
            found = float(value)
    return found
