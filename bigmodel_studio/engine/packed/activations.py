"""Activations by the names of TransformerLens (4.3), and those that follow from others by plain arithmetic.

Everything is float32, without a batch: [positions, hidden] for the residual stream, [positions, heads, head] for
queries, keys (before they are rotated: ``hook_q``, after: ``hook_rot_q``), values and ``hook_z``, [heads, positions,
positions seen] for scores and patterns. Keys and values have as many heads as the model has for them. Knows no kernels.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

import torch
from torch import Tensor

from bigmodel_studio.engine.packed.families import Shape, rotary_table

BLOCK_NAMES = (
    "hook_resid_pre",
    "ln1.hook_normalized",
    "attn.hook_q",
    "attn.hook_k",
    "attn.hook_v",
    "attn.hook_rot_q",
    "attn.hook_rot_k",
    "attn.hook_attn_scores",
    "attn.hook_pattern",
    "attn.hook_z",
    "hook_attn_out",
    "hook_resid_mid",
    "ln2.hook_normalized",
    "mlp.hook_pre",
    "mlp.hook_pre_linear",
    "mlp.hook_post",
    "hook_mlp_out",
    "hook_resid_post",
)
"""Of each block, in the order in which they are computed."""
_BLOCK = re.compile(r"blocks\.(\d+)\.(.+)")


class Place(NamedTuple):
    """A name taken apart: ``layer`` None is outside the blocks."""

    layer: int | None
    name: str


def names_of(shape: Shape) -> tuple[str, ...]:
    """Return every name that a model of this shape has, in the order in which the values are computed."""
    missing = {
        "ln1.hook_normalized": not shape.pre_norms,
        "ln2.hook_normalized": not shape.pre_norms,
        "attn.hook_rot_q": not shape.ropes,
        "attn.hook_rot_k": not shape.ropes,
        "mlp.hook_pre_linear": not shape.gated,
    }
    blocks = [
        f"blocks.{layer}.{name}"
        for layer in range(len(shape.layers))
        for name in BLOCK_NAMES
        if not missing.get(name, False)
    ]
    positions = ("hook_pos_embed",) if shape.learnt_positions else ()
    return ("hook_embed", *positions, *blocks, "ln_final.hook_normalized")


def check_names(shape: Shape, names: Collection[str]) -> None:
    """Raise ``KeyError`` with the first of ``names`` that a model of this shape has not."""
    known = set(names_of(shape))
    for name in names:
        if name not in known:
            raise KeyError(name)


def placed(name: str) -> Place:
    """Take a name apart: ``blocks.3.hook_mlp_out`` is layer 3's ``hook_mlp_out``."""
    found = _BLOCK.fullmatch(name)
    return Place(None, name) if found is None else Place(int(found[1]), found[2])


def layers_with(names: Iterable[str], wanted: Collection[str]) -> set[int]:
    """Return the layers of which one of ``wanted`` is among ``names``."""
    places = map(placed, names)
    return {place.layer for place in places if place.layer is not None and place.name in wanted}


def normalized(shape: Shape, x: Tensor) -> Tensor:
    """Return ``hook_normalized`` of a norm of ``x`` [positions, hidden]: before its weight and bias."""
    centred = x - x.mean(-1, keepdim=True) if shape.norm == "layer" else x
    return centred / (centred.square().mean(-1, keepdim=True) + shape.epsilon).sqrt()


def rotated(shape: Shape, layer: int, x: Tensor, first: int, norm: Tensor | None) -> Tensor:
    """Return queries or keys [positions, heads, head] normed and rotated; the first stands at position ``first``."""
    if norm is not None:
        over = (-2, -1) if shape.qk_norm == "row" else (-1,)
        x = x / (x.square().mean(over, keepdim=True) + shape.epsilon).sqrt()
        weight = norm.detach().float() + shape.norm_offset
        x = x * (weight.view(x.shape[1:]) if shape.qk_norm == "row" else weight)
    rope = shape.layers[layer].rope
    if rope is None:
        return x
    half = len(shape.ropes[rope].frequencies)
    cosine, sine = rotary_table(shape.ropes[rope], first + len(x))[first:, None].chunk(2, dim=-1)
    low, high, rest = x.tensor_split((half, 2 * half), dim=-1)
    return torch.cat((low * cosine - high * sine, high * cosine + low * sine, rest), dim=-1)


def scores(shape: Shape, layer: int, queries: Tensor, keys: Tensor) -> Tensor:
    """Return ``hook_attn_scores`` [heads, queries, keys] of rotated queries and keys; unseen positions are -inf.

    The queries [queries, heads, head] stand at the last of the keys' [keys, kv heads, head] positions.
    """
    found = _scores(shape, layer, queries, keys)
    places = torch.arange(len(keys))
    own = places[len(keys) - len(queries) :, None]
    visible = places <= own
    if shape.layers[layer].window:
        visible &= places > own - shape.layers[layer].window
    return found.masked_fill(~visible, -math.inf)


def _scores(shape: Shape, layer: int, queries: Tensor, keys: Tensor) -> Tensor:
    keys = keys.repeat_interleave(shape.heads // shape.kv_heads, dim=1)
    found = torch.einsum("qhd,khd->hqk", queries, keys) * shape.layers[layer].attention_scale
    limit = shape.attention_limit
    return torch.tanh(found / limit) * limit if limit else found
