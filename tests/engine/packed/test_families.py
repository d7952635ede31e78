"""The fast path against transformers: every family, on random small models of odd sizes."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
import torch
import transformers

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.families import FAMILIES, UnsupportedError, shape_of
from bigmodel_studio.engine.packed.model import PackedModel, TensorSource
from bigmodel_studio.engine.packed.weights import STORED_KINDS
from tests.engine.packed.references import (
    logits_of,
    packed,
    put_back,
    random_config,
    random_model,
    reference_logits,
    round_inputs,
)

Kernel = Callable[..., Any]
LENGTH = 90


def ids_for(model: Any, seed: int, length: int = LENGTH) -> list[int]:
    draw = random.Random(seed)
    return [draw.randrange(model.config.vocab_size) for _ in range(length)]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_stored_weights_give_transformers_logits(kernel: Kernel, family: str, seed: int) -> None:
    model = random_model(family, seed)
    ids = ids_for(model, seed)
    expected = reference_logits(model, ids)
    fast = packed(model, kernel, threads=2)
    found = logits_of(fast, ids, [70])
    fast.close()
    assert expected.std() > 0.05
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("kind", [ops.Q8, ops.Q4, ops.Q4_MIN])
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_packed_weights_give_what_rounded_inputs_explain(kernel: Kernel, family: str, kind: int) -> None:
    """Against the same weights in transformers: near where its inputs are rounded alike, within 10% where not."""
    model = random_model(family, 3)
    fast = packed(model, kernel, kind)
    ids = ids_for(model, 3)
    found = logits_of(fast, ids, [LENGTH])
    reference = copy.deepcopy(model)
    put_back(reference, fast)
    spread = float(reference_logits(model, ids).std())
    exact = reference_logits(reference, ids)
    assert float((found - exact).square().mean().sqrt()) < 0.1 * spread
    round_inputs(reference)
    rounded = reference_logits(reference, ids)
    # A value half way between two steps may be rounded either way, and later tokens see what came of it; a row without
    # such a value is the same.
    errors = (found - rounded).abs().amax(dim=1)
    assert float(errors.min()) < 2e-5
    assert float((found - rounded).square().mean().sqrt()) < 0.05 * spread


@pytest.mark.parametrize("family", ["gpt2", "gpt_neo", "llama", "qwen3", "gemma3_text"])
def test_greedy_text_is_the_same(kernel: Kernel, family: str) -> None:
    model = random_model(family, 5)
    fast = packed(model, kernel)
    for prompt in range(20):
        ids = ids_for(model, prompt, 3 + prompt)
        options: dict[str, Any] = {"do_sample": False, "max_new_tokens": 8, "eos_token_id": None, "pad_token_id": 0}
        with torch.no_grad():
            row = torch.tensor([ids])
            expected = model.generate(row, attention_mask=torch.ones_like(row), **options)[0, len(ids) :].tolist()
        sequence = fast.sequence()
        logits = fast.feed([(sequence, id_) for id_ in ids], [len(ids) - 1])
        text = [int(logits.argmax())]
        while len(text) < 8:
            text.append(int(fast.feed([(sequence, text[-1])], [0]).argmax()))
        assert text == expected


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_weights_are_used_as_stored(kernel: Kernel, dtype: torch.dtype) -> None:
    model = random_model("llama", 4)
    ids = ids_for(model, 4)
    short = {name: parameter.detach().to(dtype) for name, parameter in model.named_parameters()}
    shape = shape_of(model.config)
    fast = PackedModel(shape, TensorSource(shape, short.get), kernel)
    assert {weight.kind for weight in fast.weights.values()} == {STORED_KINDS[dtype]}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(short[name])
    torch.testing.assert_close(logits_of(fast, ids, [50]), reference_logits(model, ids), atol=1e-4, rtol=0)


def test_cache_in_half_precision_stays_near(kernel: Kernel) -> None:
    model = random_model("llama", 6)
    ids = ids_for(model, 6, 140)
    exact = logits_of(packed(model, kernel), ids, [64])
    found = logits_of(packed(model, kernel, half_cache=True), ids, [64])
    assert 0 < float((found - exact).abs().max()) < 0.02 * float(exact.std()) + 0.01


def test_unknown_parts_are_named() -> None:
    config = random_config("llama", 1)
    config.hidden_act = "tanh"
    with pytest.raises(UnsupportedError, match="activation “tanh”"):
        shape_of(config)
    config = random_config("llama", 2)
    config.rope_parameters = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}
    with pytest.raises(UnsupportedError, match="“dynamic” scaling"):
        shape_of(config)
    with pytest.raises(UnsupportedError, match="architecture “bert”"):
        shape_of(transformers.BertConfig())
