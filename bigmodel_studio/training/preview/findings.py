"""Findings about a training's data once it was counted: each a ``Finding`` with a way out.

The sentences stand in ``core.text.messages`` under "preview-…"; here it is decided what is worth saying, and how
gravely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, get_args

from bigmodel_studio.core.data.conll import OUTSIDE
from bigmodel_studio.core.data.faults import Faults
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Finding, Place, Problem
from bigmodel_studio.training.preview.spotted import Spotted

if TYPE_CHECKING:
    from bigmodel_studio.training.data.reading import Reading
    from bigmodel_studio.training.preview.survey import Survey

Weight = Literal["error", "warning", "note"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)
"""The gravest first."""
LEAK_SHARE, UNKNOWN_SHARE, DOUBLE_SHARE, CUT_SHARE = 0.01, 0.01, 0.05, 0.1
"""From here on it is a warning."""
UNEVEN_RATIO, VERY_UNEVEN_RATIO = 3, 10
"""The largest class has so many times as many examples as the smallest."""
FEW = 10
SMALL_SHARE = 0.001
MOST_NAMED = 8
MOST_ERRORS = 100
NO_VALUES = frozenset({"nan", "NaN", "NAN", "null", "NULL", "None", "<NA>", "#N/A", "N/A", "n/a", "undefined"})
"""What programs write where a table has no value, as it stands."""
_GROUPED = {"data-row": "preview-rows", "data-record": "preview-rows", "data-not-utf8": "preview-rows-not-utf8"}


class Noted(Faults):
    """Faults that end a training are noted, by what is wrong, and reading goes on without them."""

    def __init__(self) -> None:
        self.empties = Spotted()
        self._left_out: list[Finding] = []
        self._decided: list[Finding] = []
        self._errors: dict[tuple[str, str], tuple[Problem, Spotted]] = {}

    def refuse(self, error: StudioError) -> None:
        refusal = error.problem
        place = Place(str(refusal.arguments.get("path", "")), int(refusal.arguments.get("line", 0)))
        detail = str(refusal.arguments.get("detail", "")) if refusal.code in _GROUPED else str(error)
        if len(self._errors) < MOST_ERRORS or (refusal.code, detail) in self._errors:
            self._errors.setdefault((refusal.code, detail), (refusal, Spotted()))[1].add(place)

    def empty(self, file: str, line: int) -> None:
        self.empties.add(Place(file, line))

    def left_out(self, error: StudioError) -> None:
        place = Place(str(error.problem.arguments.get("path", "")), 0)
        self._left_out.append(Finding(problem=error.problem, weight="warning", places=(place,)))

    def decided(self, error: StudioError) -> None:
        self._decided.append(Finding(problem=error.problem, weight="note"))

    def findings(self) -> Iterator[Finding]:
        """Yield the errors, those with the same fault as one, and what is empty."""
        for (code, detail), (problem, spotted) in self._errors.items():
            if code in _GROUPED:
                yield finding(_GROUPED[code], "error", spotted, detail=detail)
            else:
                yield Finding(problem=problem, weight="error", places=tuple(p for p in spotted.places if p.file))
        if self.empties.count:
            yield finding("preview-empty", "warning", self.empties)
        yield from self._left_out
        yield from self._decided

    def by_weight(self) -> tuple[Finding, ...]:
        """Return the findings, the gravest first."""
        return by_weight(self.findings())

    @property
    def any(self) -> bool:
        """Whether there is an error."""
        return bool(self._errors)


def by_weight(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, the gravest first."""
    return tuple(sorted(found, key=lambda each: WEIGHTS.index(each.weight)))


def finding(code: str, weight: Weight, spotted: Spotted, **arguments: str | int | float) -> Finding:
    """Return one that concerns what was spotted; its sentence may say the ``count``."""
    problem = Problem(code=code, arguments={"count": spotted.count, **arguments})
    return Finding(problem=problem, weight=weight, count=spotted.count, places=tuple(spotted.places))


def of_both(train: Survey, evaluation: Survey, reading: Reading, context: int, *, tags: bool) -> Iterator[Finding]:
    """Yield what is to be said of both parts together. ``context``: how many tokens the model is given of an
    example.
    """
    yield from _leaks(train, evaluation)
    yield from _conflicts(train, evaluation)
    yield from _doubles(train)
    if train.labels:
        yield from _of_tags(train) if tags else _uneven(train)
        yield from _of_names(train.labels)
        yield from _rare(train.labels, evaluation)
        yield from _everywhere(train)
    yield from _cut(train, evaluation, context)
    yield from _unknown(train)
    if not len(evaluation):
        yield Finding(problem=Problem(code="preview-no-evaluation", arguments={}), weight="note")
    if not reading.whole:
        share = numbers.percent(reading.share)
        yield Finding(problem=Problem(code="preview-excerpt", arguments={"share": share}), weight="note")


def _weight(count: int, of: int, share: float) -> Weight:
    return "warning" if count >= share * of else "note"


def _share(spotted: Spotted, of: Survey) -> str:
    """Return which part that is, with a digit that is not 0."""
    share = spotted.count / len(of)
    return numbers.percent(share, 1 if share >= SMALL_SHARE else 3)


def _leaks(train: Survey, evaluation: Survey) -> Iterator[Finding]:
    for code, spotted in (("preview-shared", evaluation.shared), ("preview-shared-nearly", evaluation.nearly_shared)):
        if spotted.count:
            share, weight = _share(spotted, evaluation), _weight(spotted.count, len(evaluation), LEAK_SHARE)
            yield finding(code, weight, spotted, examples=len(evaluation), share=share)


def _conflicts(train: Survey, evaluation: Survey) -> Iterator[Finding]:
    spotted = train.conflicts + evaluation.conflicts
    if spotted.count:
        yield finding("preview-conflicts", "warning", spotted)


def _doubles(train: Survey) -> Iterator[Finding]:
    for code, spotted in (("preview-doubles", train.doubles), ("preview-doubles-nearly", train.near)):
        if spotted.count:
            share, weight = _share(spotted, train), _weight(spotted.count, len(train), DOUBLE_SHARE)
            yield finding(code, weight, spotted, examples=len(train), share=share)


def _of_tags(train: Survey) -> Iterator[Finding]:
    if outside := train.labels[OUTSIDE]:
        values: dict[str, str | int | float] = {"label": OUTSIDE}
        values["share"] = numbers.percent(outside / train.labels.total())
        yield Finding(problem=Problem(code="preview-tags-outside", arguments=values), weight="note")


def _of_names(labels: Counter[str]) -> Iterator[Finding]:
    """Yield what names of classes tell by themselves: two that are meant to be one, and what stands for no value."""
    alike: dict[str, list[str]] = {}
    for label in sorted(labels):
        alike.setdefault(" ".join(label.casefold().split()), []).append(label)
    found = [label for each in alike.values() if len(each) > 1 for label in each]
    if found:
        problem = Problem(code="preview-alike", arguments={"labels": _named(found)})
        yield Finding(problem=problem, weight="warning", count=len(found))
    for label in sorted(NO_VALUES & set(labels)):
        problem = Problem(code="preview-no-value", arguments={"label": label})
        yield Finding(problem=problem, weight="warning", count=labels[label])


def _uneven(train: Survey) -> Iterator[Finding]:
    if len(train.labels) < 2:
        return
    (largest, most), *_, (smallest, least) = train.labels.most_common()
    share, ratio = most / len(train), most / least
    if ratio < UNEVEN_RATIO:
        return
    values: dict[str, str | int | float] = {"label": largest, "least": smallest}
    values |= {"share": numbers.percent(share), "ratio": numbers.decimal(ratio, 1)}
    weight: Weight = "warning" if ratio >= VERY_UNEVEN_RATIO or share > 0.5 else "note"
    yield Finding(problem=Problem(code="preview-uneven", arguments=values), weight=weight)


def _rare(labels: Counter[str], evaluation: Survey) -> Iterator[Finding]:
    few = [label for label, count in reversed(labels.most_common()) if count < FEW]
    missing = [label for label in sorted(labels) if not evaluation.labels[label]] if len(evaluation) else []
    for code, found in (("preview-few", few), ("preview-unevaluated", missing)):
        if found:
            values: dict[str, str | int | float] = {"count": len(found), "labels": _named(found), "few": FEW}
            yield Finding(problem=Problem(code=code, arguments=values), weight="warning", count=len(found))


def _everywhere(train: Survey) -> Iterator[Finding]:
    found = [label for label, count in train.labels.items() if count == len(train)] if train.several else []
    if found:
        problem = Problem(code="preview-everywhere", arguments={"labels": _named(sorted(found))})
        yield Finding(problem=problem, weight="warning", count=len(found))


def _named(labels: Sequence[str]) -> str:
    return ", ".join(labels[:MOST_NAMED]) + ", …" * (len(labels) > MOST_NAMED)


def _cut(train: Survey, evaluation: Survey, context: int) -> Iterator[Finding]:
    cut = train.cut + evaluation.cut
    if cut.count:
        examples = len(train) + len(evaluation)
        yield finding("preview-cut", _weight(cut.count, examples, CUT_SHARE), cut, examples=examples, context=context)


def _unknown(train: Survey) -> Iterator[Finding]:
    if not train.unknown:
        return
    tokens = sum(train.lengths)
    problem = Problem(code="preview-unknown", arguments={"share": numbers.percent(train.unknown / tokens, 2)})
    yield Finding(problem=problem, weight=_weight(train.unknown, tokens, UNKNOWN_SHARE), count=train.unknown)
