"""Feed tokens to a packed model and read its activations: what the kernels computed, stage by stage.

What a kernel keeps to itself (patterns, norms, what attention and MLP add) is computed from what it left in its
buffers and in the cache. Imports no numba.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor

from bigmodel_studio.engine.packed import activations, ops
from bigmodel_studio.engine.packed.activations import Place, placed
from bigmodel_studio.engine.packed.cache import KeyValues
from bigmodel_studio.engine.packed.model import ROWS, PackedModel
from bigmodel_studio.engine.packed.weights import dequantised

NEEDS: dict[str, tuple[str, ...]] = {
    "hook_attn_out": ("hook_resid_pre", "hook_resid_mid"),
    "hook_mlp_out": ("hook_resid_mid", "hook_resid_post"),
    "ln1.hook_normalized": ("hook_resid_pre",),
    "ln2.hook_normalized": ("hook_resid_mid",),
    "attn.hook_rot_k": (),
    "attn.hook_attn_scores": ("attn.hook_rot_q",),
    "attn.hook_pattern": ("attn.hook_rot_q",),
}
"""What is computed, and the buffers of the same block that it is computed from; all else is a buffer itself."""
PER_HEAD = ("attn.hook_q", "attn.hook_rot_q", "attn.hook_z")
PER_KV_HEAD = ("attn.hook_k", "attn.hook_v")


def trace(
    model: PackedModel, sequence: KeyValues, ids: list[int], names: Collection[str]
) -> tuple[dict[str, Tensor], Tensor]:
    """Feed tokens; return the activations at their positions by name, and float32 logits [ids, vocabulary].

    Raises ``KeyError`` with a name that the model has not; see ``activations.names_of``.
    """
    shape = model.shape
    activations.check_names(shape, names)
    last = len(shape.layers) - 1
    wanted: set[str] = set()
    for name in names:
        layer, within = placed(name)
        if name == "ln_final.hook_normalized":
            wanted.add(f"blocks.{last}.hook_resid_post")
        elif layer is not None:
            wanted |= {f"blocks.{layer}.{need}" for need in NEEDS.get(within, (within,))}
    parts: dict[str, list[Tensor]] = defaultdict(list)
    logits = []
    for start in range(0, len(ids), ROWS):
        part = ids[start : start + ROWS]
        found, rows = model.observe([(sequence, id_) for id_ in part], wanted)
        logits.append(rows)
        for name, value in found.items():
            parts[name].append(value)
    base = {name: _by_head(model, placed(name), torch.cat(values)) for name, values in parts.items()}
    found = {name: _value(model, sequence, ids, base, name) for name in names}
    return found, torch.cat(logits)


def _by_head(model: PackedModel, place: Place, value: Tensor) -> Tensor:
    shape = model.shape
    if place.name in PER_HEAD:
        return value.view(len(value), shape.heads, -1)[..., : shape.head]
    return value.view(len(value), shape.kv_heads, shape.head) if place.name in PER_KV_HEAD else value


def _value(model: PackedModel, sequence: KeyValues, ids: list[int], base: dict[str, Tensor], name: str) -> Tensor:
    shape, (layer, within) = model.shape, placed(name)
    if name in base and within not in NEEDS:
        return base[name]
    if within == "hook_embed":
        return embedded(model, ids)
    if within == "hook_pos_embed":
        table = model.vectors["positions", None, "weight"]
        assert table is not None
        return table[sequence.length - len(ids) : sequence.length].detach().float()
    if within == "ln_final.hook_normalized":
        end = base[f"blocks.{len(shape.layers) - 1}.hook_resid_post"]
        return activations.normalized(shape, end)
    assert layer is not None
    block = {key: base.get(f"blocks.{layer}.{key}", torch.empty(0)) for key in NEEDS.get(within, ())}
    if within in ("hook_attn_out", "hook_mlp_out"):
        before, after = block.values()
        return after - before
    if within.endswith("hook_normalized"):
        (stream,) = block.values()
        return activations.normalized(shape, stream)
    keys = cached_keys(model, sequence, layer)
    if within == "attn.hook_rot_k":
        return keys[len(keys) - len(ids) :]
    found = activations.scores(shape, layer, block["attn.hook_rot_q"], keys)
    return found.softmax(-1) if within == "attn.hook_pattern" else found


def embedded(model: PackedModel, ids: list[int]) -> Tensor:
    """Return rows of the embedding [ids, hidden], scaled as the model does."""
    table = model.weights["embedding"]
    if not table.packed:
        rows: Tensor = table.keeps[0][ids].float()
        return rows * np.float32(model.shape.embedding_scale).item()
    return dequantised(table)[ids] * np.float32(model.shape.embedding_scale).item()


def cached_keys(model: PackedModel, sequence: KeyValues, layer: int) -> Tensor:
    """Return a layer's rotated keys [positions, kv heads, head] as they lie in the cache."""
    shape, (offset, high, half) = model.shape, model.key_layout(layer)
    kind, size = (np.float16, 2) if half else (np.float32, 4)
    length = ops.BLOCK * shape.kv_heads * high * size
    blocks = []
    for memory in sequence.memories():
        values = memory[offset : offset + length].view(kind)
        tiles = values.reshape(shape.kv_heads, ops.BLOCK // ops.TILE, high, ops.TILE)
        blocks.append(tiles.transpose(1, 3, 0, 2).reshape(ops.BLOCK, shape.kv_heads, high))
    whole = np.concatenate(blocks)[: sequence.length, :, : shape.head].astype(np.float32)
    return torch.from_numpy(whole)
