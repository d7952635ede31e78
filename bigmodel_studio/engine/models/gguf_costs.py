"""Cost of running a GGUF model in torch: the decoder of its shape, counted as any other is.

GGUF says the sizes of a model and not how it computes. Most of llama.cpp's architectures are decoders as Llama is
(Touvron et al. 2023), so that one of the same sizes is built on the meta device; where its parameters are not those of
the file, it is another kind of network, and nothing is said.
"""

from __future__ import annotations

import logging
from pathlib import Path

import torch
import transformers
from msgspec.structs import replace

from bigmodel_studio.core.models.gguf import GgufHeader
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.gguf.loading import GgufModel
from bigmodel_studio.engine.measuring.costs import costs_of
from bigmodel_studio.engine.measuring.packed_costs import packed_costs
from bigmodel_studio.engine.models.checks import MAX_LAYERS
from bigmodel_studio.protocol import Costs

log = logging.getLogger(__name__)

CLOSE = 0.01
"""How far the parameters may be off: biases and a few more norms make up less."""
MAX_WIDTH = 1 << 20


def costs_of_file(path: Path, header: GgufHeader) -> Costs | None:
    """Return the costs of a GGUF model: counted on its own network where it can be run, else as ``gguf_costs``."""
    try:
        model = GgufModel(path)
        costs = costs_of(model.structure, "causal-lm", stored_bytes=header.bytes)
        packed = packed_costs(model.structure, torch.float32, model)
    except (StudioError, OSError) as error:
        log.info("%s can't be run: %s", path, error)
        return gguf_costs(header)
    return None if costs is None else replace(costs, packed=packed)


def gguf_costs(header: GgufHeader) -> Costs | None:
    """Return the costs of a decoder of the header's sizes; None where it is no such decoder."""
    config = _config(header)
    if config is None:
        return None
    try:
        with torch.device("meta"):
            model = transformers.LlamaForCausalLM(config)
        built = sum(parameter.numel() for parameter in model.parameters())
        if abs(built - header.parameters) > CLOSE * header.parameters:
            return None
        costs = costs_of(model, "causal-lm", stored_bytes=header.bytes)
    except Exception as error:  # sizes that a file gives may not go together
        log.info("no costs for a GGUF model of %s: %s", header.architecture, error)
        return None
    return replace(costs, parameters=header.parameters) if costs is not None else None


def _config(header: GgufHeader) -> transformers.LlamaConfig | None:
    embedding = header.tensors.get("token_embd.weight")
    width, heads = header.size("embedding_length"), header.size("attention.head_count")
    layers, inner = header.size("block_count"), header.size("feed_forward_length")
    if embedding is None or len(embedding.shape) != 2 or not (width and heads and layers and inner):
        return None
    shared, head = header.size("attention.head_count_kv") or heads, header.size("attention.key_length")
    if layers > MAX_LAYERS or max(width, inner, heads * (head or 1)) > MAX_WIDTH or heads % shared:
        return None
    return transformers.LlamaConfig(
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=shared,
        head_dim=head or width // heads,
        vocab_size=embedding.shape[0],
        max_position_embeddings=header.context_length or 2048,
        tie_word_embeddings="output.weight" not in header.tensors,
    )
