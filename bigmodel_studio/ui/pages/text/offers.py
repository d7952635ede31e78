"""Placeholder of the answers: what to do first, or why nothing can be done and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from bigmodel_studio.core.advice.scaling_down import Like
from bigmodel_studio.core.models.library import ModelRecord, name_of
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.ui.pages.text.task import Task
from bigmodel_studio.ui.pages.text.words import phrase

FIRST_OBJECTIVE = "masked-lm"
"""What one trains who has no model that reads: all others are trained on from it."""


@dataclass(frozen=True)
class Offer:
    """A title, a sentence, and a button with what it leads to.

    ``leads_to``: a model to use, what a new run begins with, a text to begin with, or nothing. ``hub``: whether one may
    look on the Hub instead.
    """

    title: str
    words: str
    button: str = ""
    leads_to: ModelRef | Like | str | None = None
    hub: bool = False


def no_model() -> Offer:
    """Return the offer for when no model reads."""
    return Offer(
        title=QCoreApplication.translate("text", "No text model yet"),
        words=QCoreApplication.translate(
            "text", "Train a small masked language model in minutes, or find one on the Hub."
        ),
        button=QCoreApplication.translate("text", "Train a model…"),
        leads_to=Like(FIRST_OBJECTIVE),
        hub=True,
    )


def unable(task: Task, ref: ModelRef, record: ModelRecord | None, choices: Sequence[ModelRecord]) -> Offer:
    """Say that the model chosen does not do it: use one that does, or train one, on this one where that is possible."""
    fitting = next((each for each in choices if task.able(each)), None)
    if fitting is not None:
        button = QCoreApplication.translate("text", "Use {model}").format(model=fitting.name)
        return Offer(cannot(task, ref), phrase(task.about), button, fitting.ref)
    if not task.objective:
        return Offer(cannot(task, ref), phrase(task.about), hub=True)
    base = record.ref if record is not None and task.objective != FIRST_OBJECTIVE else None
    button = QCoreApplication.translate("text", "Train a model…")
    return Offer(cannot(task, ref), phrase(task.about), button, Like(task.objective, base=base), hub=True)


def to_begin(task: Task, *, example: bool) -> Offer:
    """Return the offer for when nothing was read yet."""
    button = QCoreApplication.translate("text", "Try an example") if example else ""
    return Offer(phrase(task.title), phrase(task.about), button, task.example if example else None)


def cannot(task: Task, ref: ModelRef) -> str:
    """Return that this model does not do it."""
    return phrase(task.cannot).format(model=name_of(ref))
