"""Which transformers model a GGUF file holds: the config by its metadata, and where each parameter's tensor is.

One line in ``ARCHITECTURES`` is one of llama.cpp's architectures. Its config is written from the metadata; the names of
its tensors come from the ``gguf`` package's table, and what llama.cpp's converter did to their numbers
(``convert_hf_to_gguf.py``) is undone: Llama's rows of queries and keys are in another order, GPT-2's matrices are
transposed, Gemma's norms have 1 added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import gguf
import torch

from bigmodel_studio.core.models.weights import listed
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.gguf.metadata import Metadata
from bigmodel_studio.engine.gguf.tensors import GgufTensors

Config = dict[str, Any]
ROPE_TENSORS = frozenset({"rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"})
"""What goes into the config and is no parameter."""
GEMMA_BY_WIDTH = {"gemma2": 46, "gemma3": 62}
"""Layers of the 27 B models: they alone scale scores by the width of a head's share of the hidden size."""


class Architecture(NamedTuple):
    """How one of llama.cpp's architectures is built. ``norm_offset`` was added to the weights of norms."""

    model_type: str
    class_name: str
    config: Callable[[Metadata], Config]
    permutes_heads: bool = False
    transposed: frozenset[str] = frozenset()
    norm_offset: float = 0.0


class Source(NamedTuple):
    """Where a parameter comes from: a tensor of the file, and what its numbers need.

    ``rows``: the order in which its rows are taken. ``transposed``: rows and columns change places after that.
    ``offset`` is added last.
    """

    tensor: str
    shape: tuple[int, ...]
    rows: torch.Tensor | None = None
    transposed: bool = False
    offset: float = 0.0


def architecture_of(tensors: GgufTensors) -> Architecture:
    """Return the architecture of a file. Raises ``StudioError`` "gguf-run-architecture"."""
    name = tensors.header.architecture
    if name not in ARCHITECTURES:
        shown = ", ".join(sorted(ARCHITECTURES))
        raise StudioError("gguf-run-architecture", model=tensors.path.name, architecture=name[:40], runs=shown)
    return ARCHITECTURES[name]


def config_of(tensors: GgufTensors) -> Config:
    """Return the model's ``config.json`` as a table.

    Raises ``StudioError`` "gguf-run-architecture", "gguf-run-value", "tensors-missing", "tensors-mismatched".
    """
    architecture = architecture_of(tensors)
    metadata = Metadata(tensors)
    metadata.refuse_unusual()
    tied = "output.weight" not in tensors
    return {
        "model_type": architecture.model_type,
        "architectures": [architecture.class_name],
        "tie_word_embeddings": tied,
        "vocab_size": metadata.vocabulary(),
        "bos_token_id": None,
        "eos_token_id": None,
        "pad_token_id": None,
    } | architecture.config(metadata)


def sources_of(tensors: GgufTensors, parameters: Mapping[str, torch.Size]) -> dict[str, Source]:
    """Return where each parameter of the model comes from, by its name in transformers.

    ``parameters`` are the model's own, without a tied head. Raises ``StudioError`` "tensors-missing" and
    "tensors-mismatched" for what the file lacks, "gguf-run-unused" for what only the file has.
    """
    architecture = architecture_of(tensors)
    heads, shared, _length = Metadata(tensors).heads()
    name_of = _names(tensors.header.architecture, Metadata(tensors).layers())
    sources: dict[str, Source] = {}
    missing: list[str] = []
    mismatched: list[str] = []
    for parameter, shape in parameters.items():
        tensor = name_of(parameter)
        if tensor is None or tensor not in tensors:
            missing.append(tensor or parameter)
            continue
        part = tensor.split(".", 2)[-1] if tensor.startswith("blk.") else tensor
        transposed = part in architecture.transposed
        if tuple(tensors.info(tensor).shape) != (tuple(shape)[::-1] if transposed else tuple(shape)):
            mismatched.append(tensor)
            continue
        rows = None
        if architecture.permutes_heads and part in _PERMUTED:
            rows = _head_order(shape[0], heads if part.startswith("attn_q") else shared)
        offset = -architecture.norm_offset if tensor.endswith("norm.weight") else 0.0
        sources[parameter] = Source(tensor, tuple(shape), rows, transposed, offset)
    if missing:
        raise StudioError("tensors-missing", count=len(missing), names=listed(sorted(missing)))
    if mismatched:
        raise StudioError("gguf-run-shape", count=len(mismatched), names=listed(sorted(mismatched)))
    unused = sorted(set(tensors.header.tensors) - {source.tensor for source in sources.values()} - ROPE_TENSORS)
    if unused:
        raise StudioError("gguf-run-unused", count=len(unused), names=listed(unused))
    return sources


def read(tensors: GgufTensors, source: Source, dtype: torch.dtype) -> torch.Tensor:
    """Return a parameter's numbers as transformers wants them."""
    exact = dtype if not source.offset else torch.float32
    values = tensors.tensor(source.tensor, exact)
    if source.rows is not None:
        values = values[source.rows]
    if source.transposed:
        values = values.T.contiguous()
    if source.offset:
        values = (values + source.offset).to(dtype)
    return values


_PERMUTED = frozenset({"attn_q.weight", "attn_k.weight", "attn_q.bias", "attn_k.bias"})


def _head_order(rows: int, heads: int) -> torch.Tensor:
    """Return the order that puts rows back as they were before llama.cpp's converter made pairs of each head's
    halves.
    """
    return torch.arange(rows).reshape(heads, rows // heads // 2, 2).swapaxes(1, 2).reshape(-1)


def _names(architecture: str, layers: int) -> Callable[[str], str | None]:
    """Return the name in the file of a parameter by its name in transformers."""
    number = next(key for key, name in gguf.MODEL_ARCH_NAMES.items() if name == architecture)
    table = gguf.get_tensor_name_map(number, layers)

    def name_of(parameter: str) -> str | None:
        if parameter == "lm_head.weight":
            return "output.weight"
        return table.get_name(parameter, try_suffixes=(".weight", ".bias"))

    return name_of


# ---------------------------------------------------------------------------------------------- configs


def _decoder(metadata: Metadata) -> Config:
    """Return what Llama and its kin have in common."""
    metadata_heads = metadata.heads()
    heads, shared, length = metadata_heads
    return {
        "hidden_size": metadata.size("embedding_length"),
        "intermediate_size": metadata.size("feed_forward_length"),
        "num_hidden_layers": metadata.layers(),
        "num_attention_heads": heads,
        "num_key_value_heads": shared,
        "head_dim": length,
        "max_position_embeddings": metadata.context(),
        "rms_norm_eps": metadata.real("attention.layer_norm_rms_epsilon"),
        "rope_parameters": _rope(metadata, length),
    }


def _rope(metadata: Metadata, head: int) -> Config:
    """Return the rotary positions of an architecture that turns whole heads.

    Factors by frequency (Llama 3.1's) divide each frequency, which is what transformers' "longrope" does with one
    list for short and long contexts.
    """
    if metadata.size("rope.dimension_count", head) != head:
        raise metadata.unsupported("rope.dimension_count")
    rope: Config = {"rope_theta": metadata.real("rope.freq_base", 10000.0), "rope_type": "default"}
    factors = metadata.factors("rope_freqs.weight", head // 2)
    kind = metadata.text("rope.scaling.type") or "none"
    if factors is not None:
        if kind not in {"none", "llama3"}:
            raise metadata.unsupported("rope.scaling.type")
        context = metadata.context()
        return rope | {
            "rope_type": "longrope",
            "short_factor": factors,
            "long_factor": factors,
            "factor": 1.0,
            "attention_factor": 1.0,
            "original_max_position_embeddings": context,
        }
    factor = metadata.real("rope.scaling.factor", 1.0)
    if kind == "none" or factor == 1.0:
        return rope
    if kind == "linear":
        return rope | {"rope_type": "linear", "factor": factor}
    if kind != "yarn":
        raise metadata.unsupported("rope.scaling.type")
    _refuse_yarn(metadata)
    original = metadata.size("rope.scaling.original_context_length", metadata.context())
    return rope | {"rope_type": "yarn", "factor": factor, "original_max_position_embeddings": original}


def _refuse_yarn(metadata: Metadata) -> None:
    """Refuse settings of YaRN that llama.cpp knows and transformers computes in another way."""
    usual = {"attn_factor": 1.0, "yarn_ext_factor": 1.0, "yarn_attn_factor": 1.0}
    usual |= {"yarn_beta_fast": 32.0, "yarn_beta_slow": 1.0}
    for name, value in usual.items():
        if metadata.real(f"rope.scaling.{name}", value) != value:
            raise metadata.unsupported(f"rope.scaling.{name}")
    if metadata.given("rope.scaling.yarn_log_multiplier"):
        raise metadata.unsupported("rope.scaling.yarn_log_multiplier")


def _llama(metadata: Metadata) -> Config:
    has_bias = "blk.0.attn_q.bias" in metadata.tensors
    return _decoder(metadata) | {"attention_bias": has_bias, "mlp_bias": "blk.0.ffn_up.bias" in metadata.tensors}


def _qwen2(metadata: Metadata) -> Config:
    config = _decoder(metadata)
    if config["head_dim"] * config["num_attention_heads"] != config["hidden_size"]:
        raise metadata.unsupported("attention.key_length")
    return config


def _gemma(metadata: Metadata) -> Config:
    return _decoder(metadata)


def _gemma2(metadata: Metadata) -> Config:
    config = _decoder(metadata)
    return config | {
        "query_pre_attn_scalar": _attention_scalar(metadata, config),
        "sliding_window": metadata.size("attention.sliding_window", 4096, most=1 << 30),
        "layer_types": _layer_types(metadata, period=2),
        "attn_logit_softcapping": metadata.real("attn_logit_softcapping", 50.0),
        "final_logit_softcapping": metadata.real("final_logit_softcapping", 30.0),
    }


def _gemma3(metadata: Metadata) -> Config:
    config = _decoder(metadata)
    local = {"rope_type": "default", "rope_theta": metadata.real("rope.freq_base_swa", 10000.0)}
    if not metadata.given("rope.freq_base"):
        config["rope_parameters"]["rope_theta"] = 1_000_000.0
    return config | {
        "query_pre_attn_scalar": _attention_scalar(metadata, config),
        "sliding_window": metadata.size("attention.sliding_window", most=1 << 30),
        "layer_types": _layer_types(metadata, period=6),
        "rope_parameters": {"full_attention": config["rope_parameters"], "sliding_attention": local},
        "attn_logit_softcapping": None,
        "final_logit_softcapping": _optional(metadata, "final_logit_softcapping"),
    }


def _attention_scalar(metadata: Metadata, config: Config) -> int:
    """Return what scores are divided by the square root of: the head's length, but for the largest models."""
    largest = config["num_hidden_layers"] == GEMMA_BY_WIDTH[metadata.architecture]
    return int(config["hidden_size"] // config["num_attention_heads"] if largest else config["head_dim"])


def _layer_types(metadata: Metadata, period: int) -> list[str]:
    """Return which layers see a window: as the file lists it, else all but the last of each ``period``."""
    layers = metadata.layers()
    listed_there = metadata.header.metadata.get(f"{metadata.architecture}.attention.sliding_window_pattern")
    if isinstance(listed_there, int) and listed_there > 0:
        period = listed_there
    windows: list[bool] = [bool((layer + 1) % period) for layer in range(layers)]
    if isinstance(listed_there, tuple):
        if len(listed_there) != layers:
            raise metadata.unsupported("attention.sliding_window_pattern")
        windows = [bool(each) for each in listed_there]
    return ["sliding_attention" if window else "full_attention" for window in windows]


def _optional(metadata: Metadata, name: str) -> float | None:
    return metadata.real(name) if metadata.given(name) else None


def _phi3(metadata: Metadata) -> Config:
    heads, _shared, length = metadata.heads()
    if heads * length != metadata.size("embedding_length"):
        raise metadata.unsupported("attention.key_length")
    turned = metadata.size("rope.dimension_count", length)
    if turned > length or turned % 2:
        raise metadata.unsupported("rope.dimension_count")
    rope: Config = {
        "rope_type": "default",
        "rope_theta": metadata.real("rope.freq_base", 10000.0),
        "partial_rotary_factor": turned / length,
    }
    original = metadata.size("rope.scaling.original_context_length", metadata.context(), most=1 << 30)
    short = metadata.factors("rope_factors_short.weight", turned // 2)
    long = metadata.factors("rope_factors_long.weight", turned // 2)
    if short is not None and long is not None:
        rope |= {"rope_type": "longrope", "short_factor": short, "long_factor": long}
        rope |= {"attention_factor": metadata.real("rope.scaling.attn_factor", 1.0)}
        rope |= {"original_max_position_embeddings": original, "factor": metadata.context() / original}
    config = {
        "hidden_size": metadata.size("embedding_length"),
        "intermediate_size": metadata.size("feed_forward_length"),
        "num_hidden_layers": metadata.layers(),
        "num_attention_heads": heads,
        "num_key_value_heads": _shared,
        "max_position_embeddings": metadata.context(),
        "original_max_position_embeddings": original,
        "rms_norm_eps": metadata.real("attention.layer_norm_rms_epsilon"),
        "rope_parameters": rope,
    }
    if metadata.given("attention.sliding_window"):
        config["sliding_window"] = metadata.size("attention.sliding_window", most=1 << 30)
    return config


def _olmo2(metadata: Metadata) -> Config:
    if metadata.given("attention.sliding_window"):  # that is OLMo 3
        raise metadata.unsupported("attention.sliding_window")
    return _decoder(metadata)


def _gpt2(metadata: Metadata) -> Config:
    heads, _shared, length = metadata.heads()
    width = metadata.size("embedding_length")
    if heads * length != width:
        raise metadata.unsupported("attention.head_count")
    return {
        "n_embd": width,
        "n_inner": metadata.size("feed_forward_length", 4 * width),
        "n_layer": metadata.layers(),
        "n_head": heads,
        "n_positions": metadata.context(),
        "layer_norm_epsilon": metadata.real("attention.layer_norm_epsilon"),
    }


ARCHITECTURES: dict[str, Architecture] = {
    "llama": Architecture("llama", "LlamaForCausalLM", _llama, permutes_heads=True),
    "qwen2": Architecture("qwen2", "Qwen2ForCausalLM", _qwen2),
    "qwen3": Architecture("qwen3", "Qwen3ForCausalLM", _decoder),
    "gemma": Architecture("gemma", "GemmaForCausalLM", _gemma, norm_offset=1.0),
    "gemma2": Architecture("gemma2", "Gemma2ForCausalLM", _gemma2, norm_offset=1.0),
    "gemma3": Architecture("gemma3_text", "Gemma3ForCausalLM", _gemma3, norm_offset=1.0),
    "phi3": Architecture("phi3", "Phi3ForCausalLM", _phi3),
    "olmo2": Architecture("olmo2", "Olmo2ForCausalLM", _olmo2),
    "gpt2": Architecture(
        "gpt2",
        "GPT2LMHeadModel",
        _gpt2,
        transposed=frozenset({"attn_qkv.weight", "attn_output.weight", "ffn_up.weight", "ffn_down.weight"}),
    ),
}
