"""The cost of a new run's model in words: its parameters, and the memory that it takes."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from bigmodel_studio.core.models import shape
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.form.subject import Subject


def cost_words(subject: Subject, needed_bytes: int | None, batch: int, steps: int) -> tuple[str, str]:
    """Return the headline and what stands below it, both "" where the parameters are not known.

    ``batch`` is the examples that an update learns from; ``needed_bytes`` is the memory of a run, None: not known.
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
        "NewRun", "{held} for weights, gradients and optimizer, {kept} per checkpoint · {amount}"
    )
    held = numbers.size(shape.training_bytes(parameters, trained))
    kept = numbers.size(shape.weight_bytes(parameters))
    more = [words.format(held=held, kept=kept, amount=subject.amount_words(batch, steps))]
    if needed_bytes is not None:
        words = QCoreApplication.translate("NewRun", "About {needs} of memory")
        more.insert(0, words.format(needs=numbers.size(needed_bytes)))
    return headline, " · ".join(more)
