"""How the loss falls with compute: a power law through the best runs of a sweep (Kaplan et al. 2020, arXiv 2001.08361).

A run is a point: the FLOPs that it took, and its evaluation loss at the end of its own schedule (one that is cut short
is not what so much compute can give: Hoffmann et al. 2022, section 3.1). On the points that no cheaper one beats lies
L(C) = (C_c / C)^α, their equation 1.3; at the most data, over parameters without embeddings, L(N) = (N_c / N)^α_N,
equation 1.1. Pure arithmetic over what runs say of themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

import msgspec

from bigmodel_studio.core.models import shape
from bigmodel_studio.core.runs.comparison import flops_of
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.objectives import SCRATCH
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import sentence
from bigmodel_studio.protocol import Problem

LEAST_POINTS = 3
"""A line goes through any two points, and says nothing of how well."""
CAUTION = (
    "A sweep this small shows the method and the slope for its own text, vocabulary and "
    "sizes; Kaplan et al. found 0.050 over about eight decades."
)
"""JobEvent beside a law. Theirs is of the frontier (2020, equation 1.3)."""


class ScalingPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A run. ``compute`` is in FLOPs, ``loss`` in nats, ``items`` are tokens or pictures learnt from.

    ``body`` are the parameters without embeddings, where a spec says of what shape the model is, else all.
    """

    name: str
    compute: float
    loss: float
    parameters: int
    body: int
    items: float
    width: int = 0
    """Of the model, where its spec has one that counts."""
    ended: bool = True
    """Whether it is at the end of its schedule: others are shown and not fitted."""
    source: Literal["counted", "estimated", ""] = "counted"
    """How its FLOPs are known."""


class PowerLaw(msgspec.Struct, frozen=True, kw_only=True):
    """y = (scale / x)^alpha, by least squares over the logarithms; on how much it rests."""

    alpha: float
    scale: float
    standard_error: float
    """Of ``alpha``."""
    r_squared: float
    points: int
    decades: float
    """Between the smallest and the largest x."""

    def at(self, x: float) -> float:
        """Return what the law says there."""
        return math.exp(self.alpha * (math.log(self.scale) - math.log(x)))


class Scaling(NamedTuple):
    """What a sweep says. ``refused``: why there is no law."""

    points: tuple[ScalingPoint, ...]
    frontier: tuple[ScalingPoint, ...]
    law: PowerLaw | None
    by_parameters: PowerLaw | None
    refused: Problem | None


def points_of(runs: Sequence[tuple[RunSummary, RunSpec | None]]) -> tuple[ScalingPoint, ...]:
    """Return those of the runs that have been evaluated and say what they took."""
    found = []
    for run, spec in runs:
        compute, source = flops_of(run)
        loss = run.evaluation_loss
        if not compute or loss is None or not math.isfinite(loss) or loss <= 0:
            continue
        point = ScalingPoint(
            name=run.name,
            compute=compute,
            loss=loss,
            parameters=run.parameters,
            body=_body(spec) or run.parameters,
            items=run.items or 0.0,
            width=spec.model.width if spec is not None and _body(spec) else 0,
            ended=run.state == "finished",
            source=source,
        )
        found.append(point)
    return tuple(found)


def scaling_of(points: Sequence[ScalingPoint]) -> Scaling:
    """Return the frontier of the points that have ended, and the laws that lie on them where there are enough."""
    best = frontier([point for point in points if point.ended])
    law = fitted([(point.compute, point.loss) for point in best])
    few = Problem(code="scaling-few", arguments={"points": len(best), "least": LEAST_POINTS})
    return Scaling(tuple(points), best, law, _law_of_size(points), None if law is not None else few)


def scaling_of_runs(runs: Sequence[RunFolder], summaries: Sequence[RunSummary]) -> Scaling | None:
    """Return the scaling that the folders show; None where no run has what it takes."""
    points = points_of([(found, run.spec()) for run, found in zip(runs, summaries, strict=True)])
    return scaling_of(points) if points else None


def amounts(found: Scaling) -> int:
    """Return how many different amounts of compute there are: with one, there is nothing to lay losses over."""
    return len({point.compute for point in found.points})


def frontier(points: Sequence[ScalingPoint]) -> tuple[ScalingPoint, ...]:
    """Return the points that no other beats with as much compute or less, the cheapest first."""
    best: list[ScalingPoint] = []
    for point in sorted(points, key=lambda each: (each.compute, each.loss)):
        if not best or point.loss < best[-1].loss:
            best.append(point)
    return tuple(best)


def fitted(points: Sequence[tuple[float, float]]) -> PowerLaw | None:
    """Return the law through points (x, y), all above 0; None for fewer than ``LEAST_POINTS`` places, or where y rises.

    Least squares in log y = α log scale - α log x, every point weighing the same.
    """
    if len({x for x, _ in points}) < LEAST_POINTS:
        return None
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    count = len(xs)
    mean_x, mean_y = math.fsum(xs) / count, math.fsum(ys) / count
    spread_x = math.fsum((x - mean_x) ** 2 for x in xs)
    spread_y = math.fsum((y - mean_y) ** 2 for y in ys)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread_x
    if slope >= 0:
        return None
    left = math.fsum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(xs, ys, strict=True))
    scale_log = mean_x - mean_y / slope
    return PowerLaw(
        alpha=-slope,
        scale=math.exp(scale_log) if scale_log < math.log(1e300) else math.inf,
        standard_error=math.sqrt(left / (count - 2) / spread_x),
        r_squared=1 - left / spread_y,
        points=count,
        decades=(max(xs) - min(xs)) / math.log(10),
    )


def formula(law: PowerLaw, scale: str) -> str:
    """Return ``L(C) = (6.2e13 / C)^0.213``; ``scale`` is the constant as it is to be written."""
    return f"L(C) = ({scale} / C)^{law.alpha:.3f}"


def record(found: Scaling | None) -> dict[str, Any] | None:
    """Return the record as the command line prints it: one flat table."""
    if found is None:
        return None
    law = found.law
    return {
        "alpha": law.alpha if law is not None else None,
        "critical_compute": law.scale if law is not None else None,
        "r_squared": law.r_squared if law is not None else None,
        "standard_error": law.standard_error if law is not None else None,
        "decades": law.decades if law is not None else None,
        "points": [msgspec.to_builtins(point) for point in found.points],
        "frontier": [point.name for point in found.frontier],
        "by_parameters": msgspec.to_builtins(found.by_parameters),
        "refused": sentence(found.refused) if found.refused is not None else None,
    }


def _law_of_size(points: Sequence[ScalingPoint]) -> PowerLaw | None:
    """L(N) over the models that learnt from the most."""
    ended = sorted((point for point in points if point.ended), key=lambda point: point.items)
    most = list(next((group for _, group in groupby(reversed(ended), key=lambda point: point.items)), ()))
    return fitted([(point.body, point.loss) for point in most])


def _body(spec: RunSpec | None) -> int:
    """Return the parameters of a transformer from scratch but for its embeddings; 0 of any other model."""
    if spec is None or spec.model.base != SCRATCH or spec.model.architecture != "gpt":
        return 0
    return shape.gpt_parameters(vocabulary=0, context=0, width=spec.model.width, layers=spec.model.layers)
