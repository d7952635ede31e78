"""Activations by name: of the kernels, and of transformers, on every family."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from bigmodel_studio.engine.generation.reference import TransformersDecoder
from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.activations import names_of
from bigmodel_studio.engine.packed.decoder import PackedDecoder
from bigmodel_studio.engine.packed.families import FAMILIES, shape_of
from tests.engine.packed.references import packed, put_back, random_config, random_model, round_inputs

Kernel = Callable[..., Any]
CPU = torch.device("cpu")
BOUND = 1e-4
"""Of weights as stored: what the logits keep to, too."""


def ids_for(model: Any, length: int) -> list[int]:
    draw = random.Random(length)
    return [draw.randrange(model.config.vocab_size) for _ in range(length)]


def finite(value: Tensor) -> Tensor:
    """Scores that are masked are -inf on both sides or on none."""
    return value.masked_fill(value == float("-inf"), -12345.0)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_stored_weights_give_the_activations_of_transformers(kernel: Kernel, family: str) -> None:
    model = random_model(family, 1)
    ids = ids_for(model, 150)  # more than one block of rows and of the cache, and than any window
    fast = packed(model, kernel)
    names = names_of(fast.shape)
    expected = TransformersDecoder(model, CPU).trace(ids, names)
    decoder = PackedDecoder(fast)
    found = decoder.trace(ids, names)
    assert set(found) == set(expected) == set(names)
    for name in names:
        assert found[name].shape == expected[name].shape, name
        torch.testing.assert_close(finite(found[name]), finite(expected[name]), atol=BOUND, rtol=BOUND, msg=name)
    # What is traced is what is decoded: the logits are those of a step, bit for bit.
    other = PackedDecoder(fast)
    list(other.prefill(ids))
    assert decoder.logits is not None
    assert other.logits is not None
    assert torch.equal(decoder.logits, other.logits)
    fast.close()


@pytest.mark.parametrize("family", ["llama", "gpt_neo", "gemma3_text", "olmo2"])
def test_later_positions_are_traced_like_earlier_ones(kernel: Kernel, family: str) -> None:
    model = random_model(family, 2)
    ids = ids_for(model, 90)
    fast = packed(model, kernel)
    names = names_of(fast.shape)
    whole = PackedDecoder(fast).trace(ids, names)
    for decoder in (PackedDecoder(fast), TransformersDecoder(model, CPU)):
        list(decoder.prefill(ids[:70]))
        part = decoder.trace(ids[70:], names)
        for name in names:
            end = whole[name][:, 70:] if name.endswith(("scores", "pattern")) else whole[name][70:]
            torch.testing.assert_close(finite(part[name]), finite(end), atol=BOUND, rtol=BOUND, msg=name)
    fast.close()


@pytest.mark.parametrize("kind", [ops.Q8, ops.Q4_MIN])
@pytest.mark.parametrize("family", ["llama", "gpt2", "qwen3"])
def test_packed_weights_give_what_rounded_inputs_explain(kernel: Kernel, family: str, kind: int) -> None:
    """Beside transformers with the dequantised weights, and inputs of linear layers rounded to 8 bits as kernels do.

    A value on the edge between two steps may be rounded either way, so that single values are off by a step of 1/127.
    """
    model = random_model(family, 3)
    fast = packed(model, kernel, kind)
    ids = ids_for(model, 40)
    names = [name for name in names_of(fast.shape) if not name.endswith(("scores", "rot_q", "rot_k"))]
    found = PackedDecoder(fast).trace(ids, names)
    reference = copy.deepcopy(model)
    put_back(reference, fast)
    round_inputs(reference)
    expected = TransformersDecoder(reference, CPU).trace(ids, names)
    for name in names:
        off, size = (found[name] - expected[name]).abs(), float(expected[name].std())
        assert float(off.mean()) < 0.01 * size, name
        assert float(off.max()) < 0.15 * size + 1e-4, name
    fast.close()


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_name_is_one_of_transformer_lens(family: str) -> None:
    """The list was read off TransformerLens 4.3.0 (``TransformerBridge.hook_dict`` and its cache) on these models.

    Where both gave values they agreed within 1e-3, but for GPT-Neo's scores, which it gives after the softmax.
    """
    known = json.loads(Path(__file__).with_name("transformer_lens_names.json").read_text(encoding="utf-8"))
    theirs = {*known["all"], *known[family]}
    ours = names_of(shape_of(random_config(family, 1)))
    assert len(ours) > 30
    assert {re.sub(r"^blocks\.\d+\.", "blocks.*.", name) for name in ours} <= theirs


@pytest.mark.parametrize("family", ["gpt2", "llama"])
def test_what_a_norm_gives_is_read_before_its_weight(kernel: Kernel, family: str) -> None:
    model = random_model(family, 4)
    norm = model.transformer.ln_f if family == "gpt2" else model.model.norm
    fast = packed(model, kernel)
    found = PackedDecoder(fast).trace([1, 2, 3], ["ln_final.hook_normalized"])["ln_final.hook_normalized"]
    seen: list[Tensor] = []
    with norm.register_forward_hook(lambda _, __, output: seen.append(output[0])), torch.inference_mode():
        model(torch.tensor([[1, 2, 3]]))
    bias = norm.bias if family == "gpt2" else torch.zeros(())
    torch.testing.assert_close(found * norm.weight + bias, seen[0], atol=BOUND, rtol=BOUND)
    fast.close()


def test_a_name_that_the_model_has_not_is_named(kernel: Kernel) -> None:
    model = random_model("gpt2", 1)
    fast = packed(model, kernel)
    for decoder in (PackedDecoder(fast), TransformersDecoder(model, CPU)):
        with pytest.raises(KeyError, match=r"blocks\.7\.hook_mlp_out"):
            decoder.trace([1, 2], ["hook_embed", "blocks.7.hook_mlp_out"])
        with pytest.raises(KeyError, match=r"attn\.hook_rot_q"):
            decoder.trace([1, 2], ["blocks.0.attn.hook_rot_q"])  # its positions are learnt
        assert decoder.length == 0
    fast.close()
