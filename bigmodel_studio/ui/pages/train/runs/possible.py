"""Actions possible on the shown run: decided here alone, for the buttons, the menu and the palette."""

from __future__ import annotations

from typing import NamedTuple

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.specs.objectives import TRAINABLE

RESUMABLE = frozenset({"stopped", "interrupted", "failed", "paused"})


class Possible(NamedTuple):
    """``pauses``: pausing is what is offered, and not resuming."""

    stop: bool = False
    save: bool = False
    pause: bool = False
    resume: bool = False
    fork: bool = False
    use: bool = False
    pauses: bool = False


def possible(run: RunSummary | None, *, has_spec: bool) -> Possible:
    """Return ``has_spec``: it is known what the run was asked for."""
    if run is None:
        return Possible()
    ours = not run.foreign
    working = ours and run.live and run.state != "stopping"
    pauses = run.live and run.state != "paused"
    return Possible(
        stop=working,
        save=working and run.step not in (0, *run.checkpoints),
        pause=working and pauses,
        resume=ours and not run.bundled and run.state in RESUMABLE,
        fork=ours and has_spec and bool(run.checkpoints),
        use=bool(run.checkpoints),
        pauses=pauses,
    )


def page_of(run: RunSummary | None) -> str:
    """Return where a run's models are used; those of a kind that cannot be trained here were made to be talked to."""
    found = TRAINABLE.get(run.objective) if run is not None else None
    return found.page if found is not None else "chat"
