"""The evaluations of a run, example by example, as ``evaluations.jsonl`` has them: counts, confusions, the hardest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.core.runs.inside_reader import Recorded
from bigmodel_studio.protocol import NO_CLASS
from bigmodel_studio.ui.pages.train.inside.examples_list import ListedExample
from bigmodel_studio.ui.plots.confusion_matrix import Counts


@dataclass(frozen=True)
class Evaluation:
    """One of them: the losses of the examples, and, of a classifier, the number of the class predicted for each, or a
    list of them where an example may have several.
    """

    step: int
    losses: NDArray[np.float64]
    predicted: Sequence[Any]


class EvaluationData:
    """What there is so far, by ascending step."""

    def __init__(self) -> None:
        self.labels: Sequence[str] = ()
        self.several = False
        """Whether an example may have any number of classes: none is then taken for another."""
        self.evaluations: list[Evaluation] = []
        self._kind = "text"
        self._examples: Sequence[str] = ()
        self._expected: Sequence[Any] = ()

    def add(self, gained: Recorded) -> None:
        """Add new evaluations, or drop those that past a step are void."""
        if gained.kept is not None:
            self.evaluations = [one for one in self.evaluations if one.step <= gained.kept]
        if gained.head is not None:
            self._kind = str(gained.head.get("kind", "text"))
            self.labels = [str(label) for label in gained.head.get("labels", ())]
            self._examples = gained.head.get("examples", ())
            self.several = bool(gained.head.get("several", False))
            self._expected = gained.head.get("expected", ())
        self.evaluations += map(_evaluation, gained.records)

    def at(self, step: int) -> Evaluation | None:
        """Return the evaluation after a step."""
        return next((one for one in self.evaluations if one.step == step), None)

    def counts(self, evaluation: Evaluation) -> Counts:
        """Return what each class was taken for how often, [classes, classes]."""
        counts: Counts = np.zeros((len(self.labels), len(self.labels)), np.int64)
        np.add.at(counts, self._classes(evaluation), 1)
        return counts

    def _classes(self, evaluation: Evaluation) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the class of each example and the predicted one, by number; none where there may be several."""
        known = 0 if self.several else min(len(self._expected), len(evaluation.predicted))
        return np.asarray(self._expected[:known], np.int64), np.asarray(evaluation.predicted[:known], np.int64)

    def confused(self, evaluation: Evaluation, most: int) -> list[tuple[int, int, int]]:
        """Return the classes that are most often taken for another, that one, and how often; the most frequent
        first.
        """
        counts = self.counts(evaluation)
        np.fill_diagonal(counts, 0)
        rows, columns = np.nonzero(counts)  # few of a million, where the classes are a thousand
        often = counts[rows, columns]
        order = np.argsort(-often, kind="stable")[:most]
        return [(int(rows[n]), int(columns[n]), int(often[n])) for n in order]

    def hardest(self, evaluation: Evaluation, most: int) -> list[ListedExample]:
        """Return the examples with the largest losses (one that is no number is the largest), the hardest first."""
        ranked = np.where(np.isnan(evaluation.losses), np.inf, evaluation.losses)
        return self._shown(evaluation, np.argsort(-ranked, kind="stable")[:most].tolist())

    def of_cell(self, evaluation: Evaluation, row: int, column: int, most: int) -> list[ListedExample]:
        """Return the examples of a class that were taken for another (or for itself), the hardest first."""
        expected, predicted = self._classes(evaluation)
        there = np.flatnonzero((expected == row) & (predicted == column))
        order = there[np.argsort(-evaluation.losses[there], kind="stable")]
        return self._shown(evaluation, order[:most].tolist())

    def _shown(self, evaluation: Evaluation, numbers: Iterable[int]) -> list[ListedExample]:
        return [self._one(evaluation, number) for number in numbers if number < len(self._examples)]

    def _one(self, evaluation: Evaluation, number: int) -> ListedExample:
        loss = float(evaluation.losses[number])
        picture = self._kind == "picture"
        known = number < len(self._expected) and number < len(evaluation.predicted)
        return ListedExample(
            loss=None if np.isnan(loss) else loss,
            text="" if picture else self._examples[number],
            file=self._examples[number] if picture else "",
            expected=self._named(self._expected[number]) if known else "",
            predicted=self._named(evaluation.predicted[number]) if known else "",
        )

    def _named(self, classes: Any) -> str:
        if not self.several:
            return str(self.labels[classes])
        return ", ".join(self.labels[number] for number in classes) or NO_CLASS


def _evaluation(record: dict[str, Any]) -> Evaluation:
    losses = np.array([np.nan if loss is None else loss for loss in record.get("losses", ())], np.float64)
    predicted = record.get("predicted", record.get("said", ()))  # "said": runs of earlier versions
    return Evaluation(int(record["step"]), losses, predicted)
