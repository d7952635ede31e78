"""The cost of a new run's model in words: its parameters, and the memory and the disk that it takes."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from bigmodel_studio.core.memory.need import MOMENTS
from bigmodel_studio.core.memory.training_time import TimeEstimate
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.runs import disk_use
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.form.subject import Subject


def cost_words(
    subject: Subject,
    spec: RunSpec | None,
    needed_bytes: int | None,
    batch: int,
    steps: int,
    time: TimeEstimate | None = None,
) -> tuple[str, str]:
    """Return the headline and what stands below it, both "" where the parameters are not known.

    ``batch`` is the examples that an update learns from; ``spec`` is None where the form has none; ``needed_bytes`` is
    the memory of a run, None: not known; ``time`` is how long it takes, None: not looked at yet.
    """
    parameters = subject.parameters()
    if parameters is None:
        return "", ""
    trained = subject.trained_parameters()
    headline = QCoreApplication.translate("NewRun", "{count} parameters").format(count=numbers.exact(parameters))
    if trained is not None:
        words = QCoreApplication.translate("NewRun", "{count} parameters, {trained} of them trained")
        headline = words.format(count=numbers.exact(parameters), trained=numbers.exact(trained))
    words = QCoreApplication.translate(
        "NewRun", "{memory} for weights, gradients and optimizer, {kept} per checkpoint · {amount}"
    )
    memory = numbers.size(shape.training_bytes(parameters, trained))
    kept = numbers.size(shape.weight_bytes(parameters))
    more = [words.format(memory=memory, kept=kept, amount=subject.amount_words(batch, steps))]
    if needed_bytes is not None:
        words = QCoreApplication.translate("NewRun", "About {needs} of memory")
        more.insert(0, words.format(needs=numbers.size(needed_bytes)))
    if time is not None:
        more.append(_time_words(time))
    if spec is not None:
        words = QCoreApplication.translate("NewRun", "checkpoints take up to {size} on disk")
        more.append(words.format(size=numbers.size(_disk_bytes(spec, parameters, trained))))
    return headline, " · ".join(more)


def _time_words(time: TimeEstimate) -> str:
    if time.seconds is not None:
        words = QCoreApplication.translate("NewRun", "about {time} on this computer, roughly estimated")
        return words.format(time=numbers.rough_duration(time.seconds))
    if not time.measured:
        return QCoreApplication.translate("NewRun", "time unknown: this computer's speed is not measured yet")
    return QCoreApplication.translate("NewRun", "time unknown until the first steps of this model")


def _disk_bytes(spec: RunSpec, parameters: int, trained: int | None) -> int:
    """Return what all checkpoints of the run will take at most."""
    state = (parameters if trained is None else trained) * shape.FLOAT32_BYTES * MOMENTS[spec.optimizer.name]
    budget = disk_use.budget_bytes(spec.schedule, paths.home())
    return disk_use.expected_bytes(spec.schedule, shape.weight_bytes(parameters), state, budget)
