"""The power law of a sweep: found where it is known, against numpy, and refused where there is too little."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from bigmodel_studio.core.models import shape
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.specs import scaling
from bigmodel_studio.core.specs.scaling import ScalingPoint
from bigmodel_studio.core.specs.spec import RunSpec, make_spec


def point(compute: float, loss: float, **more: object) -> ScalingPoint:
    given = {"name": f"{compute:g}", "parameters": 1000, "body": 800, "items": 100.0, **more}
    return ScalingPoint(compute=compute, loss=loss, **given)  # type: ignore[arg-type]


def law(compute: float, alpha: float = 0.05, critical: float = 3.1e8) -> float:
    return float((critical / compute) ** alpha)


def test_a_known_law_is_found_exactly() -> None:
    computes = [10.0**power for power in range(-4, 4)]
    found = scaling.fitted([(compute, law(compute)) for compute in computes])
    assert found is not None
    assert found.alpha == pytest.approx(0.05)
    assert found.scale == pytest.approx(3.1e8)
    assert found.r_squared == pytest.approx(1)
    assert found.standard_error == pytest.approx(0, abs=1e-9)
    assert found.points == 8
    assert found.decades == pytest.approx(7)
    assert found.at(1e12) == pytest.approx(law(1e12))


@pytest.mark.parametrize("seed", range(8))
def test_with_noise_it_is_what_numpy_finds_and_the_truth_lies_within_its_error(seed: int) -> None:
    chance = random.Random(seed)
    alpha = chance.uniform(0.03, 0.3)
    points = [
        (compute, law(compute, alpha, 1e13) * math.exp(chance.gauss(0, 0.01)))
        for compute in (10 ** chance.uniform(9, 13) for _ in range(20))
    ]
    found = scaling.fitted(points)
    assert found is not None
    xs, ys = np.log(np.array(points)).T
    (slope, intercept), covariance = np.polyfit(xs, ys, 1, cov=True)
    assert found.alpha == pytest.approx(-slope)
    assert found.alpha * math.log(found.scale) == pytest.approx(intercept)
    assert found.standard_error == pytest.approx(math.sqrt(covariance[0, 0]))
    assert found.r_squared == pytest.approx(np.corrcoef(xs, ys)[0, 1] ** 2)
    assert abs(found.alpha - alpha) < 4 * found.standard_error


def test_only_the_best_for_their_compute_are_fitted() -> None:
    best = [point(10.0**power, law(10.0**power)) for power in range(4)]
    worse = [point(3 * each.compute, each.loss * 1.01) for each in best]
    same = point(best[1].compute, best[1].loss * 2, name="as dear, and worse")
    found = scaling.scaling_of([*worse, same, *reversed(best)])
    assert found.frontier == tuple(best)
    assert found.law is not None
    assert found.law.alpha == pytest.approx(0.05)
    assert len(found.points) == 9


def test_too_few_are_refused_and_it_is_said() -> None:
    two = [point(1, 3), point(10, 2), point(20, 2.5)]
    unfinished = point(100, 1, ended=False)
    found = scaling.scaling_of([*two, unfinished])
    assert found.law is None
    assert unfinished not in found.frontier
    said = scaling.record(found)
    assert said is not None
    assert said["alpha"] is None
    assert "only 2 finished runs" in said["refused"]
    assert said["frontier"] == ["1", "10"]
    assert scaling.fitted([(1, 1), (2, 2), (3, 3)]) is None, "a loss that rises is no such law"
    assert scaling.fitted([(2, 1), (2, 2), (2, 3)]) is None, "one place is no line"


def test_a_flat_line_has_a_constant_beyond_all_numbers() -> None:
    found = scaling.fitted([(1.0, 3.0), (10.0, 3.0 - 1e-9), (100.0, 3.0 - 2e-9)])
    assert found is not None
    assert found.scale == math.inf


def test_over_sizes_those_that_learnt_from_most_are_taken() -> None:
    sizes = [10**3, 10**4, 10**5]
    most = [point(size * 10, law(size, 0.07, 1e10), body=size, items=10.0) for size in sizes]
    less = [point(size * 5, 9.0, body=size, items=5.0) for size in sizes]
    found = scaling.scaling_of([*less, *most]).by_parameters
    assert found is not None
    assert found.alpha == pytest.approx(0.07)
    assert found.scale == pytest.approx(1e10)
    assert found.points == 3


def test_points_are_what_runs_say_of_themselves() -> None:
    spec: RunSpec = make_spec({"name": "a", "data": {"train": ["a"]}, "model": {"width": 64, "layers": 2}})
    run = RunSummary(
        name="a", path="/a", state="finished", evaluation_loss=2.0, parameters=120_000, items=1e4, unit="tokens",
        flops_per_item=7e5,
    )  # fmt: skip
    bare = RunSummary(
        name="b", path="/b", state="running", evaluation_loss=2.5, parameters=1000, items=10, unit="tokens"
    )
    none = RunSummary(name="c", path="/c", state="finished", parameters=1000, items=10, unit="tokens")
    first, second = scaling.points_of([(run, spec), (bare, None), (none, None)])
    assert (first.compute, first.loss, first.source, first.width, first.ended) == (7e9, 2.0, "counted", 64, True)
    with_embeddings = shape.gpt_parameters(vocabulary=512, context=128, width=64, layers=2)
    assert first.body == with_embeddings - 64 * (512 + 128)
    assert (second.compute, second.source, second.body, second.ended) == (60_000, "estimated", 1000, False)
