"""Our processors against transformers' own, on random logits; and what a wrong setting is answered with."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import GenerationConfig
from transformers.generation.logits_process import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.sampling import Sampler, SamplerSettings, own_sampling, processors, settle
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
    penalty=st.floats(0.5, 2),
)
def test_processors_give_what_transformers_gives(
    seed: int, vocabulary: int, temperature: float, top_k: int, top_p: float, min_p: float, penalty: float
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
    expected = theirs(seen[None], logits[None].clone())[0]  # type: ignore[arg-type]
    scores = logits
    for process in processors(
        choice(temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p, repetition_penalty=penalty)
    ):
        scores = process(scores, seen)
    assert torch.equal(scores, expected)


def test_log_probabilities_are_of_the_raw_model_and_of_what_was_sampled_from() -> None:
    logits = torch.tensor([2.0, 1.0, 0.0])
    chosen, others = Sampler(choice(top_k=1, temperature=0.5), CPU, alternatives=3).choose(logits, torch.tensor([0]))
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
    assert own_sampling(own) == Sampling(temperature=0.3, top_k=7, top_p=0.95, min_p=0.0, repetition_penalty=1.0)
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
        Sampler(choice(), CPU).choose(torch.full((3,), float("nan")), torch.tensor([0]))
    with pytest.raises(StudioError, match="NaN or infinite"):
        Sampler(choice(greedy=True), CPU).choose(torch.full((3,), float("nan")), torch.tensor([0]))
