"""What a network of a given shape costs, by arithmetic alone: exact counts without building it.

The counts are those of transformers' ``GPTNeoForCausalLM`` as the trainer makes it: a feed-forward layer four times as
wide as the model, no bias on the queries, keys and values, and an output that is tied to the token embedding.
"""

from __future__ import annotations

FLOAT32_BYTES = 4
ADAMW_FLOATS = 4
"""Numbers kept for each parameter while it is trained: the weight, its gradient, and AdamW's two moments."""


def gpt_parameters(*, vocabulary: int, context: int, width: int, layers: int) -> int:
    """Every parameter of a GPT of this shape, the tied output counted once.

    A block has two layer norms (4w), queries, keys and values (3w²), the attention's output (w² + w) and the
    feed-forward layers (4w² + 4w and 4w² + w): 12w² + 10w in all. The heads share the width and change nothing.
    """
    block = 12 * width * width + 10 * width
    final_norm = 2 * width
    return vocabulary * width + context * width + layers * block + final_norm


def weight_bytes(parameters: int) -> int:
    """What a checkpoint's weights take on disk, in float32."""
    return parameters * FLOAT32_BYTES


def training_bytes(parameters: int) -> int:
    """Weights, gradients and AdamW's moments in memory, in float32; activations come on top, with the batch."""
    return parameters * ADAMW_FLOATS * FLOAT32_BYTES
