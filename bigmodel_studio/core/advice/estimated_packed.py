"""Costs of running a language model from packed weights, estimated from its config: for lists and models elsewhere.

Matrices and cache are those of a decoder of that shape; ``engine.measuring.packed_costs`` counts a single model. Knows
nothing of torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bigmodel_studio.core.advice.estimated_costs import number_in
from bigmodel_studio.core.models.packed_sizes import TILE, PackedSize, matrix_bytes
from bigmodel_studio.core.models.precisions import FAST_FAMILIES
from bigmodel_studio.protocol import PackedCosts, Precision

BLOCK_TOKENS: Final = 64
"""Positions of a block of the cache."""
ROWS: Final = 128
"""Rows that are fed at once."""
LOGIT_ROWS: Final = 16
PACKED: Final[tuple[Precision, ...]] = ("8-bit", "4-bit")
_FLOAT_BYTES: Final = 4
_TABLE_BYTES: Final = 2
"""Of a number of the embedding, as most models are shipped."""


def estimated_packed(
    config: Mapping[str, Any], sizes: Mapping[Precision, PackedSize] | None = None
) -> dict[str, PackedCosts]:
    """Return the costs by precision of a model with that config; nothing where it has no fast path.

    ``sizes``: what the weights take by their headers, where those are here; its precisions are the ones returned.
    """
    if config.get("model_type") not in FAST_FAMILIES:
        return {}
    width = number_in(config, "hidden_size", "n_embd")
    heads = number_in(config, "num_attention_heads", "num_heads", "n_head")
    layers = number_in(config, "num_hidden_layers", "num_layers", "n_layer")
    vocabulary = number_in(config, "vocab_size")
    if not (width and heads and layers and vocabulary):
        return {}
    inner = number_in(config, "intermediate_size", "n_inner") or 4 * width
    head = number_in(config, "head_dim") or width // heads
    shared = number_in(config, "num_key_value_heads") or heads
    gated = config["model_type"] not in {"gpt2", "gpt_neo"}
    matrices = [(heads * head, width), (shared * head, width), (shared * head, width), (width, heads * head)]
    matrices += [(inner, width)] * (2 if gated else 1) + [(width, inner)]
    padded = -(-head // TILE) * TILE
    block = layers * 2 * BLOCK_TOKENS * shared * padded * _FLOAT_BYTES
    columns = 4 * width + 2 * heads * padded + 2 * shared * head + (3 if gated else 2) * inner
    step = _FLOAT_BYTES * (ROWS * columns + LOGIT_ROWS * vocabulary)
    if sizes is None:
        found = {each: layers * sum(matrix_bytes(shape, each) for shape in matrices) for each in PACKED}
        ends = {each: matrix_bytes((vocabulary, width), each) for each in PACKED}
        table = vocabulary * width * _TABLE_BYTES
        sizes = {each: PackedSize(found[each] + ends[each] + table, found[each] + ends[each]) for each in PACKED}
    return {
        precision: PackedCosts(
            weight_bytes=size.bytes,
            read_bytes=size.read_bytes,
            step_bytes=step,
            block_bytes=block,
            block_tokens=BLOCK_TOKENS,
            position_bytes=_FLOAT_BYTES * (head * gated + 1),
            once_bytes=_FLOAT_BYTES * (BLOCK_TOKENS + padded + 64),
        )
        for precision, size in sizes.items()
    }
