"""The task that shows what a training would learn from, before it starts: examples as one of its updates sees them.

The batch is drawn by the objective itself, as the update will draw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bigmodel_studio.core.spec import RunSpec, parse_spec
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import DataSeen, Done, Event, ExampleShown, LookAtData
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data import Say
from bigmodel_studio.training.preview.telling import Telling


def look_at_data(request: LookAtData, session: Session) -> Iterator[Event]:
    """Ends with ``Done(DataSeen)``. Raises ``StudioError`` where the spec or its data cannot be used."""
    spec = parse_spec(request.spec, Path.cwd())
    looking = Telling(lambda say: _seen(spec, request, say), "looking-at-data")
    yield from looking.progress()
    yield Done(result=looking.value)


def _seen(spec: RunSpec, request: LookAtData, say: Say) -> DataSeen:
    return DataSeen(
        objective=spec.objective,
        step=request.step,
        examples=tuple(_examples(spec, request, say)),
    )


def _examples(spec: RunSpec, request: LookAtData, say: Say) -> list[ExampleShown]:
    objective = objectives.prepare(spec, None, say)
    batch = objective.batch(request.step)
    numbers = range(min(request.most, len(next(iter(batch.values())))))
    return objective.shown(batch, numbers, request.step)
