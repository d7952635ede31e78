"""The targets of a classifier of texts: one class each, or any number of classes each (multi-label).

One class is a softmax over all of them, with the cross entropy. Several are a sigmoid and the binary cross entropy for
each class, of which an example's loss is the mean, as transformers has it ("multi_label_classification"); a class is
predicted from a probability of one half on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from bigmodel_studio.core.data.labelled_tables import Labelled
from bigmodel_studio.protocol import NO_CLASS, ClassShare
from bigmodel_studio.training.loop import class_scores
from bigmodel_studio.training.objectives import EvaluatedExample
from bigmodel_studio.training.objectives.classes import class_shares, predicted_classes

Predicted = list[int | list[int]]
"""What was predicted for each example: the number of its class, or those of its classes."""
TOP = 3


class Scores(ABC):
    """Predictions against what the examples are, counted batch by batch."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = labels
        self.predicted: Predicted = []

    @abstractmethod
    def add(self, logits: torch.Tensor, targets: torch.Tensor) -> None:
        """Count a batch: ``logits`` [examples, classes], ``targets`` as ``Targets.tensor`` makes them."""

    @abstractmethod
    def measures(self) -> dict[str, float]:
        """Return the records' names and values: ``accuracy``, ``f1`` (the mean over the classes) and more."""

    @abstractmethod
    def records(self) -> list[dict[str, Any]]:
        """Return one record a class, as it stands in ``samples.jsonl``."""


class Targets(ABC):
    """What the examples are, by the numbers of ``labels``."""

    several: bool
    """Whether an example may have any number of classes."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = labels
        self._numbers = {label: number for number, label in enumerate(labels)}

    def numbers_of(self, text: Labelled) -> list[int]:
        """Return the numbers of a text's classes, ascending."""
        return sorted(self._numbers[label] for label in text.labels)

    @abstractmethod
    def tensor(self, texts: Sequence[Labelled]) -> torch.Tensor:
        """Return what is learnt of these texts, one after the other along the first dimension."""

    @abstractmethod
    def losses(self, logits: torch.Tensor, targets: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
        """Return the loss of each example, [examples]."""

    @abstractmethod
    def chances(self, logits: torch.Tensor) -> torch.Tensor:
        """Return how probable each class is, of the same shape."""

    @abstractmethod
    def expected(self, texts: Sequence[Labelled]) -> Predicted:
        """Return what the texts are, as ``Scores.predicted`` has it."""

    @abstractmethod
    def scores(self) -> Scores:
        """Return scores of nothing yet."""

    @abstractmethod
    def shares(self, target: torch.Tensor, smoothing: float) -> tuple[ClassShare, ...]:
        """Return what one example is learnt as."""

    @abstractmethod
    def predicted(self, logits: torch.Tensor, targets: torch.Tensor) -> list[EvaluatedExample]:
        """Return the loss and the prediction of each example."""

    @abstractmethod
    def frequency_loss(self, train: Sequence[Labelled], evaluation: Sequence[Labelled]) -> float:
        """Return the loss on ``evaluation`` of one who only knows how frequent each class is in ``train``."""

    @abstractmethod
    def arrays(self, texts: Sequence[Labelled]) -> dict[str, NDArray[np.int64]]:
        """Return what a script needs to draw the same targets."""

    def words(self, logits: torch.Tensor) -> str:
        """Return the most probable classes of one text ([classes]) with their probabilities."""
        chances = self.chances(logits)
        best = chances.topk(min(max(TOP, self._many(chances)), len(self.labels)))
        shares = zip(best.values.tolist(), best.indices.tolist(), strict=True)
        return " · ".join(f"{self.labels[number]} {share:.1%}" for share, number in shares)

    def _many(self, chances: torch.Tensor) -> int:
        """Return how many classes are predicted."""
        return 1


class OneClass(Targets):
    """Targets are int64 [examples]."""

    several = False

    def tensor(self, texts: Sequence[Labelled]) -> torch.Tensor:
        return torch.tensor([self._numbers[each.label] for each in texts])

    def losses(self, logits: torch.Tensor, targets: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
        return F.cross_entropy(logits, targets, reduction="none", label_smoothing=smoothing)

    def chances(self, logits: torch.Tensor) -> torch.Tensor:
        return logits.softmax(-1)

    def expected(self, texts: Sequence[Labelled]) -> Predicted:
        return [self._numbers[each.label] for each in texts]

    def scores(self) -> Scores:
        return _OneClassScores(self.labels)

    def shares(self, target: torch.Tensor, smoothing: float) -> tuple[ClassShare, ...]:
        return class_shares(self.labels, {int(target): 1.0}, smoothing)

    def predicted(self, logits: torch.Tensor, targets: torch.Tensor) -> list[EvaluatedExample]:
        return predicted_classes(logits, targets, self.labels)

    def frequency_loss(self, train: Sequence[Labelled], evaluation: Sequence[Labelled]) -> float:
        learnt, tested = (self.tensor(texts).numpy() for texts in (train, evaluation))
        return class_scores.frequency_loss(learnt, tested, len(self.labels))

    def arrays(self, texts: Sequence[Labelled]) -> dict[str, NDArray[np.int64]]:
        return {"labels": self.tensor(texts).numpy()}


class SeveralClasses(Targets):
    """Targets are float32 [examples, classes]: 1 where an example has the class, else 0.

    Smoothing by s takes s/2 of what is sure from both: 1 becomes 1 - s/2, and 0 becomes s/2.
    """

    several = True

    def tensor(self, texts: Sequence[Labelled]) -> torch.Tensor:
        made = torch.zeros(len(texts), len(self.labels))
        for row, each in enumerate(texts):
            for label in each.labels:
                made[row, self._numbers[label]] = 1
        return made

    def losses(self, logits: torch.Tensor, targets: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
        if smoothing:
            targets = targets * (1 - smoothing) + smoothing / 2
        return F.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(-1)

    def chances(self, logits: torch.Tensor) -> torch.Tensor:
        return logits.sigmoid()

    def expected(self, texts: Sequence[Labelled]) -> Predicted:
        return [self.numbers_of(each) for each in texts]

    def scores(self) -> Scores:
        return _SeveralScores(self.labels)

    def shares(self, target: torch.Tensor, smoothing: float) -> tuple[ClassShare, ...]:
        return tuple(ClassShare(self.labels[number], 1 - smoothing / 2) for number in _numbers(target))

    def predicted(self, logits: torch.Tensor, targets: torch.Tensor) -> list[EvaluatedExample]:
        """Return with each set of classes how probable it is as a whole."""
        found, sure = logits >= 0, F.logsigmoid(logits.abs()).sum(-1).exp()
        return [
            EvaluatedExample(loss, predicted=self._named(chosen), probability=share, expected=self._named(target))
            for loss, chosen, share, target in zip(
                self.losses(logits, targets).tolist(), found, sure.tolist(), targets, strict=True
            )
        ]

    def _named(self, row: torch.Tensor) -> str:
        return ", ".join(self.labels[number] for number in _numbers(row)) or NO_CLASS

    def _many(self, chances: torch.Tensor) -> int:
        return int((chances >= 0.5).sum())

    def frequency_loss(self, train: Sequence[Labelled], evaluation: Sequence[Labelled]) -> float:
        counts, tested = (self._counts(texts) for texts in (train, evaluation))
        shares = (counts + 1) / (len(train) + 2)
        there = tested / len(evaluation)
        return float(-(there * np.log(shares) + (1 - there) * np.log(1 - shares)).mean())

    def _counts(self, texts: Sequence[Labelled]) -> NDArray[np.int64]:
        numbers = [self._numbers[label] for each in texts for label in each.labels]
        return np.bincount(np.array(numbers, np.int64), minlength=len(self.labels))

    def arrays(self, texts: Sequence[Labelled]) -> dict[str, NDArray[np.int64]]:
        rows = [self.numbers_of(each) for each in texts]
        flat = [number for row in rows for number in row]
        starts = np.cumsum([0, *map(len, rows)])
        return {"labels": np.array(flat, np.int64), "label_starts": starts.astype(np.int64)}


def _numbers(row: torch.Tensor) -> list[int]:
    found: list[int] = row.nonzero().flatten().tolist()
    return found


class _OneClassScores(Scores):
    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(labels)
        self._confusion: class_scores.Confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)

    def add(self, logits: torch.Tensor, targets: torch.Tensor) -> None:
        guessed = logits.argmax(-1).cpu()
        self.predicted += guessed.tolist()
        np.add.at(self._confusion, (targets.cpu().numpy(), guessed.numpy()), 1)

    def measures(self) -> dict[str, float]:
        return {
            "accuracy": class_scores.accuracy(self._confusion),
            "f1": class_scores.macro_f1(self._confusion),
        }

    def records(self) -> list[dict[str, Any]]:
        return class_scores.class_scores(self._confusion, self.labels)


class _SeveralScores(Scores):
    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(labels)
        self._counts = class_scores.LabelCounts(len(labels))

    def add(self, logits: torch.Tensor, targets: torch.Tensor) -> None:
        guessed = (logits >= 0).cpu()
        self.predicted += map(_numbers, guessed)
        self._counts.add(targets.cpu().numpy() > 0, guessed.numpy())

    def measures(self) -> dict[str, float]:
        counts = self._counts
        return {"accuracy": counts.exact_share, "f1": counts.macro_f1, "micro_f1": counts.micro_f1}

    def records(self) -> list[dict[str, Any]]:
        return self._counts.records(self.labels)
