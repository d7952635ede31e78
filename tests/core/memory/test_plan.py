"""The plan's arithmetic: what fits, how large a batch and a context, what to change; and that it is instant."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from bigmodel_studio.core.memory.plan import PARTS, _largest, plan, seconds_per_step
from bigmodel_studio.core.models.shape import gpt_parameters
from bigmodel_studio.protocol import Costs, Device, Growth, Pass, PlanQuestion, Purpose, Speed
from tests.work import at_most, calls

GB = 1_000_000_000
MOST_CALLS = 5_000
"""Of functions for a plan, about a millisecond: a slider asks for one at every move."""
COSTS = Costs(
    parameters=10_000_000,
    parameter_bytes=40_000_000,
    context_length=1024,
    vocabulary=1000,
    decodes=True,
    piece_tokens=256,
    cache_floats=Growth(token=4096.0),
    largest_parameter=1_000_000,
    lora_rank=8,
    lora_per_rank=10_000,
    head_parameters=100_000,
    passes={
        "read/4": Pass(
            forward=(Growth(token=40_000.0),), logits=Growth(token=4_000.0), flops=Growth(token=2e7),
            product_bytes=Growth(once=4e7), operations=100,
        ),
        "go-on/4": Pass(forward=(Growth(token=40_000.0, key=4096.0),)),
        "next/4": Pass(
            forward=(Growth(token=40_000.0, key=4096.0),), flops=Growth(token=2e7), product_bytes=Growth(once=4e7)
        ),
        "full/4": Pass(
            forward=(Growth(token=200_000.0),), backward=(Growth(once=4e7, token=200_000.0),),
            logits=Growth(token=4_000.0), flops=Growth(token=6e7), product_bytes=Growth(once=1.2e8),
        ),
        "full+checkpointing/4": Pass(forward=(Growth(token=50_000.0),), backward=(Growth(once=4e7, token=60_000.0),)),
        "lora/4": Pass(forward=(Growth(token=150_000.0),), backward=(Growth(token=150_000.0),)),
        "frozen/4": Pass(forward=(Growth(token=20_000.0),), backward=(Growth(token=20_000.0),)),
    },
)  # fmt: skip


def device(free: int) -> Device:
    return Device(id="cpu", kind="cpu", name="", total_bytes=2 * free, free_bytes=free, dtypes=("float32", "bfloat16"))


@pytest.mark.parametrize("purpose", ["inference", "training"])
def test_parts_add_up_and_grow_with_what_is_asked(purpose: Purpose) -> None:
    totals = {}
    for batch, context in itertools.product((1, 4), (128, 1024)):
        said = plan(COSTS, PlanQuestion(purpose=purpose, batch=batch, context=context), device(8 * GB))
        assert set(said.parts) == set(PARTS)
        assert sum(said.parts.values()) == said.total_bytes
        assert min(said.parts.values()) >= 0
        totals[batch, context] = said.total_bytes
    assert totals[1, 128] < min(totals[4, 128], totals[1, 1024])
    assert max(totals.values()) == totals[4, 1024]


def test_training_holds_a_gradient_and_two_moments_for_each_parameter() -> None:
    full = plan(COSTS, PlanQuestion(purpose="training", context=128), device(8 * GB)).parts
    sgd = plan(COSTS, PlanQuestion(purpose="training", context=128, optimizer="sgd"), device(8 * GB)).parts
    lora = plan(COSTS, PlanQuestion(purpose="training", context=128, method="lora", lora_rank=16), device(8 * GB)).parts
    assert (full["weights"], full["gradients"], full["optimizer"]) == (40_000_000, 40_000_000, 80_000_000)
    assert sgd["optimizer"] == 40_000_000
    assert lora["gradients"] == 16 * 10_000 * 4
    assert lora["weights"] == 40_000_000 + 16 * 10_000 * 4


@pytest.mark.parametrize("purpose", ["inference", "training"])
@pytest.mark.parametrize("free", [600_000_000, 1_500_000_000, 6 * GB])
def test_the_largest_that_fits_is_what_trying_each_finds(purpose: str, free: int) -> None:
    question = msgspec.convert({"purpose": purpose, "batch": 2, "context": 256}, PlanQuestion)
    said = plan(COSTS, question, device(free))

    def fits(**changed: int) -> bool:
        return plan(COSTS, msgspec.structs.replace(question, **changed), device(free)).fits

    batches = [n for n in range(1, 130) if fits(batch=n)]
    assert min(said.largest_batch, 129) == (batches[-1] if batches else 0)
    contexts = [n for n in range(1, 1025) if n % 31 == 0 or n in (1, said.largest_context, said.largest_context + 1)]
    assert all(fits(context=n) == (n <= said.largest_context) for n in contexts)


def test_the_search_for_the_largest_is_exact() -> None:
    for bound in (0, 1, 2, 3, 7, 8, 9, 1000, 1024):
        assert _largest(lambda n, bound=bound: n <= bound, 1000) == min(bound, 1000)  # type: ignore[misc]


def test_advice_is_only_what_makes_it_smaller_and_says_by_how_much() -> None:
    question = PlanQuestion(purpose="training", batch=16, context=1024)
    said = plan(COSTS, question, device(2 * GB))
    assert not said.fits
    codes = [problem.code for problem in said.advice]
    assert codes[0] in {"plan-batch", "plan-context", "plan-checkpointing", "plan-frozen"}
    assert {"plan-batch", "plan-context", "plan-checkpointing", "plan-lora", "plan-frozen"} <= set(codes)
    batch = next(problem for problem in said.advice if problem.code == "plan-batch")
    changed = plan(COSTS, msgspec.structs.replace(question, batch=int(batch.arguments["to"])), device(2 * GB))
    assert changed.fits
    tiny = plan(COSTS, question, device(10_000_000))
    assert tiny.advice[-1].code == "plan-smaller-model"
    assert tiny.largest_batch == tiny.largest_context == 0


def test_a_slider_is_answered_at_once() -> None:
    question = PlanQuestion(purpose="training", batch=100, context=1024)
    assert calls(lambda: plan(COSTS, question, device(2 * GB))) < MOST_CALLS


def test_a_step_takes_the_larger_of_computing_and_streaming() -> None:
    speed = Speed(device="cpu", dtype="float32", flops_per_s=1e11, bytes_per_s=1e10, measured=1.0)
    question = PlanQuestion(context=512, dtype="float32")
    one = seconds_per_step(COSTS, question, speed)
    assert one == pytest.approx(4e7 / 1e10)  # a token reads every weight
    many = seconds_per_step(COSTS, msgspec.structs.replace(question, batch=100), speed)
    assert many == pytest.approx(100 * 2e7 / 1e11)
    assert seconds_per_step(COSTS, question, None) is None
    said = plan(COSTS, PlanQuestion(context=512, steps=1000), device(8 * GB), speed)
    assert said.seconds_per_step is not None
    assert said.seconds_estimate == pytest.approx(1000 * said.seconds_per_step)


def test_no_size_is_too_large_to_be_answered() -> None:
    huge = msgspec.structs.replace(COSTS, parameters=10**15, parameter_bytes=4 * 10**15, context_length=10**9)
    with at_most(MOST_CALLS):
        said = plan(huge, PlanQuestion(purpose="training", batch=1 << 20), device(8 * GB))
    assert not said.fits
    assert said.parts["weights"] == 4 * 10**15
    assert gpt_parameters(vocabulary=50257, context=2048, width=12288, layers=96) > 10**11
