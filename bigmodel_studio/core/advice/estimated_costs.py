"""Costs of running a model, estimated from its config alone: for lists and for models that are not here.

Weights and the key/value cache are exact. What else is alive is the widest moment of a layer by its shape, and the work
is a multiply-add for each value of a matrix and each pair in attention; a single model is counted from its structure
instead (``engine.measuring.costs``). Knows nothing of torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from bigmodel_studio.core.models.folder import context_length_of, kind_of
from bigmodel_studio.protocol import Costs, Growth, Pass

PIECE_TOKENS = 256
DEFAULT_PICTURE_PX = 224
_SIZES = (4, 2)
OPERATIONS = {"rotary": 50, "plain": 26, "encoder": 19}
"""torch's operations in a layer, as ``engine.measuring.costs`` counts them: Llama 48, Qwen2 45, Qwen3 60; GPT-2 26;
BERT 19.
"""
_LOGIT_BYTES = 4


class _Shape(NamedTuple):
    """The sizes of a transformer that its memory and its work follow from."""

    width: int
    layers: int
    inner: int
    shared: int
    """The width of keys, and of values."""
    vocabulary: int
    tied: bool
    operations: int
    """Of a layer."""


def estimated_costs(config: dict[str, Any], parameters: int, parameter_bytes: int) -> Costs:
    """Return the costs of inference with a model of that config (as transformers writes it) and so many parameters."""
    inner = config.get("text_config")
    text = {**config, **inner} if isinstance(inner, dict) else config
    kind = kind_of(config)
    if kind == "image-classifier":
        return _pictures(config, parameters, parameter_bytes)
    decodes = kind == "causal-lm"
    shape = _shape(text, decodes=decodes)
    passes: dict[str, Pass] = {}
    for size in _SIZES:
        one = _pass(shape, parameters, size, decodes=decodes)
        passes |= {f"{name}/{size}": one for name in ("read", "go-on", "next")} if decodes else {f"read/{size}": one}
    return Costs(
        parameters=parameters,
        parameter_bytes=parameter_bytes,
        context_length=context_length_of(text) or 0,
        vocabulary=shape.vocabulary,
        decodes=decodes,
        piece_tokens=PIECE_TOKENS if decodes else 0,
        cache_floats=Growth(token=2.0 * shape.layers * shape.shared) if decodes else Growth(),
        passes=passes,
    )


def knows_work(costs: Costs) -> bool:
    """Return whether the work is known, so that a speed can be told."""
    return any(one.flops != Growth() for one in costs.passes.values())


def _pass(shape: _Shape, parameters: int, size: int, *, decodes: bool) -> Pass:
    """Return the residual stream and the widest moment of a layer; the cache where there is one; the last token's
    logits.
    """
    looked_up = 0 if shape.tied else shape.vocabulary * shape.width
    met = max(0, parameters - looked_up)
    past = 2.0 * shape.layers * shape.shared * size if decodes else 0.0
    given_out = float(shape.vocabulary * _LOGIT_BYTES) if decodes else 0.0
    return Pass(
        forward=(Growth(token=float((2 * shape.width + 3 * shape.inner) * size), key=past, item=given_out),),
        logits=Growth(item=given_out),
        flops=Growth(token=2.0 * met, pair=4.0 * shape.layers * shape.width),
        product_bytes=Growth(once=float(met * size), key=past),
        other_bytes=Growth(token=float(shape.layers * (10 * shape.width + 3 * shape.inner) * size)),
        operations=float(shape.layers * shape.operations),
    )


def _shape(config: dict[str, Any], *, decodes: bool = False) -> _Shape:
    width = number_in(config, "hidden_size", "n_embd", "d_model", "dim")
    heads = number_in(config, "num_attention_heads", "num_heads", "n_head", "n_heads") or 1
    shared = number_in(config, "num_key_value_heads") or heads
    head = number_in(config, "head_dim") or width // heads
    return _Shape(
        width=width,
        layers=number_in(config, "num_hidden_layers", "num_layers", "n_layer", "n_layers"),
        inner=number_in(config, "intermediate_size", "n_inner", "d_ff", "hidden_dim") or 4 * width,
        shared=shared * head,
        vocabulary=number_in(config, "vocab_size"),
        tied=bool(config.get("tie_word_embeddings", True)),
        operations=OPERATIONS[("rotary" if "num_key_value_heads" in config else "plain") if decodes else "encoder"],
    )


def _pictures(config: dict[str, Any], parameters: int, parameter_bytes: int) -> Costs:
    """Count with a vision transformer's patches, which are its tokens; a convolutional network is widest where it
    begins.
    """
    side = number_in(config, "image_size") or DEFAULT_PICTURE_PX
    patch = number_in(config, "patch_size")
    shape = _shape(config)
    passes = {}
    for size in _SIZES:
        if patch:
            tokens = (side // patch) ** 2 + 1
            alive, flops = tokens * (2 * shape.width + 3 * shape.inner) * size, 2.0 * parameters * tokens
        else:
            begins = number_in(config, "embedding_size") or 64
            alive, flops = 3 * begins * (side // 2) ** 2 * size, 0.0
        forward = Growth(item=float(alive + 3 * side * side * size))
        streamed = Growth(once=float(parameters * size))
        operations = float(shape.layers * shape.operations)
        passes[f"read/{size}"] = Pass(
            forward=(forward,), flops=Growth(item=flops), product_bytes=streamed, operations=operations
        )
    return Costs(parameters=parameters, parameter_bytes=parameter_bytes, picture_px=side, passes=passes)


def number_in(config: Mapping[str, Any], *names: str) -> int:
    """Return the first of a config's fields that is a plausible number, 0 where none is."""
    return next((value for name in names if type(value := config.get(name)) is int and 0 < value < 10**9), 0)
