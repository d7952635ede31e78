"""The evaluations of a run, example by example, as ``evaluations.jsonl`` has them: counts, confusions, the hardest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.core.runs.inside_reader import Recorded
from bigmodel_studio.ui.pages.train.inside.examples_list import ListedExample
from bigmodel_studio.ui.plots.confusion_matrix import Counts


@dataclass(frozen=True)
class Evaluation:
    """One of them: the losses of the examples, and, of a classifier, the class predicted for each."""

    step: int
    losses: NDArray[np.float64]
    predicted: NDArray[np.int64]


class EvaluationData:
    """What there is so far, by ascending step."""

    def __init__(self) -> None:
        self.labels: Sequence[str] = ()
        self.evaluations: list[Evaluation] = []
        self._kind = "text"
        self._examples: Sequence[str] = ()
        self._expected: NDArray[np.int64] = np.zeros(0, np.int64)

    def add(self, gained: Recorded) -> None:
        """Add new evaluations, or drop those that past a step are void."""
        if gained.kept is not None:
            self.evaluations = [one for one in self.evaluations if one.step <= gained.kept]
        if gained.head is not None:
            self._kind = str(gained.head.get("kind", "text"))
            self.labels = [str(label) for label in gained.head.get("labels", ())]
            self._examples = gained.head.get("examples", ())
            self._expected = np.asarray(gained.head.get("expected", ()), np.int64)
        self.evaluations += map(_evaluation, gained.records)

    def at(self, step: int) -> Evaluation | None:
        """Return the evaluation after a step."""
        return next((one for one in self.evaluations if one.step == step), None)

    def counts(self, evaluation: Evaluation) -> Counts:
        """Return what each class was taken for how often, [classes, classes]."""
        counts: Counts = np.zeros((len(self.labels), len(self.labels)), np.int64)
        several = min(len(self._expected), len(evaluation.predicted))
        np.add.at(counts, (self._expected[:several], evaluation.predicted[:several]), 1)
        return counts

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
        several = min(len(self._expected), len(evaluation.predicted))
        there = np.flatnonzero((self._expected[:several] == row) & (evaluation.predicted[:several] == column))
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
            expected=self.labels[self._expected[number]] if known else "",
            predicted=self.labels[evaluation.predicted[number]] if known else "",
        )


def _evaluation(record: dict[str, Any]) -> Evaluation:
    losses = np.array([np.nan if loss is None else loss for loss in record.get("losses", ())], np.float64)
    predicted = record.get("predicted", record.get("said", ()))  # "said": runs of earlier versions
    return Evaluation(int(record["step"]), losses, np.asarray(predicted, np.int64))
