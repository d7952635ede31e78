"""Our decode loop against transformers' ``generate()``: the same tokens, on several architectures."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicSlidingWindowLayer

from bigmodel_studio.engine.generation import reference
from bigmodel_studio.engine.generation.decoding import decode
from bigmodel_studio.engine.generation.reference import TransformersDecoder
from bigmodel_studio.engine.generation.sampling import settle
from bigmodel_studio.protocol import Sampling

CPU = torch.device("cpu")
PROMPT = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]  # longer than the local layer's window


@pytest.fixture(params=["gpt2", "gpt-neo", "llama"])
def model(request: pytest.FixtureRequest, causal_folders: dict[str, Path]) -> PreTrainedModel:
    loaded: PreTrainedModel = AutoModelForCausalLM.from_pretrained(causal_folders[request.param])
    loaded.train(False)
    return loaded


def ours(model: PreTrainedModel, sampling: Sampling, *, ends: frozenset[int] = frozenset()) -> list[int]:
    decoder = TransformersDecoder(model, CPU)
    list(decoder.prefill(PROMPT))
    assert sampling.max_new_tokens is not None
    steps = decode(decoder, PROMPT, settle(sampling, None), most=sampling.max_new_tokens, ends=ends)
    return [chosen.id for chosen, _ in steps]


def theirs(model: PreTrainedModel, new: int, **options: object) -> list[int]:
    row = torch.tensor([PROMPT])
    call: object = model.generate
    with torch.inference_mode():
        found = call(  # type: ignore[operator]
            row, attention_mask=torch.ones_like(row), max_new_tokens=new, eos_token_id=None, pad_token_id=0, **options
        )
    return list(found[0, len(PROMPT) :].tolist())


def test_greedy_text_is_that_of_generate(model: PreTrainedModel) -> None:
    assert ours(model, Sampling(greedy=True, max_new_tokens=60)) == theirs(model, 60, do_sample=False)


def test_a_penalty_for_repetition_is_that_of_generate(model: PreTrainedModel) -> None:
    sampling = Sampling(greedy=True, max_new_tokens=40, repetition_penalty=1.3)
    assert ours(model, sampling) == theirs(model, 40, do_sample=False, repetition_penalty=1.3)


def test_sampled_text_is_that_of_generate_with_the_same_seed(model: PreTrainedModel) -> None:
    sampling = Sampling(max_new_tokens=60, temperature=1.3, top_k=40, top_p=0.9, min_p=0.01, seed=3)
    torch.manual_seed(3)
    expected = theirs(model, 60, do_sample=True, temperature=1.3, top_k=40, top_p=0.9, min_p=0.01)
    assert ours(model, sampling) == expected


def test_a_prompt_in_pieces_gives_the_same_text(model: PreTrainedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ours(model, Sampling(greedy=True, max_new_tokens=30))
    monkeypatch.setattr(reference, "PREFILL_TOKENS", 5)
    assert ours(model, Sampling(greedy=True, max_new_tokens=30)) == whole


def test_an_end_token_is_the_last(model: PreTrainedModel) -> None:
    free = ours(model, Sampling(greedy=True, max_new_tokens=20))
    assert ours(model, Sampling(greedy=True, max_new_tokens=20), ends=frozenset({free[5]}))[-1] == free[5]


def test_the_last_token_is_not_fed(causal_folders: dict[str, Path]) -> None:
    """A context of n positions gives n + 1 tokens: what is chosen last needs no place."""
    model = AutoModelForCausalLM.from_pretrained(causal_folders["gpt2"]).train(False)
    room = model.config.max_position_embeddings - len(PROMPT) + 1
    assert len(ours(model, Sampling(greedy=True, max_new_tokens=room))) == room


def test_what_is_cut_back_or_forked_goes_on_as_if_it_were_new(model: PreTrainedModel) -> None:
    decoder = TransformersDecoder(model, CPU)
    list(decoder.prefill(PROMPT))
    fork = decoder.fork()
    fork.truncate(5)
    other = [7, 8, 9]
    found, kept = fork.verify(other), decoder.verify([5])
    for begun, logits in ((PROMPT[:5] + other, found[-1]), ([*PROMPT, 5], kept[-1])):
        new = TransformersDecoder(model, CPU)
        list(new.prefill(begun))
        torch.testing.assert_close(logits, new.logits, rtol=0, atol=1e-5)


def test_a_fork_shares_the_tensors_and_a_full_window_is_computed_again(causal_folders: dict[str, Path]) -> None:
    model = AutoModelForCausalLM.from_pretrained(causal_folders["llama"]).train(False)
    decoder = TransformersDecoder(model, CPU)
    list(decoder.prefill(PROMPT))
    ours, theirs = decoder._cache.layers[0].keys, decoder.fork()._cache.layers[0].keys
    assert ours.data_ptr() == theirs.data_ptr()
    layer, window = DynamicSlidingWindowLayer(sliding_window=8), DynamicCache()
    window.layers = [layer]
    for tokens, holds in ((7, True), (1, False)):
        layer.update(torch.ones(1, 1, tokens, 4), torch.ones(1, 1, tokens, 4))
        assert (reference.cut_back(window, 3) is not None) is holds
