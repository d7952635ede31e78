"""The model families that the fast path computes: what their configurations mean, and what their tensors are called.

One table, ``FAMILIES``; a family is a function from its configuration to a ``Shape`` and a dictionary of tensor names.
What a configuration asks for that the kernels do not have raises ``UnsupportedError`` with a reason to show; the model
then runs on transformers. Knows no kernels and holds no weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import torch
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from bigmodel_studio.engine.packed import ops

STATIC_ROPES = frozenset({"default", "linear", "llama3", "yarn"})
"""Ways to scale rotary positions whose frequencies do not depend on how long the text is."""
ACTIVATIONS = {
    "silu": ops.SILU,
    "swish": ops.SILU,
    "gelu_new": ops.GELU_TANH,
    "gelu_pytorch_tanh": ops.GELU_TANH,
    "gelu": ops.GELU,
    "relu": ops.RELU,
}


class UnsupportedError(Exception):
    """The fast path cannot compute this model; the message says why, in plain English."""


class Rope(NamedTuple):
    """Rotary positions: ``frequencies`` [rotated / 2] turn a position; cosines and sines are times ``factor``."""

    frequencies: tuple[float, ...]
    factor: float


@dataclass(frozen=True)
class LayerShape:
    """What one layer has of its own."""

    window: int = 0
    """Tokens that attention sees, its own included; 0: all."""
    rope: int | None = 0
    """Which of the shape's rotary tables; None: positions are not rotated."""
    attention_scale: float = 1.0


@dataclass(frozen=True)
class Shape:
    """A decoder as the pieces it is made of; sizes in values."""

    family: str
    vocabulary: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head: int
    context: int
    layers: tuple[LayerShape, ...]
    norm: Literal["rms", "layer"] = "rms"
    epsilon: float = 1e-6
    norm_offset: float = 0.0
    """Added to every RMS weight (Gemma stores weights around zero)."""
    pre_norms: bool = True
    post_norms: bool = False
    qk_norm: Literal["none", "head", "row"] = "none"
    """RMS norms of queries and keys: over each head, or over all heads together."""
    activation: int = ops.SILU
    gated: bool = True
    embedding_scale: float = 1.0
    learnt_positions: bool = False
    attention_limit: float = 0.0
    """Scores become limit × tanh(score / limit); 0: unchanged."""
    logit_limit: float = 0.0
    ropes: tuple[Rope, ...] = ()
    tied: bool = False
    names: Mapping[str, Name] = field(default_factory=dict, compare=False)

    @property
    def rotated(self) -> int:
        """Values of a head that are rotated."""
        return 2 * len(self.ropes[0].frequencies) if self.ropes else 0


class Name(NamedTuple):
    """Where a piece's tensor is: its name with ``{layer}``, rows of it, and whether it is stored transposed."""

    template: str
    rows: tuple[int, int] | None = None
    transposed: bool = False


class Family(NamedTuple):
    """A line of the table."""

    read: Callable[[Any], Shape]


def shape_of(config: Any) -> Shape:
    """Return what a model's transformers configuration describes. Raises ``UnsupportedError``."""
    kind = getattr(config, "model_type", "")
    if kind not in FAMILIES:
        raise UnsupportedError(f"The fast path doesn't support the architecture “{kind}”.")
    if getattr(config, "use_bidirectional_attention", False):
        raise UnsupportedError("The fast path doesn't support attention in both directions.")
    shape = FAMILIES[kind].read(config)
    if shape.heads % shape.kv_heads:
        raise UnsupportedError(f"{shape.heads} heads can't share {shape.kv_heads} key-value heads.")
    return shape


def _activation(name: str) -> int:
    if name not in ACTIVATIONS:
        raise UnsupportedError(f"The fast path doesn't support the activation “{name}”.")
    return ACTIVATIONS[name]


def _head(config: Any) -> int:
    return int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)


def _rope(config: Any, layer_type: str | None = None) -> Rope:
    """Return the frequencies that transformers computes for a configuration."""
    parameters = config.rope_parameters[layer_type] if layer_type else config.rope_parameters
    kind = parameters.get("rope_type", "default")
    static = kind == "longrope" and parameters["short_factor"] == parameters["long_factor"]
    if kind not in STATIC_ROPES and not static:
        raise UnsupportedError(f"The fast path doesn't support “{kind}” scaling of rotary positions.")
    if kind != "default":
        options = {"layer_type": layer_type} if layer_type else {}
        found, factor = ROPE_INIT_FUNCTIONS[kind](config, torch.device("cpu"), **options)
        return Rope(tuple(found.double().tolist()), float(factor))
    rotated = int(_head(config) * parameters.get("partial_rotary_factor", 1.0))
    steps = torch.arange(0, rotated, 2, dtype=torch.int64).float() / rotated
    return Rope(tuple((1.0 / (parameters["rope_theta"] ** steps)).double().tolist()), 1.0)


def _names(prefix: str = "model.", **more: Name) -> dict[str, Name]:
    """Return the names that Llama gave and most keep."""
    layer = prefix + "layers.{layer}."
    found = {piece: Name(f"{layer}self_attn.{piece}_proj") for piece in ("q", "k", "v", "o")}
    found |= {piece: Name(f"{layer}mlp.{piece}_proj") for piece in ("gate", "up", "down")}
    found |= {
        "embedding": Name(prefix + "embed_tokens"),
        "norm": Name(prefix + "norm"),
        "head": Name("lm_head"),
        "attention_norm": Name(layer + "input_layernorm"),
        "mlp_norm": Name(layer + "post_attention_layernorm"),
    }
    return found | more


def _llama(config: Any) -> Shape:
    types = getattr(config, "layer_types", None)
    window = getattr(config, "sliding_window", None) or 0
    if types is None:
        windows = [window] * config.num_hidden_layers
    elif set(types) <= {"full_attention", "sliding_attention"}:
        windows = [window if kind == "sliding_attention" else 0 for kind in types]
    else:
        raise UnsupportedError(f"The fast path doesn't support layers of type {', '.join(sorted(set(types)))}.")
    head = _head(config)
    return Shape(
        family=config.model_type,
        vocabulary=config.vocab_size,
        hidden=config.hidden_size,
        intermediate=config.intermediate_size,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads or config.num_attention_heads,
        head=head,
        context=config.max_position_embeddings,
        layers=tuple(LayerShape(window=length, attention_scale=head**-0.5) for length in windows),
        epsilon=config.rms_norm_eps,
        activation=_activation(getattr(config, "hidden_act", None) or config.hidden_activation),
        ropes=(_rope(config),),
        tied=bool(config.tie_word_embeddings),
        names=_names(),
    )


def _changed(shape: Shape, **changes: Any) -> Shape:
    return Shape(**({name: getattr(shape, name) for name in Shape.__dataclass_fields__} | changes))


def _qwen3(config: Any) -> Shape:
    attention = "model.layers.{layer}.self_attn."
    norms = {"q_norm": Name(attention + "q_norm"), "k_norm": Name(attention + "k_norm")}
    return _changed(_llama(config), qk_norm="head", names={**_names(), **norms})


def _smollm3(config: Any) -> Shape:
    shape = _llama(config)
    layers = tuple(
        LayerShape(layer.window, 0 if rotated else None, layer.attention_scale)
        for layer, rotated in zip(shape.layers, config.no_rope_layers, strict=False)
    )
    return _changed(shape, layers=layers)


def _olmo2(config: Any) -> Shape:
    layer = "model.layers.{layer}."
    names = _names(
        q_norm=Name(layer + "self_attn.q_norm"),
        k_norm=Name(layer + "self_attn.k_norm"),
        attention_post_norm=Name(layer + "post_attention_layernorm"),
        mlp_post_norm=Name(layer + "post_feedforward_layernorm"),
    )
    return _changed(_llama(config), pre_norms=False, post_norms=True, qk_norm="row", names=names)


def _phi3(config: Any) -> Shape:
    shape = _llama(config)
    queries, keys = shape.heads * shape.head, shape.kv_heads * shape.head
    qkv, gate_up = "model.layers.{layer}.self_attn.qkv_proj", "model.layers.{layer}.mlp.gate_up_proj"
    names = _names(
        q=Name(qkv, (0, queries)),
        k=Name(qkv, (queries, queries + keys)),
        v=Name(qkv, (queries + keys, queries + 2 * keys)),
        gate=Name(gate_up, (0, shape.intermediate)),
        up=Name(gate_up, (shape.intermediate, 2 * shape.intermediate)),
    )
    return _changed(shape, names=names)


def _gemma(config: Any) -> Shape:
    return _changed(_llama(config), norm_offset=1.0, embedding_scale=config.hidden_size**0.5)


def _gemma2(config: Any) -> Shape:
    layer = "model.layers.{layer}."
    scale = config.query_pre_attn_scalar**-0.5
    shape = _gemma(config)
    return _changed(
        shape,
        layers=tuple(LayerShape(each.window, each.rope, scale) for each in shape.layers),
        post_norms=True,
        attention_limit=config.attn_logit_softcapping or 0.0,
        logit_limit=config.final_logit_softcapping or 0.0,
        names=_names(
            attention_post_norm=Name(layer + "post_attention_layernorm"),
            mlp_norm=Name(layer + "pre_feedforward_layernorm"),
            mlp_post_norm=Name(layer + "post_feedforward_layernorm"),
        ),
    )


def _gemma3(config: Any) -> Shape:
    ropes = {"sliding_attention": _rope(config, "sliding_attention"), "full_attention": _rope(config, "full_attention")}
    order = list(ropes)
    plain = _Flat(config, rope_parameters=config.rope_parameters["full_attention"])
    shape = _gemma2(plain)
    layers = tuple(
        LayerShape(each.window, order.index(kind), each.attention_scale)
        for each, kind in zip(shape.layers, config.layer_types, strict=True)
    )
    attention = "model.layers.{layer}.self_attn."
    names = {**shape.names, "q_norm": Name(attention + "q_norm"), "k_norm": Name(attention + "k_norm")}
    return _changed(shape, layers=layers, ropes=tuple(ropes.values()), qk_norm="head", names=names)


class _Flat:
    """A configuration with some values in place of its own."""

    def __init__(self, config: Any, **values: Any) -> None:
        self.__dict__.update(values)
        self._config = config

    def __getattr__(self, name: str) -> Any:
        return getattr(self._config, name)


def _gpt2(config: Any) -> Shape:
    if getattr(config, "add_cross_attention", False):
        raise UnsupportedError("The fast path doesn't support attention to an encoder.")
    width, head = config.n_embd, config.n_embd // config.n_head
    scale = head**-0.5 if config.scale_attn_weights else 1.0
    by_layer = config.scale_attn_by_inverse_layer_idx
    layer = "transformer.h.{layer}."
    attention = layer + "attn.c_attn"
    return Shape(
        family="gpt2",
        vocabulary=config.vocab_size,
        hidden=width,
        intermediate=config.n_inner or 4 * width,
        heads=config.n_head,
        kv_heads=config.n_head,
        head=head,
        context=config.n_positions,
        layers=tuple(
            LayerShape(rope=None, attention_scale=scale / (number + 1 if by_layer else 1))
            for number in range(config.n_layer)
        ),
        norm="layer",
        epsilon=config.layer_norm_epsilon,
        activation=_activation(config.activation_function),
        gated=False,
        learnt_positions=True,
        tied=bool(config.tie_word_embeddings),
        names={
            "embedding": Name("transformer.wte"),
            "positions": Name("transformer.wpe"),
            "norm": Name("transformer.ln_f"),
            "head": Name("lm_head"),
            "attention_norm": Name(layer + "ln_1"),
            "mlp_norm": Name(layer + "ln_2"),
            "q": Name(attention, (0, width), True),
            "k": Name(attention, (width, 2 * width), True),
            "v": Name(attention, (2 * width, 3 * width), True),
            "o": Name(layer + "attn.c_proj", None, True),
            "up": Name(layer + "mlp.c_fc", None, True),
            "down": Name(layer + "mlp.c_proj", None, True),
        },
    )


def _gpt_neo(config: Any) -> Shape:
    width = config.hidden_size
    layer = "transformer.h.{layer}."
    attention = layer + "attn.attention."
    return Shape(
        family="gpt_neo",
        vocabulary=config.vocab_size,
        hidden=width,
        intermediate=config.intermediate_size or 4 * width,
        heads=config.num_heads,
        kv_heads=config.num_heads,
        head=width // config.num_heads,
        context=config.max_position_embeddings,
        layers=tuple(
            LayerShape(window=config.window_size if kind == "local" else 0, rope=None)
            for kind in config.attention_layers
        ),
        norm="layer",
        epsilon=config.layer_norm_epsilon,
        activation=_activation(config.activation_function),
        gated=False,
        learnt_positions=True,
        tied=bool(config.tie_word_embeddings),
        names={
            "embedding": Name("transformer.wte"),
            "positions": Name("transformer.wpe"),
            "norm": Name("transformer.ln_f"),
            "head": Name("lm_head"),
            "attention_norm": Name(layer + "ln_1"),
            "mlp_norm": Name(layer + "ln_2"),
            **{piece: Name(f"{attention}{piece}_proj") for piece in ("q", "k", "v")},
            "o": Name(attention + "out_proj"),
            "up": Name(layer + "mlp.c_fc"),
            "down": Name(layer + "mlp.c_proj"),
        },
    )


FAMILIES: dict[str, Family] = {
    "gpt2": Family(_gpt2),
    "gpt_neo": Family(_gpt_neo),
    "llama": Family(_llama),
    "mistral": Family(_llama),
    "qwen2": Family(_llama),
    "qwen3": Family(_qwen3),
    "smollm3": Family(_smollm3),
    "gemma": Family(_gemma),
    "gemma2": Family(_gemma2),
    "gemma3_text": Family(_gemma3),
    "phi3": Family(_phi3),
    "olmo2": Family(_olmo2),
}


def rotary_table(rope: Rope, positions: int) -> torch.Tensor:
    """Return float32 [positions, rotated]: cosines, then sines, as transformers computes them."""
    angles = torch.arange(positions).float()[:, None] * torch.tensor(rope.frequencies, dtype=torch.float32)
    if math.isclose(rope.factor, 1.0):
        return torch.cat((angles.cos(), angles.sin()), dim=1)
    return torch.cat((angles.cos() * rope.factor, angles.sin() * rope.factor), dim=1)
