"""Training objectives in one table, and what the loop asks of each.

An objective knows its data and its model: it prepares the one and builds the other, makes batches, says the loss of
one, and shows what the model can do by now. It knows nothing of optimizers, checkpoints or run folders. A new one is a
module with a subclass of ``Objective`` and a line in ``OBJECTIVES``.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec
import torch

from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.protocol import DataRole, Finding, Place, PreviewExample, PreviewToken, StepExample, TokenLoss
from bigmodel_studio.training.data import readers
from bigmodel_studio.training.data.reading import Reading
from bigmodel_studio.training.data.token_data import Say

if TYPE_CHECKING:
    from transformers import PreTrainedModel

OBJECTIVES = {
    "causal-lm": "bigmodel_studio.training.objectives.causal_lm:CausalLM",
    "chat": "bigmodel_studio.training.objectives.chat:Chat",
    "preference": "bigmodel_studio.training.objectives.preference:Preference",
    "masked-lm": "bigmodel_studio.training.objectives.masked_lm:MaskedLM",
    "classify-text": "bigmodel_studio.training.objectives.classify_text:ClassifyText",
    "tag": "bigmodel_studio.training.objectives.tag:Tag",
    "classify-images": "bigmodel_studio.training.objectives.classify_images:ClassifyImages",
}
"""A module for each line of ``core.specs.objectives.TRAINABLE``."""

Batch = dict[str, torch.Tensor]
Moved = Callable[[Batch], Batch]


class Examples(msgspec.Struct, frozen=True, kw_only=True):
    """What is evaluated on, one after the other: texts, or the paths of pictures; of a classifier with what they are.

    ``labels`` are the classes by number, ``expected`` the number of each example (a list of numbers where an example
    may have ``several``); both are empty without classes.
    """

    kind: Literal["text", "picture"]
    examples: Sequence[str]
    labels: Sequence[str] = ()
    expected: Sequence[int | list[int]] = ()
    several: bool = False


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation, example by example in the order of ``Examples``: losses and, of a classifier, the class or
    classes predicted for each (as ``Examples.expected``).
    """

    losses: Sequence[float]
    predicted: Sequence[int | list[int]] = ()


class CountedExample(NamedTuple):
    """An example of the data as it is counted. ``key`` is what doubles are known by: the text, where there is one.

    ``length`` as it is in the data, in tokens, or the shorter side of a picture in pixels. ``labels`` is its class, or
    the tags of its words; ``unknown`` counts tokens that stand for what the tokenizer does not know.
    """

    place: Place
    key: str
    length: int
    labels: Sequence[str] = ()
    cut: bool = False
    unknown: int = 0


class EvaluatedExample(NamedTuple):
    """What a model makes of an example: its loss, and that of each of its tokens (None: nothing is learnt there).

    Of a classifier what it says, and how probable it holds that; ``expected`` is what the example is, where its first
    class does not tell that.
    """

    loss: float
    tokens: Sequence[float | None] = ()
    predicted: str = ""
    probability: float | None = None
    expected: str = ""


class Objective(ABC):
    """One training's data and model. Made by ``build``, or by ``prepare`` without the model; ``model`` is on the CPU
    until the loop moves it.
    """

    rate: str
    """What its speed is called in the records: ``tokens_per_s``, ``images_per_s``."""
    model: PreTrainedModel
    notes: list[str]
    """Sentences that the user should find in the log."""
    several_classes = False
    """Whether an example may have any number of classes."""
    example_losses: torch.Tensor | None = None
    """Left by ``loss`` where it can tell examples apart: the loss of each, [examples], without a gradient."""
    evaluated: Evaluated | None = None
    """Left by ``evaluate`` where it can tell examples apart."""

    @abstractmethod
    def __init__(self, resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> None:
        """Prepare the data, and what of the model is known without its weights; of ``checkpoint`` where the run is
        resumed. Raises ``StudioError``.
        """

    @abstractmethod
    def build_model(self) -> None:
        """Make ``model``, or load it. Raises ``StudioError``."""

    @abstractmethod
    def entries(self, role: DataRole) -> Iterator[CountedExample]:
        """Return every example of a part of the data, to be counted; no model is needed for it."""

    def tokens_in(self, role: DataRole) -> int | None:
        """Return how many tokens a part has, where that is not the sum of its entries' lengths."""
        return None

    def findings(self) -> Iterator[Finding]:
        """Yield what it found wrong with its data as it prepared them."""
        yield from ()

    @property
    @abstractmethod
    def updates_an_epoch(self) -> float:
        """After so many updates as many examples (or tokens) were drawn as there are to learn from."""

    @abstractmethod
    def batch(self, step: int) -> Batch:
        """Return what update ``step`` learns from, on the CPU: ``schedule.update`` examples, along the first dimension
        of every tensor. It depends on the spec and the step alone.
        """

    @abstractmethod
    def items(self, batch: Batch) -> int:
        """Return how much of ``rate``'s unit is in a batch."""

    def weight(self, batch: Batch) -> float:
        """Return what a part of a batch counts for in the whole's mean loss: of how many things ``loss`` is the
        mean.
        """
        return float(self.items(batch))

    def parts(self, batch: Batch, size: int) -> Iterator[tuple[Batch, float]]:
        """Yield the batch in parts of ``size`` examples, each with its share of the whole (together 1)."""
        whole = next(iter(batch.values())).shape[0]
        if whole <= size:
            yield batch, 1.0
            return
        parts = [{name: tensor[at : at + size] for name, tensor in batch.items()} for at in range(0, whole, size)]
        weights = [self.weight(part) for part in parts]
        for part, weight in zip(parts, weights, strict=True):
            if weight:
                yield part, weight / sum(weights)

    @abstractmethod
    def loss(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        """Return the mean loss of a batch, a scalar to be differentiated."""

    @abstractmethod
    def evaluation_batches(self) -> Iterator[Batch]:
        """Return the same batches every time; none where there is nothing to evaluate on."""

    @abstractmethod
    def evaluate(self, model: PreTrainedModel, batches: Iterator[Batch]) -> dict[str, float]:
        """Return the records' names and values over those batches: ``evaluation_loss`` and what else it knows."""

    def evaluation_examples(self) -> Examples | None:
        """Return what ``evaluation_batches`` gives, as a person can see it; None where that cannot be shown.

        An objective that leaves ``evaluated`` says it.
        """
        return None

    reference_key = ""
    """What its reference is of: other data, another key. "": it needs none."""

    def reference(self, model: PreTrainedModel, moved: Moved, say: Say) -> dict[str, torch.Tensor]:
        """Return what has to be known of the model before its first update, computed once for a run and stored with it.

        ``model`` is that model, in evaluation mode, without gradients; ``moved`` puts a batch beside it.
        """
        return {}

    def reference_model(self) -> PreTrainedModel:
        """Return the model before the first update. Raises ``StudioError`` where it is gone."""
        return self.model

    def use_reference(self, tensors: dict[str, torch.Tensor]) -> None:  # noqa: B027 - most need none
        """Take what ``reference`` gave. No batch is made before."""

    def measures(self, losses: torch.Tensor) -> dict[str, float]:
        """Return more that the record of an update says, from the loss of each of its examples."""
        return {}

    def to_training(self, model: PreTrainedModel) -> None:
        """Put the model into the mode that it learns in (after an evaluation, too)."""
        model.train()

    @abstractmethod
    def samples(self, model: PreTrainedModel, step: int) -> Iterator[dict[str, Any]]:
        """Return what the model says (or sees) by now: records for ``samples.jsonl``. Called after ``evaluate``."""

    @abstractmethod
    def shown(self, batch: Batch, numbers: Sequence[int], step: int) -> list[PreviewExample]:
        """Return those examples of the batch of ``step`` as the model will see them, and what it has to make of them.

        No model is needed for it.
        """

    @abstractmethod
    def predicted_examples(self, model: PreTrainedModel, batch: Batch) -> list[EvaluatedExample]:
        """Return what the model makes of each example of a batch, without gradients and in evaluation mode."""

    def look(self, model: PreTrainedModel, batch: Batch, numbers: Sequence[int], step: int) -> list[StepExample]:
        """Return those examples of the batch of ``step`` as a person can see them, each with its loss by the model.

        Without gradients, the model in evaluation mode.
        """
        shown = self.shown({name: tensor.cpu() for name, tensor in batch.items()}, numbers, step)
        evaluated_example = self.predicted_examples(model, part_of(batch, numbers))
        return [_step_example(*each) for each in zip(numbers, shown, evaluated_example, strict=True)]

    @abstractmethod
    def save_beside(self, folder: Path) -> None:
        """Put what the model needs to be used (its tokenizer, its labels) into its folder."""

    def baselines(self) -> dict[str, float]:
        """Return losses that a good run must beat, by name; empty where none are known."""
        return {}


def part_of(batch: Batch, numbers: Sequence[int]) -> Batch:
    """Return those examples of a batch."""
    return {name: tensor[list(numbers)] for name, tensor in batch.items()}


def _step_example(number: int, shown: PreviewExample, evaluated_example: EvaluatedExample) -> StepExample:
    """Return a token that was hidden is shown as what it was."""
    expected = shown.classes[0].label if evaluated_example.predicted and shown.classes else ""
    losses = list(evaluated_example.tokens) or [None] * len(shown.tokens)
    return StepExample(
        number=number,
        loss=evaluated_example.loss,
        tokens=tuple(TokenLoss(whole_text(token), loss) for token, loss in zip(shown.tokens, losses, strict=True)),
        picture=shown.model_input,
        source=place_text(shown.place),
        expected=evaluated_example.expected or expected,
        predicted=evaluated_example.predicted,
        probability=evaluated_example.probability,
    )


def whole_text(token: PreviewToken) -> str:
    """Return what stood there before it was hidden."""
    return token.answer if token.role in ("hidden", "swapped", "kept") else token.text


def place_text(place: Place) -> str:
    """Return a place in a few characters."""
    return f"{place.file}:{place.line}" if place.line else place.file


def prepare(resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> Objective:
    """Return the objective that a checked spec names, without its model: its data can be looked at.

    Raises ``StudioError`` where its data cannot be used, or its model by what is known of it without loading it.
    """
    readers.use_all()
    module, _, name = OBJECTIVES[resolved.spec.objective].partition(":")
    made: Objective = getattr(importlib.import_module(module), name)(resolved, checkpoint, reading)
    if reading.decisions:
        made.notes += reading.decisions
    return made


def build(resolved: ResolvedSpec, checkpoint: Path | None, say: Say) -> Objective:
    """Return the objective that a checked spec names. Raises ``StudioError`` where its data or its model cannot be
    used.
    """
    made = prepare(resolved, checkpoint, Reading(say))
    made.build_model()
    return made
