"""Plans beside what two real steps take, for configurations drawn by a seed that is printed: the budget of
``benchmarks/plan_accuracy.py``, which measures many more. No measurement is kept from one run to the next.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
import torch

from benchmarks import plan_accuracy
from bigmodel_studio.core.memory.plan import error_ratio, plan, settled
from bigmodel_studio.engine import devices
from bigmodel_studio.protocol import Describe as DescribeRequest
from bigmodel_studio.protocol import Description, Measured, MeasurePlan, MeasureSpeed, ModelRef, PlanQuestion, Speed

pytestmark = pytest.mark.slow
MOST_PARAMETERS = 2_000_000
"""What is measured in seconds."""


@pytest.fixture(scope="module")
def seed() -> int:
    """Another one each time; ``PLAN_SEED`` repeats one."""
    return int(os.environ.get("PLAN_SEED", time.time_ns() % 10**6))


@pytest.fixture(scope="module")
def drawn(seed: int, tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelRef, str]:
    torch.manual_seed(seed)
    chosen = random.Random(seed)
    model, words = plan_accuracy.draw(chosen)
    while sum(parameter.numel() for parameter in model.parameters()) > MOST_PARAMETERS:
        model, words = plan_accuracy.draw(chosen)
    return plan_accuracy.kept(model, tmp_path_factory.mktemp("drawn") / "model"), words


def test_memory_is_what_was_predicted(drawn: tuple[ModelRef, str], seed: int, home: Path) -> None:
    ref, words = drawn
    print(f"PLAN_SEED={seed}: {words}")
    speed: Speed = plan_accuracy.answered(MeasureSpeed(device="cpu"), Speed, "cpu")
    said: Description = plan_accuracy.answered(DescribeRequest(model=ref), Description, "cpu")
    assert said.costs is not None
    where = devices.device_facts(torch.device("cpu"))
    for number in (0, 2):  # to be used, and to be trained
        asked = plan_accuracy.questions(said.kind, said.context_length or 0)[number]
        question: PlanQuestion = settled(said.costs, asked, where)
        planned = plan(said.costs, question, where, speed)
        measured: Measured = plan_accuracy.answered(MeasurePlan(model=ref, question=question), Measured, "cpu")
        case = plan_accuracy.Case(words, question, planned, measured)
        assert case.kept, (planned.parts, measured.parts, f"{error_ratio(planned, measured):+.1%}", case.worst_part)
        assert measured.parts["weights"] == planned.parts["weights"]
