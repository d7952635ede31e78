"""Names of runs' states and figures, in one place for the list, the curves and the inspector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import i18n

CONTEXT = "train"

STATES: dict[str, str] = {
    "queued": str(QT_TRANSLATE_NOOP("train", "starting")),
    "running": str(QT_TRANSLATE_NOOP("train", "running")),
    "paused": str(QT_TRANSLATE_NOOP("train", "paused")),
    "stopping": str(QT_TRANSLATE_NOOP("train", "stopping")),
    "stopped": str(QT_TRANSLATE_NOOP("train", "stopped")),
    "finished": str(QT_TRANSLATE_NOOP("train", "finished")),
    "failed": str(QT_TRANSLATE_NOOP("train", "failed")),
    "interrupted": str(QT_TRANSLATE_NOOP("train", "interrupted")),
}
WAITING = str(QT_TRANSLATE_NOOP("train", "waiting"))
"""A run in the queue; one that is "queued" and no longer there is about to speak for itself."""
BASELINES: dict[str, str] = {
    "unigram": str(QT_TRANSLATE_NOOP("train", "unigram")),
    "bigram": str(QT_TRANSLATE_NOOP("train", "bigram, smoothed")),
    "no-preference": str(QT_TRANSLATE_NOOP("train", "no preference")),
    "class-frequencies": str(QT_TRANSLATE_NOOP("train", "class frequencies")),
}
METRICS: dict[str, tuple[str, Callable[[float | None], str]]] = {
    "evaluation_loss": (str(QT_TRANSLATE_NOOP("train", "Evaluation loss")), numbers.significant),
    "accuracy": (str(QT_TRANSLATE_NOOP("train", "Accuracy")), numbers.percent),
    "f1": (str(QT_TRANSLATE_NOOP("train", "F1")), numbers.percent),
    "micro_f1": (str(QT_TRANSLATE_NOOP("train", "Micro F1")), numbers.percent),
    "reward_margin": (str(QT_TRANSLATE_NOOP("train", "Reward margin")), numbers.significant),
    "evaluation_reward_margin": (str(QT_TRANSLATE_NOOP("train", "Evaluation reward margin")), numbers.significant),
    "reward_accuracy": (str(QT_TRANSLATE_NOOP("train", "Training pairs ranked right")), numbers.percent),
    "masked_accuracy": (str(QT_TRANSLATE_NOOP("train", "Words")), numbers.percent),
    "next_sentence_accuracy": (str(QT_TRANSLATE_NOOP("train", "Pairs")), numbers.percent),
    "learning_rate": (str(QT_TRANSLATE_NOOP("train", "Learning rate")), numbers.significant),
    "gradient_norm": (str(QT_TRANSLATE_NOOP("train", "Gradient norm")), numbers.significant),
    "tokens_per_s": (str(QT_TRANSLATE_NOOP("train", "Tokens")), numbers.rate),
    "images_per_s": (str(QT_TRANSLATE_NOOP("train", "Pictures")), numbers.rate),
}
"""The small charts, in order; one is shown where its run has such a metric."""
SHORT: dict[str, str] = {
    "evaluation_loss": str(QT_TRANSLATE_NOOP("train", "Eval loss")),
    "reward_margin": str(QT_TRANSLATE_NOOP("train", "Margin")),
    "evaluation_reward_margin": str(QT_TRANSLATE_NOOP("train", "Eval margin")),
    "reward_accuracy": str(QT_TRANSLATE_NOOP("train", "Ranked right")),
    "learning_rate": str(QT_TRANSLATE_NOOP("train", "LR")),
    "gradient_norm": str(QT_TRANSLATE_NOOP("train", "Grad norm")),
}
"""What a small chart without room for its name is called."""


def word(text: str) -> str:
    """Return a text of this module in the window's language."""
    return QCoreApplication.translate(CONTEXT, text)


def experiment_word(text: str) -> str:
    """Return a text of ``core.specs.experiments`` or ``core.specs.scaling`` in the window's language."""
    return QCoreApplication.translate("experiments", text)


def state_word(run: RunSummary) -> str:
    """Return a run's state, in the window's language."""
    return word(WAITING if run.waiting else STATES[run.state])


def state_line(run: RunSummary) -> str:
    """Return a run's state and step in a few words: ``running · step 1,240``."""
    state = state_word(run)
    if run.waiting:
        template = word("{state} · next") if run.turn <= 1 else word("{state} · number {turn}")
        return template.format(state=state, turn=numbers.exact(run.turn))
    if run.state == "finished":
        state = word("bundled") if run.bundled else state
        return word("{state} · {steps} steps").format(state=state, steps=numbers.exact(run.step))
    return word("{state} · step {step}").format(state=state, step=numbers.exact(run.step))


def phase_line(run: RunSummary) -> str:
    """Return what a run does before its first update; "" where it has made one, or does nothing."""
    if run.waiting:
        return i18n.sentence(run.waits) if run.waits is not None else word("Starting soon…")
    if run.step or not run.live:
        return ""
    if run.message:
        return i18n.words_of(run.message)
    if run.state == "queued":
        return word("Starting its process…")
    return word("Computing the first step…") if run.parameters else word("Loading PyTorch…")


def origin_line(run: RunSummary) -> str:
    """Return where a run comes from, if from another one, a sweep or another program."""
    if run.parent is not None:
        words = word("forked from {run} at step {step}")
        return words.format(run=run.parent.run, step=numbers.exact(run.parent.step))
    if run.sweep:
        return word("of the sweep {sweep}").format(sweep=run.sweep)
    return word("written by {writer}").format(writer=i18n.words_of(run.foreign)) if run.foreign else ""


def sample_words(sample: dict[str, Any]) -> tuple[str, str]:
    """Return a text record of ``samples.jsonl`` as a heading and a text: the prompt, and what followed or was put into
    it.
    """
    masks = [_candidates(mask) for mask in sample.get("masks", ())]
    return _line(sample.get("prompt", "")), " | ".join(masks) or _line(sample.get("text", ""))


def _candidates(mask: dict[str, Any]) -> str:
    """Return the candidates for a hidden word, the most probable first."""
    return " · ".join(
        f"{_line(each.get('token', ''))} {numbers.percent(each.get('probability'))}" for each in mask["candidates"]
    )


def _line(text: object) -> str:
    return " ".join(str(text).split())
