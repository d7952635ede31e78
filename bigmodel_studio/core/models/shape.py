"""Costs of a network of a given shape, by arithmetic alone: exact counts without building it.

The counts are those of transformers' ``GPTNeoForCausalLM`` as the trainer makes it: a feed-forward layer four times as
wide as the model, no bias on the queries, keys and values, and an output that is tied to the token embedding; of its
``BertForPreTraining`` and ``BertForMaskedLM`` with such layers; and of its ``ResNetForImageClassification`` with basic
blocks.
"""

from __future__ import annotations

from collections.abc import Sequence

FLOAT32_BYTES = 4
ADAMW_FLOATS = 4
"""Numbers kept for each parameter while it is trained: the weight, its gradient, and AdamW's two moments."""


def gpt_parameters(*, vocabulary: int, context: int, width: int, layers: int) -> int:
    """Return every parameter of a GPT of this shape, the tied output counted once.

    A block has two layer norms (4w), queries, keys and values (3w²), the attention's output (w² + w) and the
    feed-forward layers (4w² + 4w and 4w² + w): 12w² + 10w in all. The heads share the width and change nothing.
    """
    block = 12 * width * width + 10 * width
    final_norm = 2 * width
    return vocabulary * width + context * width + layers * block + final_norm


def bert_parameters(*, vocabulary: int, context: int, width: int, layers: int, next_sentence: bool) -> int:
    """Return every parameter of a BERT of this shape (Devlin et al. 2018), the tied output counted once.

    Before the layers are embeddings of tokens, places and two segments, and a norm; a layer has queries, keys, values
    and the attention's output (4w² + 4w), the feed-forward layers (8w² + 5w) and two norms (4w). The head that says
    tokens has a matrix with a bias, a norm and a bias for each token; to tell the next sentence there is the pooler
    (w² + w), and two outputs.
    """
    embeddings = (vocabulary + context + 2) * width + 2 * width
    layer = 12 * width * width + 13 * width
    tokens = width * width + 3 * width + vocabulary
    sentences = width * width + width + 2 * width + 2
    return embeddings + layers * layer + tokens + sentences * next_sentence


def resnet_parameters(*, depths: Sequence[int], widths: Sequence[int], labels: int) -> int:
    """Return every parameter of a ResNet of basic blocks (He et al. 2015, figure 5 left) on pictures of three channels.

    A convolution is k²·in·out without a bias, and the normalisation behind it has 2·out. The stem is 7×7 to the first
    width; a stage's first block goes from the width before to its own, past a 1×1 convolution where they differ or it
    halves the picture, which all but the first stage do. The head is a matrix with a bias.
    """
    count = 3 * widths[0] * 49 + 2 * widths[0]
    before = widths[0]
    for stage, (depth, width) in enumerate(zip(depths, widths, strict=True)):
        for block in range(depth):
            shortcut = block == 0 and (before != width or stage > 0)
            count += 9 * before * width + 9 * width * width + 4 * width
            count += (before * width + 2 * width) * shortcut
            before = width
    return count + before * labels + labels


def cifar_resnet_parameters(*, layers: int, widths: Sequence[int], labels: int) -> int:
    """Return every parameter of a network of He et al. 2015, section 4.2, on three channels; its shortcuts have
    none.
    """
    count = 3 * 9 * widths[0] + 2 * widths[0]
    before = widths[0]
    for width in widths:
        for _ in range((layers - 2) // 6):
            count += 9 * before * width + 9 * width * width + 4 * width
            before = width
    return count + before * labels + labels


def weight_bytes(parameters: int) -> int:
    """Return what a checkpoint's weights take on disk, in float32."""
    return parameters * FLOAT32_BYTES


def training_bytes(parameters: int, trained: int | None = None) -> int:
    """Return the bytes of weights, gradients and AdamW's moments in memory, in float32; activations come on top, with
    the batch.

    Only the ``trained`` ones (None: all) have a gradient and moments.
    """
    trained = parameters if trained is None else trained
    return (parameters + trained * (ADAMW_FLOATS - 1)) * FLOAT32_BYTES


def decoder_activation_bytes(
    *, batch: int, context: int, width: int, layers: int, heads: int, vocabulary: int, recomputed: bool = False
) -> int:
    """Return what training a transformer keeps for the backward pass, in float32, without dropout.

    Counted over the operations of a GPT block, as Korthikanti et al. 2022 (arXiv 2205.05198, section 4) do, for
    attention that is written out: a token keeps 28 widths a layer (two residual inputs, two outputs of layer norms,
    queries, keys and values, the attention's output, and 20 of the feed-forward layers with their written-out GELU)
    and a row of attention for each head; the head of the network holds three rows of logits at its peak, and one
    layer's attention three more in its own. Where activations are ``recomputed``, each layer keeps its
    input alone, and one layer at a time all of it.
    """
    layer = 28 * width + heads * context
    kept = layers * width + layer if recomputed else layers * layer
    token = kept + 3 * heads * context + 3 * vocabulary
    return batch * context * token * FLOAT32_BYTES
