"""GGUF files of small random models, written with the ``gguf`` package as llama.cpp's converter writes them.

The converter's changes (the order of Llama's rows, GPT-2's transposes, Gemma's norms) are made here by their
description, so that what undoes them is tested against the model that went in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GemmaConfig,
    GemmaForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    Olmo2Config,
    Olmo2ForCausalLM,
    Phi3Config,
    Phi3ForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from tests.small_models import TEMPLATE, byte_tokenizer

K_BLOCKS = {"Q4_K": 144, "Q5_K": 176, "Q6_K": 210}
SHAPE: dict[str, Any] = {
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 257,
    "max_position_embeddings": 128,
    "bos_token_id": None,
    "eos_token_id": 256,
    "pad_token_id": None,
}
_ODD = SHAPE | {"hidden_size": 96, "intermediate_size": 160, "num_attention_heads": 3, "num_key_value_heads": 1}


def seeded(model: PreTrainedModel) -> PreTrainedModel:
    """Every parameter at random, norms and biases among them, so that none is left out unnoticed."""
    random = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=random)
            parameter.copy_(1 + 0.1 * noise if "norm" in name or "ln_" in name else 0.08 * noise)
    model.tie_weights()
    model.train(False)
    return model


MODELS: dict[str, Callable[[], PreTrainedModel]] = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SHAPE, tie_word_embeddings=False)),
    "llama-tied-odd": lambda: LlamaForCausalLM(LlamaConfig(**_ODD, tie_word_embeddings=True)),
    "llama-biased": lambda: LlamaForCausalLM(LlamaConfig(**_ODD, attention_bias=True, tie_word_embeddings=True)),
    "llama-wide-heads": lambda: LlamaForCausalLM(LlamaConfig(**SHAPE, head_dim=32)),
    "qwen2": lambda: Qwen2ForCausalLM(Qwen2Config(**SHAPE, rope_parameters=_rope(1e6), tie_word_embeddings=True)),
    "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**SHAPE, head_dim=32, rope_parameters=_rope(1e6))),
    "gemma": lambda: GemmaForCausalLM(GemmaConfig(**SHAPE, head_dim=64)),
    "gemma2": lambda: Gemma2ForCausalLM(
        Gemma2Config(**SHAPE, head_dim=32, query_pre_attn_scalar=32, sliding_window=16)
    ),
    "gemma3": lambda: Gemma3ForCausalLM(
        Gemma3TextConfig(**SHAPE | {"num_hidden_layers": 7}, head_dim=32, query_pre_attn_scalar=32, sliding_window=16)
    ),
    "phi3": lambda: Phi3ForCausalLM(Phi3Config(**SHAPE, sliding_window=24)),
    "olmo2": lambda: Olmo2ForCausalLM(Olmo2Config(**SHAPE)),
    "gpt2": lambda: GPT2LMHeadModel(
        GPT2Config(n_embd=64, n_layer=2, n_head=2, n_positions=128, vocab_size=257, eos_token_id=256)
    ),
}


def _rope(base: float) -> dict[str, Any]:
    return {"rope_type": "default", "rope_theta": base}


def small_model(name: str) -> PreTrainedModel:
    """The random model of that name, always the same."""
    return seeded(MODELS[name]())


def random_blocks(kind: str, rows: int, columns: int, seed: int = 0) -> NDArray[np.uint8]:
    """Valid blocks of a type that ``gguf`` can't quantise to: [rows, bytes]. Scales are small halves."""
    random = np.random.default_rng(seed)
    blocks = random.integers(0, 256, (rows * columns // 256, K_BLOCKS[kind]), dtype=np.uint8)
    scales = random.uniform(0.5, 1.5, (len(blocks), 2)).astype(np.float16) * np.float16(2e-4)
    if kind == "Q6_K":
        blocks[:, -2:] = scales[:, :1].view(np.uint8)
    else:
        blocks[:, :4] = scales.view(np.uint8)
    return blocks.reshape(rows, -1)


def stored_as(kind: str, values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A matrix in a type; random blocks for those that ``gguf`` can't quantise to."""
    if kind in K_BLOCKS:
        return random_blocks(kind, *values.shape)
    return np.asarray(gguf.quants.quantize(values, gguf.GGMLQuantizationType[kind]))


def write(
    path: Path,
    model: PreTrainedModel,
    kind: str = "F32",
    *,
    changed: Mapping[str, Any] | None = None,
    left_out: frozenset[str] = frozenset(),
    kinds: Mapping[str, str] | None = None,
    extra: Mapping[str, NDArray[np.float64]] | None = None,
    named: str = "",
) -> Path:
    """Write a model to ``path``, its matrices in ``kind`` (or as ``kinds`` says by name), vectors in F32.

    ``changed`` metadata by key (None leaves one out), tensors ``left_out`` and ``extra`` ones, and another architecture
    ``named`` make a file that lies.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    architecture = {"gemma3_text": "gemma3"}.get(model.config.model_type, model.config.model_type)
    writer = gguf.GGUFWriter(path, named or architecture)
    metadata: dict[str, Any] = _metadata(architecture, model.config) | _byte_level() | dict(changed or {})
    for key, value in metadata.items():
        _add(writer, key, value)
    for name, values in _tensors(architecture, model).items():
        if name in left_out:
            continue
        chosen = (kinds or {}).get(name, kind if values.ndim == 2 else "F32")
        if chosen == "F32":
            writer.add_tensor(name, values)
        else:
            writer.add_tensor(name, stored_as(chosen, values), raw_dtype=gguf.GGMLQuantizationType[chosen])
    for name, numbers in (extra or {}).items():
        writer.add_tensor(name, numbers.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add(writer: gguf.GGUFWriter, key: str, value: Any) -> None:
    adders: dict[type, Callable[[str, Any], None]] = {
        bool: writer.add_bool,
        int: writer.add_uint32,
        float: writer.add_float32,
        str: writer.add_string,
        list: writer.add_array,
    }
    if value is not None:
        adders[type(value)](key, value)


def _metadata(architecture: str, config: Any) -> dict[str, Any]:
    if architecture == "gpt2":
        sizes: dict[str, Any] = {
            "context_length": config.n_positions,
            "embedding_length": config.n_embd,
            "feed_forward_length": 4 * config.n_embd,
            "block_count": config.n_layer,
            "attention.head_count": config.n_head,
            "attention.layer_norm_epsilon": config.layer_norm_epsilon,
        }
        return {f"gpt2.{key}": value for key, value in sizes.items()}
    sizes = {
        "context_length": config.max_position_embeddings,
        "embedding_length": config.hidden_size,
        "feed_forward_length": config.intermediate_size,
        "block_count": config.num_hidden_layers,
        "attention.head_count": config.num_attention_heads,
        "attention.head_count_kv": config.num_key_value_heads,
        "attention.layer_norm_rms_epsilon": config.rms_norm_eps,
    }
    head = getattr(config, "head_dim", None)
    if head is not None:
        sizes |= {"attention.key_length": head, "attention.value_length": head, "rope.dimension_count": head}
    rope = config.rope_parameters
    sizes["rope.freq_base"] = rope.get("full_attention", rope)["rope_theta"]
    if architecture in {"gemma2", "gemma3", "phi3"}:
        sizes["attention.sliding_window"] = config.sliding_window
    if architecture == "gemma2":
        sizes["attn_logit_softcapping"] = config.attn_logit_softcapping
        sizes["final_logit_softcapping"] = config.final_logit_softcapping
    return {f"{architecture}.{key}": float(value) if "freq" in key else value for key, value in sizes.items()}


def _byte_level() -> dict[str, Any]:
    """The tokenizer of ``tests.small_models``: a token for each byte, and one that ends a text."""
    ids = byte_tokenizer().get_vocab()
    tokens = sorted(ids, key=lambda token: ids[token])
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [1] * 256 + [3],
        "tokenizer.ggml.merges": ["a b"] * 0,
        "tokenizer.ggml.eos_token_id": 256,
        "tokenizer.chat_template": TEMPLATE,
    }


def _tensors(architecture: str, model: PreTrainedModel) -> dict[str, NDArray[np.float32]]:
    number = next(key for key, name in gguf.MODEL_ARCH_NAMES.items() if name == architecture)
    layers = model.config.num_hidden_layers
    table = gguf.get_tensor_name_map(number, layers)
    found = {}
    for name, parameter in model.state_dict().items():
        if name == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        tensor = table.get_name(name, try_suffixes=(".weight", ".bias")) or "output.weight"
        values = parameter.float()
        if architecture == "llama" and ("attn_q." in tensor or "attn_k." in tensor):
            heads = model.config.num_attention_heads if "attn_q" in tensor else model.config.num_key_value_heads
            halves = values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:])
            values = halves.swapaxes(1, 2).reshape(values.shape)
        if architecture == "gpt2" and any(
            part in tensor for part in ("attn_qkv.w", "attn_output.w", "ffn_up.w", "ffn_down.w")
        ):
            values = values.T
        if architecture.startswith("gemma") and tensor.endswith("norm.weight"):
            values = values + 1
        found[tensor] = np.ascontiguousarray(values.numpy())
    return found
