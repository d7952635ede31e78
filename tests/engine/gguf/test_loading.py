"""GGUF models in transformers: each family against the model that was written, and files that lie."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, Phi3Config, Phi3ForCausalLM, PreTrainedModel

from bigmodel_studio.core.models import gguf_support
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.engine.gguf.architectures import ARCHITECTURES
from bigmodel_studio.engine.gguf.loading import GgufModel
from bigmodel_studio.engine.models import loading
from tests.gguf_files import llama
from tests.gguf_hostile import HOSTILE
from tests.gguf_written import MODELS, SHAPE, seeded, small_model, write
from tests.small_models import local

IDS = torch.randint(0, 257, (1, 60), generator=torch.Generator().manual_seed(0))


def logits(model: PreTrainedModel) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = model.train(False)(IDS).logits
    return found


def refused(path: Path) -> StudioError:
    with pytest.raises(StudioError) as caught:
        GgufModel(path)
    assert sentence(caught.value.problem)
    return caught.value


def test_each_architecture_that_core_names_is_built_here() -> None:
    assert set(ARCHITECTURES) == gguf_support.ARCHITECTURES
    assert {name.split("-")[0] for name in MODELS} == gguf_support.ARCHITECTURES


@pytest.mark.parametrize("name", MODELS)
def test_a_model_computes_what_it_did_before_it_was_written(tmp_path: Path, name: str) -> None:
    model = small_model(name)
    stored = GgufModel(write(tmp_path / "m.gguf", model))
    loaded = stored.load(torch.float32)
    assert type(loaded) is type(model)
    assert stored.architecture == type(model).__name__
    assert torch.allclose(logits(loaded), logits(model), rtol=0, atol=1e-5)
    assert all(parameter.device.type == "cpu" for parameter in loaded.parameters())


@pytest.mark.parametrize("kind", ["F16", "BF16", "Q8_0", "Q4_1", "Q5_0", "Q4_K", "Q6_K"])
def test_quantised_weights_are_those_of_the_reference(tmp_path: Path, kind: str) -> None:
    model = small_model("llama")
    path = write(tmp_path / "m.gguf", model, kind)
    loaded = GgufModel(path).load(torch.float32).state_dict()
    theirs = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    for ours, name in (
        ("model.embed_tokens.weight", "token_embd.weight"),
        ("model.layers.1.mlp.down_proj.weight", "blk.1.ffn_down.weight"),
        ("lm_head.weight", "output.weight"),
    ):
        expected = gguf.quants.dequantize(theirs[name].data, theirs[name].tensor_type)
        assert np.array_equal(loaded[ours].numpy(), expected)
    queries = gguf.quants.dequantize(theirs["blk.0.attn_q.weight"].data, theirs["blk.0.attn_q.weight"].tensor_type)
    heads = queries.reshape(4, 32, 2, 256)  # llama.cpp's converter put each head's halves side by side
    halves = np.concatenate([heads[:, :, 0], heads[:, :, 1]], axis=1).reshape(256, 256)
    assert np.array_equal(loaded["model.layers.0.self_attn.q_proj.weight"].numpy(), halves)


def test_half_precision_is_rounded_once(tmp_path: Path) -> None:
    model = small_model("gemma")
    loaded = GgufModel(write(tmp_path / "m.gguf", model)).load(torch.bfloat16)
    assert loaded.dtype is torch.bfloat16
    expected = model.state_dict()["model.norm.weight"]
    assert torch.allclose(loaded.state_dict()["model.norm.weight"].float(), expected, atol=0, rtol=2**-8)


# ---------------------------------------------------------------------------------------------- rotary positions


def test_factors_by_frequency_are_those_of_llama_3(tmp_path: Path) -> None:
    rope = {
        "rope_type": "llama3",
        "rope_theta": 500000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    }
    model = seeded(LlamaForCausalLM(LlamaConfig(**SHAPE, rope_parameters=rope)))
    path = write(tmp_path / "m.gguf", model, extra={"rope_freqs.weight": np.array(_llama3_factors(64, rope))})
    assert torch.allclose(logits(GgufModel(path).load(torch.float32)), logits(model), rtol=0, atol=1e-4)
    without = write(tmp_path / "n.gguf", model)
    assert not torch.allclose(logits(GgufModel(without).load(torch.float32)), logits(model), rtol=0, atol=1e-2)


def _llama3_factors(head: int, rope: dict[str, Any]) -> list[float]:
    """As llama.cpp's converter computes them (``LlamaModel.generate_extra_tensors``)."""
    original = rope["original_max_position_embeddings"]
    factors = []
    for place in range(0, head, 2):
        wavelength = 2 * math.pi * rope["rope_theta"] ** (place / head)
        if wavelength < original / rope["high_freq_factor"]:
            factors.append(1.0)
        elif wavelength > original / rope["low_freq_factor"]:
            factors.append(rope["factor"])
        else:
            smooth = (original / wavelength - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"]
            )
            factors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return factors


@pytest.mark.parametrize(
    ("rope", "metadata"),
    [
        ({"rope_type": "linear", "factor": 4.0}, {"type": "linear", "factor": 4.0}),
        (
            {"rope_type": "yarn", "factor": 2.0, "original_max_position_embeddings": 64},
            {"type": "yarn", "factor": 2.0, "original_context_length": 64},
        ),
    ],
)
def test_stretched_positions(tmp_path: Path, rope: dict[str, Any], metadata: dict[str, Any]) -> None:
    model = seeded(LlamaForCausalLM(LlamaConfig(**SHAPE, rope_parameters={"rope_theta": 10000.0, **rope})))
    changed = {f"llama.rope.scaling.{key}": value for key, value in metadata.items()}
    loaded = GgufModel(write(tmp_path / "m.gguf", model, changed=changed)).load(torch.float32)
    assert torch.allclose(logits(loaded), logits(model), rtol=0, atol=1e-5)


def test_a_phi_with_long_positions_that_turns_a_part_of_each_head(tmp_path: Path) -> None:
    long, short = [1 + 0.1 * n for n in range(24)], [1 + 0.01 * n for n in range(24)]
    rope = {"rope_type": "longrope", "rope_theta": 10000.0, "partial_rotary_factor": 0.75, "factor": 4.0}
    rope |= {"long_factor": long, "short_factor": short, "original_max_position_embeddings": 32}
    rope |= {"attention_factor": 1.19}
    config = Phi3Config(**SHAPE, rope_parameters=rope, original_max_position_embeddings=32, sliding_window=None)
    model = seeded(Phi3ForCausalLM(config))
    extra = {"rope_factors_long.weight": np.array(long), "rope_factors_short.weight": np.array(short)}
    changed = {
        "phi3.rope.dimension_count": 48,
        "phi3.rope.scaling.original_context_length": 32,
        "phi3.rope.scaling.attn_factor": 1.19,
    }
    loaded = GgufModel(write(tmp_path / "m.gguf", model, changed=changed, extra=extra)).load(torch.float32)
    assert torch.allclose(logits(loaded), logits(model), rtol=0, atol=1e-4)


# ---------------------------------------------------------------------------------------------- files that lie


def test_tensors_that_are_missing_too_many_or_of_another_shape_are_named(tmp_path: Path) -> None:
    model = small_model("llama")
    lost = frozenset({"blk.1.ffn_up.weight"})
    error = refused(write(tmp_path / "a.gguf", model, left_out=lost))
    assert (error.problem.code, error.problem.arguments["names"]) == ("tensors-missing", "blk.1.ffn_up.weight")
    error = refused(write(tmp_path / "b.gguf", model, changed={"llama.feed_forward_length": 480}))
    assert error.problem.code == "gguf-run-shape"
    assert "blk.0.ffn_down.weight" in str(error.problem.arguments["names"])
    extra = {"blk.0.attn_sinks.weight": np.zeros(4)}
    error = refused(write(tmp_path / "c.gguf", model, extra=extra))
    assert error.problem.code == "gguf-run-unused"
    assert error.problem.arguments["names"] == "blk.0.attn_sinks.weight"
    error = refused(write(tmp_path / "d.gguf", model, left_out=frozenset({"token_embd.weight"})))
    assert error.problem.code == "tensors-missing"
    error = refused(write(tmp_path / "e.gguf", model, extra={"rope_freqs.weight": np.ones(5)}))
    assert error.problem.arguments["names"] == "rope_freqs.weight"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"llama.block_count": 4_000_000_000}, "gguf-run-value"),
        ({"llama.block_count": 0}, "gguf-run-value"),
        ({"llama.block_count": 3}, "tensors-missing"),
        ({"llama.block_count": None}, "gguf-run-missing"),
        ({"llama.embedding_length": 2**31}, "gguf-run-value"),
        ({"llama.attention.head_count": 0}, "gguf-run-value"),
        ({"llama.attention.head_count": "four"}, "gguf-run-value"),
        ({"llama.attention.head_count_kv": 3}, "gguf-run-unsupported"),
        ({"llama.attention.head_count_kv": [2, 1]}, "gguf-run-unsupported"),
        ({"llama.attention.value_length": 32}, "gguf-run-value"),
        ({"llama.attention.layer_norm_rms_epsilon": float("nan")}, "gguf-run-value"),
        ({"llama.attention.layer_norm_rms_epsilon": -1.0}, "gguf-run-value"),
        ({"llama.rope.freq_base": float("inf")}, "gguf-run-value"),
        ({"llama.rope.dimension_count": 32}, "gguf-run-unsupported"),
        ({"llama.rope.scaling.type": "longrope", "llama.rope.scaling.factor": 2.0}, "gguf-run-unsupported"),
        ({"llama.attention.scale": 0.5}, "gguf-run-unsupported"),
        ({"llama.expert_count": 4}, "gguf-run-experts"),
        ({"tokenizer.ggml.model": "bert"}, "gguf-run-tokenizer"),
        ({"tokenizer.ggml.model": None}, "gguf-run-tokenizer"),
        ({"tokenizer.ggml.pre": "brand-new"}, "gguf-run-pre-tokenizer"),
        ({"tokenizer.ggml.pre": None}, "gguf-run-no-pre-tokenizer"),
        ({"tokenizer.ggml.pre": "default"}, "gguf-run-no-pre-tokenizer"),
        ({"tokenizer.ggml.tokens": [f"t{n}" for n in range(300)]}, "gguf-tokenizer"),
        ({"tokenizer.ggml.tokens": ["a", "a"], "tokenizer.ggml.token_type": [1, 1]}, "gguf-tokenizer"),
        ({"tokenizer.ggml.tokens": None, "tokenizer.ggml.token_type": None}, "gguf-tokenizer"),
        ({"tokenizer.ggml.tokens": [1, 2, 3]}, "gguf-value-type"),
    ],
)
def test_what_a_file_says_is_held_against_limits(tmp_path: Path, changed: dict[str, Any], code: str) -> None:
    error = refused(write(tmp_path / "m.gguf", small_model("llama"), changed=changed))
    assert error.problem.code == code


def test_a_vocabulary_beyond_the_embedding_is_refused(tmp_path: Path) -> None:
    changed = {
        "tokenizer.ggml.tokens": [f"t{n}" for n in range(300)],
        "tokenizer.ggml.token_type": [1] * 300,
    }
    error = refused(write(tmp_path / "m.gguf", small_model("llama"), changed=changed))
    assert error.problem.code == "tokenizer-mismatch"


def test_another_architecture_is_refused_with_those_that_run(tmp_path: Path) -> None:
    path = write(tmp_path / "m.gguf", small_model("llama"), named="mamba")
    error = refused(path)
    assert error.problem.code == "gguf-run-architecture"
    assert "qwen3" in sentence(error.problem) + str(error.problem.arguments["runs"])


# ---------------------------------------------------------------------------------------------- how it generates


def test_what_ends_a_reply_and_how_it_is_sampled_come_from_the_file(tmp_path: Path) -> None:
    changed = {
        "tokenizer.ggml.eot_token_id": 7,
        "general.sampling.temp": 0.6,
        "general.sampling.top_k": 20,
        "general.sampling.top_p": 7.5,  # no probability, so left out
    }
    generation = (
        GgufModel(write(tmp_path / "m.gguf", small_model("llama"), changed=changed))
        .load(torch.float32)
        .generation_config
    )
    assert generation is not None
    assert generation.eos_token_id == [7, 256]
    assert (generation.temperature, generation.top_k) == (pytest.approx(0.6), 20)
    assert generation.top_p in {None, 1.0}


@pytest.mark.parametrize("what", HOSTILE)
def test_each_lie_is_refused_before_anything_runs(tmp_path: Path, what: str) -> None:
    data, code = HOSTILE[what]
    path = tmp_path / "m.gguf"
    path.write_bytes(data)
    with pytest.raises(StudioError) as caught:
        loading.load(local(path), path, threads=1, few_threads=1)
    assert caught.value.problem.code == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"tokenizer.ggml.token_type": [1]}, "gguf-tokenizer"),
        ({"tokenizer.ggml.scores": [0.5]}, "gguf-tokenizer"),
        ({"tokenizer.ggml.tokens": ["a"] * 100_000}, "gguf-tokenizer"),
        ({"llama.block_count": 1_000_000}, "gguf-run-value"),
        ({"llama.attention.head_count": 2**31}, "gguf-run-value"),
    ],
)
def test_a_header_whose_lists_and_numbers_do_not_go_together_is_refused(
    tmp_path: Path, changed: dict[str, Any], code: str
) -> None:
    whole = {
        "tokenizer.ggml.model": "llama", "tokenizer.ggml.tokens": [f"t{at}" for at in range(300)],
        "tokenizer.ggml.scores": [0.0] * 300, "tokenizer.ggml.token_type": [1] * 300,
    }  # fmt: skip
    path = llama(tmp_path / "m.gguf", **(whole | changed))
    with pytest.raises(StudioError) as caught:
        loading.load(local(path), path, threads=1, few_threads=1)
    assert caught.value.problem.code == code
