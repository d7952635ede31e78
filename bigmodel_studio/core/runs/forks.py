"""Forks: a new run that goes on from another's checkpoint with other settings.

The fork has the checkpoint in its own folder from the beginning, so that it is started as a run is resumed, and stays
when its parent goes. Its steps count on from the parent's: its first record is the one after the checkpoint's step, so
that curves laid over each other line up, and ``schedule.steps`` counts the parent's too. The optimizer's state is taken
over where it fits. Without changes it learns what its parent went on to learn, bit for bit.
"""

from __future__ import annotations

from pathlib import Path

from bigmodel_studio.core.memory.retry import smaller
from bigmodel_studio.core.runs import launch, run_queue
from bigmodel_studio.core.runs.run_folder import Parent, RunFolder, checkpoint_number
from bigmodel_studio.core.specs.changes import Changes, changed, fields_of
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError

FREE = frozenset({"model.context"})
"""What may be another of the model's fields: how much of it is used."""


def fork_spec(parent: RunFolder, step: int, changes: Changes, folder: Path) -> RunSpec:
    """Return what the fork is asked to do. Raises ``StudioError``: "run-unknown", "fork-fixed" where the checkpoint
    decides a field, and what ``core.specs.changes.changed`` raises.
    """
    spec = parent.spec()
    if spec is None:
        raise StudioError("run-unknown", run=parent.name)
    return changed_for_fork(spec, step, changes, folder)


def changed_for_fork(spec: RunSpec, step: int, changes: Changes, folder: Path) -> RunSpec:
    """Return what a fork of a run with that spec is asked to do. Raises as ``fork_spec``; reads nothing."""
    before = fields_of(spec)
    for field, value in changes.items():
        if _is_fixed(field) and value != before.get(field):
            raise StudioError("fork-fixed", field=field)
    made = changed(spec, changes, folder)
    if made.schedule.steps <= step:
        may_be = f"more than {step}, for the steps before the fork count"
        raise StudioError("spec-field", field="schedule.steps", was=repr(made.schedule.steps), may_be=may_be)
    return made


def fork(
    parent: RunFolder, step: int | None, changes: Changes, folder: Path, looked_at: ResolvedSpec | None = None
) -> RunFolder:
    """Make a fork of the checkpoint after ``step`` (None: the newest), the last in the queue.

    Where the fork is of ``looked_at``, what it names is not looked at again.
    Raises ``StudioError`` "run-no-checkpoint", "run-foreign" and what ``fork_spec`` and ``core.runs.launch.create_run``
    raise; ``OSError``.
    """
    parent.check_ours()
    checkpoint = parent.checkpoint_path(step)
    at = checkpoint_number(checkpoint)
    spec = fork_spec(parent, at, changes, folder)
    given = looked_at if looked_at is not None and looked_at.spec == spec else spec
    return launch.create_run(given, parent=Parent(parent.name, at), checkpoint=checkpoint)


def try_smaller(run: RunFolder) -> RunFolder:
    """Return a run that ran out of memory once more, as ``core.memory.retry`` makes it smaller: on from its newest
    checkpoint where it has one. It waits in the queue.

    Raises ``StudioError``: why it failed where nothing smaller can be tried, and as ``fork`` does; ``OSError``.
    """
    run.check_ours()
    spec = run.spec()
    made = smaller(spec) if spec is not None else None
    if made is None:
        problem = run.status().problem
        raise StudioError.of(problem) if problem is not None else StudioError("run-unknown", run=run.name)
    if run.checkpoints():
        checkpoint = run.checkpoint_path()
        parent = Parent(run.name, checkpoint_number(checkpoint))
        again = launch.create_run(made, parent=parent, checkpoint=checkpoint)
    else:
        again = launch.create_run(made)
    run_queue.submit(again)
    return again


def _is_fixed(field: str) -> bool:
    """Return whether a fork must keep this field."""
    return field.startswith(("objective", "model.", "method.")) and field not in FREE
