"""The task that shows what a training would learn from, before it starts: what is in the data, what is wrong with it,
and examples as one of its updates sees them. The batch is drawn by the objective itself, as the update will draw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from bigmodel_studio.core.data.faults import readable
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec, parse_spec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import DataPreview, DataRole, Done, Event, LookAtData, PreviewExample, Unit
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data.reading import Reading
from bigmodel_studio.training.data.token_data import Say
from bigmodel_studio.training.loop.progress import ProgressReports
from bigmodel_studio.training.objectives import Objective
from bigmodel_studio.training.preview.findings import Noted, by_weight, of_both
from bigmodel_studio.training.preview.survey import Survey

MOST_BYTES = 8 << 20
"""So much of a text (of each part of rows) is looked at: a quarter of a minute's work."""
MOST_PICTURES = 2000
SAY_EVERY = 200


def look_at_data(request: LookAtData, session: Session) -> Iterator[Event]:
    """End with ``Done(DataPreview)``, with what is wrong with the data among its findings.

    Raises ``StudioError`` where the spec or its model cannot be used.
    """
    spec = parse_spec(request.spec, Path.cwd())
    looking = ProgressReports(lambda say: _preview(spec, request, say), "looking-at-data")
    yield from looking.progress()
    yield Done(result=looking.value)


def _preview(spec: RunSpec, request: LookAtData, say: Say) -> DataPreview:
    noted = Noted()
    reading = Reading(say, noted, MOST_BYTES, MOST_PICTURES)
    preview = DataPreview(objective=spec.objective, step=request.step, examples=())
    try:
        with readable():
            objective = objectives.prepare(resolve_spec(spec), None, reading)
    except StudioError as error:
        if not error.problem.code.startswith(("data-", "chat-")):
            raise
        if not (
            noted.any and error.problem.code in ("data-empty", "data-no-examples")
        ):  # why nothing is left has been said
            noted.refuse(error)
        return msgspec.structs.replace(preview, findings=noted.by_weight())
    preview = msgspec.structs.replace(
        preview,
        examples=tuple(_examples(objective, request)),
        updates_an_epoch=objective.updates_an_epoch / reading.share,
        all_read=reading.whole,
        bytes_read=reading.bytes,
        several_classes=objective.several_classes,
    )
    return _counted(preview, objective, spec, reading, noted) if request.counted else preview


def _examples(objective: Objective, request: LookAtData) -> list[PreviewExample]:
    batch = objective.batch(request.step)
    numbers = range(min(request.most, len(next(iter(batch.values())))))
    return objective.shown(batch, numbers, request.step)


def _counted(preview: DataPreview, objective: Objective, spec: RunSpec, reading: Reading, noted: Noted) -> DataPreview:
    train = _survey(objective, "training", reading.say, None)
    evaluation = _survey(objective, "evaluation", reading.say, train)
    tags = TRAINABLE[spec.objective].data == "tagged"
    parts = tuple(survey.counts(objective.tokens_in(survey.role)) for survey in (train, evaluation) if len(survey))
    all_findings = of_both(train, evaluation, reading, getattr(objective, "context", 0), tags=tags)
    return msgspec.structs.replace(
        preview,
        parts=parts,
        bytes_read=reading.bytes or sum(part.bytes for part in parts),
        findings=by_weight((*noted.findings(), *objective.findings(), *all_findings)),
        shared=evaluation.shared.count,
    )


def _survey(objective: Objective, role: DataRole, say: Say, before: Survey | None) -> Survey:
    unit: Unit = "pixels" if objective.rate == "images_per_s" else "tokens"
    survey = Survey(role, unit, before, several=objective.several_classes)
    for number, entry in enumerate(objective.entries(role)):
        survey.add(entry)
        if number % SAY_EVERY == 0:
            say("counting-data", number, 0)
    return survey
