"""Random small models of every family, and transformers computing with the very weights that the kernels use."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import torch
import transformers
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from bigmodel_studio.engine.packed.families import FAMILIES, Shape, shape_of
from bigmodel_studio.engine.packed.model import PackedModel, TensorSource
from bigmodel_studio.engine.packed.weights import dequantised

CLASSES = {
    "gpt2": "GPT2LMHeadModel",
    "gpt_neo": "GPTNeoForCausalLM",
    "llama": "LlamaForCausalLM",
    "mistral": "MistralForCausalLM",
    "qwen2": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM",
    "smollm3": "SmolLM3ForCausalLM",
    "gemma": "GemmaForCausalLM",
    "gemma2": "Gemma2ForCausalLM",
    "gemma3_text": "Gemma3ForCausalLM",
    "phi3": "Phi3ForCausalLM",
    "olmo2": "Olmo2ForCausalLM",
}
assert set(CLASSES) == set(FAMILIES)
CONTEXT = 256


def random_config(family: str, seed: int) -> Any:
    """A small configuration of odd sizes, with every piece that the family has."""
    draw = random.Random(f"{family}-{seed}")
    kv_heads = draw.choice([1, 2, 3])
    heads = kv_heads * draw.choice([1, 2, 3])
    head = draw.choice([6, 10, 16, 20, 34])
    layers = draw.choice([2, 3])
    window = draw.choice([5, 17, 70])
    ends: dict[str, Any] = {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}
    vocabulary = draw.choice([67, 97, 130])
    if family == "gpt2":
        return transformers.GPT2Config(
            vocab_size=vocabulary,
            n_embd=heads * head,
            n_layer=layers,
            n_head=heads,
            n_positions=CONTEXT,
            n_inner=draw.choice([None, 75]),
            scale_attn_by_inverse_layer_idx=draw.choice([True, False]),
            activation_function=draw.choice(["gelu_new", "gelu", "relu"]),
            **ends,
        )
    if family == "gpt_neo":
        return transformers.GPTNeoConfig(
            vocab_size=vocabulary,
            hidden_size=heads * head,
            num_layers=2,
            num_heads=heads,
            attention_types=[[["global", "local"], 1]],
            window_size=window,
            max_position_embeddings=CONTEXT,
            intermediate_size=draw.choice([None, 75]),
            **ends,
        )
    common: dict[str, Any] = {
        "vocab_size": vocabulary,
        "hidden_size": heads * head,
        "intermediate_size": draw.choice([50, 77, 130]),
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "max_position_embeddings": CONTEXT,
        **ends,
    }
    more: dict[str, Any] = {}
    if family in ("llama", "smollm3"):
        more = {"attention_bias": draw.choice([True, False]), "mlp_bias": draw.choice([True, False])}
    if family == "llama" and seed % 2:
        more["rope_parameters"] = {
            "rope_type": "llama3",
            "rope_theta": 10000.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        }
    if family in ("mistral", "phi3"):
        more["sliding_window"] = window
    if family in ("qwen2", "qwen3"):
        more |= {"use_sliding_window": True, "sliding_window": window, "max_window_layers": 1}
    if family == "smollm3":
        more["no_rope_layer_interval"] = 2
    if family in ("qwen3", "gemma", "gemma2", "gemma3_text"):
        more["head_dim"] = draw.choice([8, 16, 22])
    if family in ("gemma2", "gemma3_text"):
        more |= {"sliding_window": window, "query_pre_attn_scalar": draw.choice([8, 24])}
    if family == "gemma2":
        more |= {"attn_logit_softcapping": 4.0, "final_logit_softcapping": 3.0}
    if family == "gemma3_text":
        more["layer_types"] = ["sliding_attention", "full_attention", "sliding_attention"][:layers]
    more["tie_word_embeddings"] = draw.choice([True, False])
    classes = {"gemma3_text": "Gemma3TextConfig"}
    name = classes.get(family, CLASSES[family].removesuffix("ForCausalLM") + "Config")
    return getattr(transformers, name)(**common | more)


def random_model(family: str, seed: int) -> Any:
    """A model of that configuration whose attention and logits are far from uniform."""
    config = random_config(family, seed)
    config._attn_implementation = "eager"  # the others leave out Gemma 2's limit of scores
    torch.manual_seed(seed)
    model = getattr(transformers, CLASSES[family])(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 0.12)
            else:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return model.train(False)


def packed(model: Any, kernel: Callable[..., Any], kind: int | None = None, **options: Any) -> PackedModel:
    """The fast path of a transformers model."""
    shape = shape_of(model.config)
    tensors = dict(model.named_parameters())
    return PackedModel(shape, TensorSource(shape, tensors.get, kind), kernel, **options)


def logits_of(model: PackedModel, ids: list[int], blocks: list[int] | None = None, threads: int = 0) -> Tensor:
    """[ids, vocabulary], fed in blocks of those sizes (then one by one)."""
    sequence = model.sequence()
    found, left = [], list(ids)
    sizes = list(blocks or [])
    while left:
        size = min(sizes.pop(0) if sizes else 1, len(left))
        found.append(model.feed([(sequence, id_) for id_ in left[:size]], range(size), threads=threads))
        left = left[size:]
    return torch.cat(found)


def put_back(reference: Any, model: PackedModel) -> None:
    """Give a transformers model the weights that the packed one computes with."""
    shape = model.shape
    parameters = dict(reference.named_parameters())
    head = reference.get_output_embeddings()
    head.weight = nn.Parameter(head.weight.detach().clone())  # tied no more: only the head is packed
    parameters["lm_head.weight"] = head.weight
    with torch.no_grad():
        for name, weight in model.weights.items():
            if name != "embedding":
                _target(parameters, shape, name).copy_(dequantised(weight))


def _target(parameters: dict[str, Any], shape: Shape, name: str) -> Any:
    layer, _, piece = name.rpartition(".")
    place = shape.names[piece]
    found = parameters[f"{place.template.format(layer=layer)}.weight"]
    found = found.t() if place.transposed else found
    return found if place.rows is None else found[place.rows[0] : place.rows[1]]


def round_inputs(reference: Any) -> None:
    """Round the inputs of every linear layer to 8 bits in groups of 32, as the kernels do."""

    def hook(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        (value,) = inputs
        size = value.shape[-1]
        filled = torch.nn.functional.pad(value, (0, -size % 32))
        groups = filled.reshape(*filled.shape[:-1], -1, 32)
        scale = groups.abs().amax(dim=-1, keepdim=True) / 127
        rounded = torch.where(scale > 0, groups / scale, torch.zeros(())).round() * scale
        return (rounded.flatten(-2)[..., :size],)

    for module in reference.modules():
        if isinstance(module, nn.Linear | Conv1D):
            module.register_forward_pre_hook(hook)


def reference_logits(model: Any, ids: list[int]) -> Tensor:
    """[ids, vocabulary] by transformers in float32."""
    with torch.no_grad():
        found: Tensor = model(torch.tensor([ids]), use_cache=False).logits[0]
    return found
