"""Our processors against transformers' own, on random logits; and what a wrong setting is answered with."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import GenerationConfig
from transformers.generation.logits_process import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.sampling import (
    Sampler,
    SamplerSettings,
    own_sampling,
    processors,
    sample,
    settle,
)
from bigmodel_studio.protocol import Sampling

CPU = torch.device("cpu")


def choice(**changes: object) -> SamplerSettings:
    neutral: dict[str, object] = {"greedy": False, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
    return SamplerSettings(**{**neutral, "repetition_penalty": 1.0, "seed": 1, **changes})  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    vocabulary=st.integers(2, 60),
    temperature=st.floats(0.05, 3),
    top_k=st.integers(0, 70),
    top_p=st.floats(0, 1),
    min_p=st.floats(0, 1),
    typical_p=st.floats(0.01, 1),
    penalty=st.floats(0.5, 2),
)
def test_processors_give_what_transformers_gives(
    seed: int,
    vocabulary: int,
    temperature: float,
    top_k: int,
    top_p: float,
    min_p: float,
    typical_p: float,
    penalty: float,
) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(vocabulary, generator=generator) * 4
    seen = torch.randint(0, vocabulary, (5,), generator=generator)
    theirs = LogitsProcessorList([RepetitionPenaltyLogitsProcessor(penalty), TemperatureLogitsWarper(temperature)])
    if top_k:
        theirs.append(TopKLogitsWarper(top_k))
    if top_p < 1:
        theirs.append(TopPLogitsWarper(top_p))
    if min_p > 0:
        theirs.append(MinPLogitsWarper(min_p))
    if typical_p < 1:
        theirs.append(TypicalLogitsWarper(typical_p))
    expected = theirs(seen[None], logits[None].clone())[0]  # type: ignore[arg-type]
    asked = choice(
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        min_p=min_p,
        typical_p=typical_p,
        repetition_penalty=penalty,
    )
    scores = logits
    for processor in processors(asked, seen.tolist()):
        scores = processor.apply(scores)
    assert torch.equal(scores, expected)


def drawn_choice(draw: random.Random) -> SamplerSettings:
    """Settings with any of the processors on or off."""
    return choice(
        greedy=draw.random() < 0.3,
        temperature=draw.choice([0.4, 1.0, 1.7]),
        top_k=draw.choice([0, 5, 40]),
        top_p=draw.choice([0.5, 0.9, 1.0]),
        min_p=draw.choice([0.0, 0.05]),
        typical_p=draw.choice([0.6, 1.0]),
        repetition_penalty=draw.choice([1.0, 1.4]),
        presence_penalty=draw.choice([0.0, 0.7]),
        frequency_penalty=draw.choice([0.0, 0.3]),
        seed=draw.randrange(1000),
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_row_gets_the_same_tokens_in_a_batch_as_alone(seed: int) -> None:
    """Rows join and leave; each is chosen for as if it were alone, log-probabilities and alternatives included."""
    draw, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    vocabulary = draw.choice([37, 300, 5000])
    rows = [(drawn_choice(draw), draw.choice([0, 3]), [draw.randrange(vocabulary) for _ in range(4)]) for _ in range(5)]
    together, alone = (
        [Sampler(asked, CPU, alternatives, prompt) for asked, alternatives, prompt in rows] for _ in range(2)
    )
    for _ in range(12):
        present = [place for place in range(len(rows)) if draw.random() < 0.7] or [0]
        logits = torch.randn(len(present), vocabulary, generator=generator) * 3
        found = sample([together[place] for place in present], logits)
        for place, row, (chosen, others) in zip(present, logits, found, strict=True):
            assert alone[place].choose(row) == (chosen, others)
            for each in (alone[place], together[place]):
                each.accept(chosen.id)


class Reads(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts how often a single number is asked of a tensor: on a GPU each time waits for all that was begun."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func is torch.ops.aten._local_scalar_dense.default
        return func(*args, **(kwargs or {}))


def test_no_number_is_read_before_all_are_copied_back() -> None:
    asked = choice(temperature=0.7, top_k=20, top_p=0.9, min_p=0.01, repetition_penalty=1.2)
    samplers = [Sampler(each, CPU, 5, [1, 2]) for each in (asked, choice(greedy=True), choice())]
    sample(samplers, torch.randn(3, 500))  # the first copies the prompt to the device
    with Reads() as reads:
        sample(samplers, torch.randn(3, 500))
    assert reads.count == 0


def test_a_processor_that_rolled_back_is_as_before() -> None:
    logits = torch.randn(50, generator=torch.Generator().manual_seed(1))
    (penalty,) = processors(choice(repetition_penalty=1.5), [3, 4, 4])
    assert penalty.name == "repetition-penalty"
    before = penalty.apply(logits)
    for id_ in (7, 4, 9):
        penalty.accept(id_)
    after = penalty.apply(logits)
    assert [place for place in range(50) if after[place] != before[place]] == [7, 9]
    penalty.rollback(1)
    assert [place for place in range(50) if penalty.apply(logits)[place] != before[place]] == [7]
    penalty.rollback(2)
    assert torch.equal(penalty.apply(logits), before)


@pytest.mark.parametrize("seed", range(4))
def test_presence_and_frequency_are_counted_in_the_reply_alone_and_rolled_back(seed: int) -> None:
    """Against the formula of OpenAI's API, computed with a counter: ``logit - presence * (n > 0) - frequency * n``."""
    draw, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    found = processors(choice(greedy=True, presence_penalty=0.75, frequency_penalty=-0.25), [3, 3, 4])
    reply: list[int] = []
    for _ in range(40):
        if reply and draw.random() < 0.3:
            back = draw.randint(1, len(reply))
            del reply[-back:]
            for processor in found:
                processor.rollback(back)
        else:
            reply.append(draw.randrange(12))
            for processor in found:
                processor.accept(reply[-1])
        logits = torch.randn(12, generator=generator)
        counts = Counter(reply)
        expected = [value - 0.75 * (counts[n] > 0) + 0.25 * counts[n] for n, value in enumerate(logits.tolist())]
        for processor in found:
            logits = processor.apply(logits)
        assert logits.tolist() == pytest.approx(expected, abs=1e-5)


def test_log_probabilities_are_of_the_raw_model_and_of_what_was_sampled_from() -> None:
    logits = torch.tensor([2.0, 1.0, 0.0])
    chosen, others = Sampler(choice(top_k=1, temperature=0.5), CPU, alternatives=3).choose(logits)
    raw = logits.log_softmax(0).tolist()
    assert chosen.id == 0
    assert chosen.logprob == pytest.approx(raw[0])
    assert chosen.processed_logprob == pytest.approx(0.0)
    assert [other.id for other in others] == [0, 1, 2]
    assert [other.logprob for other in others] == pytest.approx(raw)
    assert [other.processed_logprob for other in others[1:]] == [None, None]


def test_defaults_are_the_users_then_the_models_then_ours() -> None:
    own = GenerationConfig(temperature=0.3, top_k=7)
    settled = settle(Sampling(top_k=2, seed=5), own)
    assert (settled.temperature, settled.top_k, settled.top_p, settled.seed) == (0.3, 2, 0.95, 5)
    assert settle(Sampling(), GenerationConfig()).temperature == 0.8
    assert own_sampling(own) == Sampling(
        temperature=0.3,
        top_k=7,
        top_p=0.95,
        min_p=0.0,
        typical_p=1.0,
        repetition_penalty=1.0,
        presence_penalty=0.0,
        frequency_penalty=0.0,
    )
    assert settle(Sampling(temperature=0), own).greedy


def test_a_seed_is_drawn_where_none_is_given() -> None:
    assert len({settle(Sampling(), None).seed for _ in range(5)}) > 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -1.0),
        ("temperature", float("nan")),
        ("top_p", 1.5),
        ("top_k", -1),
        ("max_new_tokens", 0),
        ("min_p", 2.0),
        ("typical_p", 0.0),
        ("presence_penalty", float("inf")),
        ("frequency_penalty", -101.0),
        ("repetition_penalty", 0.0),
        ("beams", 0),
        ("seed", -1),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_may_be(field: str, value: float) -> None:
    with pytest.raises(StudioError) as caught:
        settle(Sampling(**{field: value}), None)  # type: ignore[arg-type]
    assert caught.value.problem.arguments["field"] == field
    assert field in str(caught.value)


def test_logits_that_are_no_numbers_are_said() -> None:
    with pytest.raises(StudioError, match="NaN or infinite"):
        Sampler(choice(), CPU).choose(torch.full((3,), float("nan")))
    with pytest.raises(StudioError, match="NaN or infinite"):
        Sampler(choice(greedy=True), CPU).choose(torch.full((3,), float("nan")))
