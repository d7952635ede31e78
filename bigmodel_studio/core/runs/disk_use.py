"""The disk that a run takes, the budget it has, and which checkpoints make room once it has taken that.

Every checkpoint keeps its weights for time travel, and the newest ``schedule.keep_state`` also the trainer's state,
with which a run resumes bit for bit. Once the run's folder has taken ``schedule.disk_budget``, older checkpoints go;
those that stay lie evenly over the steps. Knows nothing of torch; nothing here deletes.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Set
from pathlib import Path

from bigmodel_studio.core.runs import notes
from bigmodel_studio.core.runs.run_folder import RunFolder, all_runs
from bigmodel_studio.core.specs.spec import ScheduleSpec

LEAST_NEWEST = 2
"""The newest so many checkpoints never make room: the one to resume from, and the one before if that is damaged."""
_NAMED_STEP = re.compile(r"(?:@|\bsteps?[ -]?)0*(\d+)", re.IGNORECASE)


def folder_bytes(folder: Path) -> int:
    """Return the bytes of the files in a folder and below; a file that goes meanwhile counts nothing."""
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(inside, name)).st_size
            except OSError:
                continue
    return total


def budget_bytes(schedule: ScheduleSpec, folder: Path, taken_bytes: int = 0) -> int:
    """Return the bytes that a run in ``folder`` may take; a share is of the free disk and the ``taken_bytes`` that the
    run has of it already, and so the same after a resume. 0: no limit, also where the disk says nothing.
    """
    if schedule.disk_budget > 1 or not schedule.disk_budget:
        return int(schedule.disk_budget)
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return 0
    return max(1, int(schedule.disk_budget * (free + taken_bytes)))


def expected_bytes(schedule: ScheduleSpec, weights_bytes: int, state_bytes: int, budget: int) -> int:
    """Return what the checkpoints of a run will take at most: ``weights_bytes`` and ``state_bytes`` are those of one.

    ``budget`` as ``budget_bytes`` gives it; a run takes more only where its newest and its best checkpoint do.
    """
    saved = -(-schedule.steps // schedule.checkpoint_every)
    kept = min(saved, schedule.keep + 1) if schedule.keep else saved
    with_state = min(kept, schedule.keep_state) if schedule.keep_state else kept
    total = kept * weights_bytes + with_state * state_bytes
    least = min(kept, LEAST_NEWEST + 1) * weights_bytes + min(with_state, LEAST_NEWEST) * state_bytes
    return max(least, min(total, budget)) if budget else total


def spared_steps(run: RunFolder, best: int) -> set[int]:
    """Return the checkpoints that never make room, beside the newest.

    They are the best, those that a note of the user names ("@200", "step 200"), and those that another run was forked
    from or starts from.
    """
    return {best} | noted_steps(notes.note_of(run.name)) | _used_by_others(run)


def noted_steps(note: notes.Note) -> set[int]:
    """Return the steps that a note or its tags name: "step 200", "@200"."""
    return {int(digits) for digits in _NAMED_STEP.findall(" ".join((note.text, *note.tags)))}


def _used_by_others(run: RunFolder) -> set[int]:
    begun = f"{run.name}@"
    found = set()
    for other in all_runs():
        parent = other.status().parent
        if parent is not None and parent.run == run.name:
            found.add(parent.step)
        try:
            named = begun.encode() in (other.path / "spec.toml").read_bytes()
        except OSError:
            continue
        spec = other.spec() if named else None
        if spec is not None and spec.model.base.startswith(begun) and spec.model.base[len(begun) :].isdecimal():
            found.add(int(spec.model.base[len(begun) :]))
    return found


def to_remove(sizes: Mapping[int, int], spared: Set[int], excess_bytes: int) -> list[int]:
    """Return the steps whose checkpoints make room for ``excess_bytes``, in the order in which they go; ``sizes`` are
    the bytes of each checkpoint, by step.

    Each time that one goes whose neighbours are then closest together, the older of two alike. Neither the newest nor
    those ``spared`` go, whatever is lacking then.
    """
    left = sorted(sizes)
    fixed = spared | set(left[-LEAST_NEWEST:])
    gone: list[int] = []
    while excess_bytes > 0:
        gaps = {
            step: after - before
            for before, step, after in zip([0, *left], left, left[1:], strict=False)
            if step not in fixed
        }
        if not gaps:
            break
        step = min(gaps, key=lambda each: (gaps[each], each))
        left.remove(step)
        gone.append(step)
        excess_bytes -= sizes[step]
    return gone
