"""Reading runs again and again at little cost: a line for a list of runs, and what a growing metrics file gained.

A window that shows many runs cannot afford to read whole files four times a second. ``summary`` is one small file a
run; ``MetricsTail`` remembers how far it has read and gives only what is new, in chunks, as columns. Nothing here
knows threads or Qt: ``client.run_watcher`` brings those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from bigmodel_studio.core.runs.lines_tail import LinesTail
from bigmodel_studio.core.runs.run_folder import LIVE, Parent, Rank, RunFolder, StateNow
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.protocol import MemoryParts, Problem

Columns = dict[str, tuple[list[int], list[float | None]]]
"""By metric: the steps, and the values at them (None: it was not a number)."""


UNITS = {"tokens_per_s": "tokens", "images_per_s": "pictures"}
"""What a run learns from, by the name of its speed."""


class RunSummary(msgspec.Struct, kw_only=True, frozen=True):
    """One run as a list shows it. Times are seconds since 1970; ``checkpoints`` are steps, ascending."""

    name: str
    path: str
    state: StateNow
    step: int = 0
    steps: int = 0
    loss: float | None = None
    evaluation_loss: float | None = None
    accuracy: float | None = None
    """A classifier's, at the last evaluation: a share of one."""
    sparkline: tuple[float, ...] = ()
    started: float = 0.0
    updated: float = 0.0
    message: str = ""
    objective: str = ""
    parameters: int = 0
    device: str = ""
    baselines: dict[str, float] = {}
    best_step: int = 0
    best_loss: float | None = None
    items: float | None = None
    """Tokens or pictures learnt from, where it says so."""
    unit: str = ""
    """What those are: "tokens" or "pictures"."""
    seconds: float | None = None
    """Of computing updates."""
    flops_per_item: float = 0.0
    parent: Parent | None = None
    sweep: str = ""
    foreign: str = ""
    problem: Problem | None = None
    ranks: tuple[Rank, ...] = ()
    """Its processes, where it has several."""
    depth: int = 0
    """In a list that knows (``in_order``): of how many runs before it in the list it is a fork of a fork."""
    spec: RunSpec | None = None
    """What was asked for; None where that is not known, as of another program's run."""
    checkpoints: tuple[int, ...] = ()
    disk_bytes: int = 0
    """What its folder took when it last saved."""
    disk_budget_bytes: int = 0
    """What it may take before older checkpoints make room; 0: no limit."""
    bundled: bool = False
    pid: int | None = None
    """Its process, as it last said."""
    trainable_parameters: int = 0
    memory: MemoryParts = MemoryParts()
    """Bytes of its tensors by what they are for."""
    place: float = 0.0
    """Its place in the queue, smaller ones first; 0: it does not wait."""
    waits: Problem | None = None
    """Why it waits there."""
    turn: int = 0
    """The how many-th it is in the queue, from 1, in a list that knows (``in_order``)."""

    @property
    def live(self) -> bool:
        """Whether it has a process: it computes, or is paused with its memory kept."""
        return self.state in LIVE and self.pid is not None

    @property
    def waiting(self) -> bool:
        """Whether it stands in the queue."""
        return self.state == "queued" and self.place > 0


def summary(run: RunFolder, *, bundled: bool = False) -> RunSummary:
    """Return the run's line in a list, read from its small files. A run with damaged files has an empty line, not an
    error.
    """
    spec, status, checkpoints = run.spec(), run.status(), tuple(run.checkpoints())
    return RunSummary(
        name=run.name,
        path=str(run.path),
        state=run.state_now(status),
        step=status.step or max(checkpoints, default=0),  # a power cut may have taken the status
        steps=status.steps or (spec.schedule.steps if spec else 0),
        loss=status.last.get("loss"),
        evaluation_loss=status.last.get("evaluation_loss"),
        accuracy=status.last.get("accuracy"),
        sparkline=status.sparkline,
        started=status.started,
        updated=status.updated,
        message=status.message,
        objective=spec.objective if spec else "",
        parameters=status.parameters,
        device=status.device,
        baselines=status.baselines,
        best_step=status.best_step,
        best_loss=status.best_loss,
        items=status.last.get("items"),
        unit=next((unit for rate, unit in UNITS.items() if rate in status.last), ""),
        seconds=status.last.get("seconds"),
        flops_per_item=status.flops_per_item,
        parent=status.parent,
        sweep=status.sweep,
        foreign=run.foreign(status),
        problem=status.problem,
        spec=spec,
        checkpoints=checkpoints,
        disk_bytes=status.disk_bytes,
        disk_budget_bytes=status.disk_budget_bytes,
        bundled=bundled,
        pid=status.pid,
        trainable_parameters=status.trainable_parameters,
        ranks=status.ranks,
        memory=status.memory,
        place=status.place,
        waits=status.waits,
    )


def in_order(runs: Iterable[RunSummary]) -> list[RunSummary]:
    """Return the runs as a list shows them: those that wait first, in the order of their turns, then the newest first,
    with the forks of each below it, the newest first again.
    """
    found = list(runs)
    queue = sorted((run for run in found if run.waiting), key=lambda run: (run.place, run.name))
    others = sorted((run for run in found if not run.waiting), key=lambda run: (-run.started, run.name))
    return [msgspec.structs.replace(run, turn=turn) for turn, run in enumerate(queue, 1)] + _as_tree(others)


def _as_tree(runs: list[RunSummary]) -> list[RunSummary]:
    forks: dict[str, list[RunSummary]] = {}
    names = {run.name for run in runs}
    roots: list[RunSummary] = []
    for run in runs:
        known = run.parent is not None and run.parent.run in names and run.parent.run != run.name
        (forks.setdefault(run.parent.run, []) if known and run.parent is not None else roots).append(run)
    ordered: list[RunSummary] = []
    ahead = [(run, 0) for run in reversed(roots)]
    while ahead:
        run, depth = ahead.pop()
        ordered.append(msgspec.structs.replace(run, depth=depth) if depth else run)
        ahead += [(fork, depth + 1) for fork in reversed(forks.pop(run.name, []))]
    return ordered + [run for rest in forks.values() for run in rest]  # whose parents are each other's forks


class Gained(msgspec.Struct, frozen=True):
    """What a metrics file gained: if ``kept`` is not None, points past that step are void; then ``columns`` follow."""

    columns: Columns
    kept: int | None = None


class MetricsTail:
    """``metrics.jsonl`` from where it was last read. A torn last line waits until it is whole."""

    def __init__(self, path: Path) -> None:
        self._lines = LinesTail(path)

    def read(self) -> Iterator[Gained]:
        """Yield what is new, in chunks. One that shrank is begun again, all void."""
        for records in self._lines.read():
            if records is None:
                yield Gained({}, kept=0)
            else:
                yield from _gained(records)


def _gained(records: list[dict[str, Any]]) -> Iterator[Gained]:
    columns: Columns = {}
    kept: int | None = None
    for record in records:
        if not isinstance(step := record.get("step"), int):
            continue
        if record.get("event") == "resume":
            if columns or kept is not None:
                yield Gained(columns, kept)
            columns, kept = {}, step
        elif "event" not in record:
            for name, value in record.items():
                if name != "step" and (value is None or isinstance(value, int | float)):
                    steps, values = columns.setdefault(name, ([], []))
                    steps.append(step)
                    values.append(value)
    if columns or kept is not None:
        yield Gained(columns, kept)
