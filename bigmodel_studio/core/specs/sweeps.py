"""Sweeps: a run for each point of a grid over fields of a spec, all of them in the queue.

The grid stands in the spec's file, ``[sweep]`` with ``"optimizer.learning_rate" = [1e-3, 3e-4]``, or is typed. What
came of it is ``core.runs.comparison`` of the runs, which know the sweep's name.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bigmodel_studio.core.runs import launch, run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder, all_runs
from bigmodel_studio.core.specs.changes import Changes, changed, flattened, written
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec, read_tables, spec_of
from bigmodel_studio.core.text.messages import StudioError

Grid = Mapping[str, Sequence[Any]]
"""By field: the values that it takes."""


class Point(NamedTuple):
    """What one run of a sweep has that the spec has not, and what tells its name from the others'."""

    name: str
    changes: Changes


SWEPT = (
    "optimizer.learning_rate",
    "optimizer.weight_decay",
    "optimizer.name",
    "optimizer.clip",
    "schedule.batch",
    "schedule.steps",
    "schedule.warmup",
    "schedule.decay",
    "seed",
    "model.layers",
    "model.heads",
    "model.width",
    "model.context",
    "model.dropout",
    "method.kind",
    "method.rank",
    "method.alpha",
    "method.dropout",
)
"""Fields that are usually swept over, as a form offers them; any field may be."""
MOST_RUNS = 200
LONGEST_NAME = 100


def read_sweep(text: str, folder: Path) -> tuple[RunSpec, dict[str, list[Any]]]:
    """Return a spec with a table ``[sweep]``, which may be missing. Raises ``StudioError`` as ``parse_spec`` does."""
    raw = read_tables(text)
    table = raw.pop("sweep", {})
    if not isinstance(table, dict):
        raise StudioError("sweep-empty")
    grid = {field: value if isinstance(value, list) else [value] for field, value in flattened(table)}
    return spec_of(raw, folder), grid


def points_of(grid: Grid) -> list[Point]:
    """Return every combination of the values, in the order of the grid (the last field varies fastest), named by them.

    Raises ``StudioError``: "sweep-empty", "sweep-large".
    """
    check_count(math.prod(len(values) for values in grid.values()) if grid else 0)
    points = []
    for values in itertools.product(*grid.values()):
        changes = dict(zip(grid, values, strict=True))
        named = (f"{field.rpartition('.')[2]}={written(value)}" for field, value in changes.items())
        points.append(Point("-".join(named), changes))
    return points


def check_count(count: int) -> None:
    """Check that so many runs make a sweep. Raises ``StudioError``: "sweep-empty", "sweep-large"."""
    if not count:
        raise StudioError("sweep-empty")
    if count > MOST_RUNS:
        raise StudioError("sweep-large", count=count, most=MOST_RUNS)


def specs_of(spec: RunSpec, points: Sequence[Point], folder: Path) -> list[RunSpec]:
    """Return a checked spec for each point, in their order. No file is looked at.

    Raises ``StudioError``: "sweep-empty", "sweep-large", and where a point is no spec.
    """
    check_count(len(points))
    return [
        msgspec.structs.replace(changed(spec, point.changes, folder), name=_name(spec.name, point.name, number))
        for number, point in enumerate(points, 1)
    ]


def sweep_specs(spec: RunSpec | ResolvedSpec, points: Sequence[Point], folder: Path) -> list[ResolvedSpec]:
    """Return what ``specs_of`` does, looked at; of a ``ResolvedSpec`` what its points have in common is not again.

    Raises also where a file is missing, or this machine can never train one of them.
    """
    before = spec if isinstance(spec, ResolvedSpec) else None
    found = []
    for made in specs_of(spec.spec if isinstance(spec, ResolvedSpec) else spec, points, folder):
        if before is not None and launch.inputs_of(before.spec) == launch.inputs_of(made):
            before = msgspec.structs.replace(before, spec=made)
        else:
            before = launch.check_inputs(made)
        run_queue.check_room(made)
        found.append(before)
    return found


def check_values(spec: RunSpec, grid: Grid, folder: Path) -> int:
    """Return how many runs that is, each value tried alone and no file looked at: quick enough while one types.

    Raises ``StudioError`` as ``sweep_specs`` does.
    """
    count = len(points_of(grid))
    for field, values in grid.items():
        for value in values:
            changed(spec, {field: value}, folder)
    return count


def start_sweep(spec: RunSpec | ResolvedSpec, points: Sequence[Point], folder: Path) -> list[RunFolder]:
    """Make the runs of a sweep and let them into the queue; a sweep's name that is taken gets a number.

    Raises as ``sweep_specs`` does, before any is made.
    """
    specs = sweep_specs(spec, points, folder)
    title = spec.spec.name if isinstance(spec, ResolvedSpec) else spec.name
    taken = {run.status().sweep for run in all_runs()}
    names = itertools.chain([title], (f"{title}-{number}" for number in itertools.count(2)))
    name = next(name for name in names if name not in taken)
    runs = [launch.create_run(made, sweep=name) for made in specs]
    for run in runs:
        run_queue.submit(run)
    return runs


def runs_of_sweep(name: str) -> list[RunFolder]:
    """Return the runs that were made for a sweep, the first first. Raises ``StudioError`` "sweep-unknown"."""
    found = [run for run in all_runs() if run.status().sweep == name]
    if not found:
        raise StudioError("sweep-unknown", sweep=name)
    return sorted(found, key=lambda run: run.status().started)


def _name(sweep: str, point: str, number: int) -> str:
    """Return ``tiny-learning_rate=0.001-batch=8``, or numbered where that is no folder's name."""
    name = f"{sweep}-{point}"
    fits = len(name) <= LONGEST_NAME and not set(name) & set('/\\:*?"<>| ')
    return name if fits else f"{sweep}-{number}"
