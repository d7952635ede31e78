"""The precisions that a language model can be loaded in, with what each takes: from its config and headers alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.folder import read_config
from bigmodel_studio.core.models.gguf import GgufTensor
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.models.packed_sizes import PackedSize, matrix_bytes, packed_size
from bigmodel_studio.core.models.quality import quality_of
from bigmodel_studio.core.models.weights import Tensor, read_weights
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef, PackedCosts, Precision, Quality

FAST_FAMILIES = frozenset(
    {
        "gemma",
        "gemma2",
        "gemma3_text",
        "gpt2",
        "gpt_neo",
        "llama",
        "mistral",
        "olmo2",
        "phi3",
        "qwen2",
        "qwen3",
        "smollm3",
    }
)
"""Families that the fast path computes, by ``model_type``; ``engine.packed.families`` has them, a test compares."""
_ROUNDED = frozenset({"Q5_0", "Q5_1", "Q5_K", "Q6_K"})
"""Types of GGUF that are computed with in 8 bits."""
_GGUF_NAMES = {"token_embd": "embed_tokens", "output": "lm_head"}
_FLOAT32 = "F32"


class PrecisionChoice(NamedTuple):
    """A precision; ``dtype`` is what "stored" means for this model, in memory. Sizes in bytes, as ``PackedSize``."""

    precision: Precision
    dtype: str
    size: PackedSize
    quality: Quality | None = None
    """As it was measured; None where it was not."""

    def ref(self, model: ModelRef) -> ModelRef:
        """Return the model to be loaded so."""
        return msgspec.structs.replace(model, precision=self.precision, dtype="auto", device="auto")


class PrecisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A precision as commands print it. None: the memory's speed, or the quality, was not measured."""

    precision: Precision
    dtype: str
    bytes: int
    read_bytes: int
    tokens_per_second: float | None
    perplexity: float | None = None
    top1_agreement: float | None = None


def precision_records(record: ModelRecord) -> tuple[PrecisionRecord, ...]:
    """Return the precisions of a model on this computer, with what its processor's memory allows."""
    return tuple(_recorded(*choice) for choice in choices_of(record))


def packed_records(packed: Mapping[str, PackedCosts]) -> tuple[PrecisionRecord, ...]:
    """Return the precisions of a model of which only the costs are known."""
    names: tuple[Precision, ...] = ("stored", "8-bit", "4-bit")
    sizes = {name: PackedSize(packed[name].weight_bytes, packed[name].read_bytes) for name in names if name in packed}
    return tuple(_recorded(name, "", size) for name, size in sizes.items())


def _recorded(precision: Precision, dtype: str, size: PackedSize, quality: Quality | None = None) -> PrecisionRecord:
    return PrecisionRecord(
        precision=precision,
        dtype=dtype,
        bytes=size.bytes,
        read_bytes=size.read_bytes,
        tokens_per_second=device_speed.tokens_per_s(device_speed.speed_of("cpu", "float32"), size.read_bytes),
        perplexity=quality.perplexity if quality is not None else None,
        top1_agreement=quality.top1_agreement if quality is not None else None,
    )


def choices_of(record: ModelRecord) -> tuple[PrecisionChoice, ...]:
    """Return the precisions that a model has on a processor; nothing where it has no fast path or can't be read."""
    if record.kind != "causal-lm" or record.problem is not None:
        return ()
    try:
        if record.format == "gguf":
            header = gguf_models.read_model(Path(record.path))
            tensors = {_renamed(name): tensor for name, tensor in header.tensors.items()}
            stored, dtype = {name: _stored(tensor) for name, tensor in tensors.items()}, record.dtype
            plain = {name: Tensor("U8", t.shape, 0, t.bytes) for name, t in tensors.items()}
        else:
            if read_config(Path(record.path)).get("model_type") not in FAST_FAMILIES:
                return ()
            plain = read_weights(Path(record.path)).tensors
            stored, dtype = {name: _in_float32(tensor) for name, tensor in plain.items()}, "float32"
        packed: Mapping[Precision, Mapping[str, Tensor]] = {"stored": stored, "8-bit": plain, "4-bit": plain}
        return tuple(
            PrecisionChoice(each, dtype, packed_size(found, each), _quality(record, each))
            for each, found in packed.items()
        )
    except (StudioError, OSError):
        return ()


def _quality(record: ModelRecord, precision: Precision) -> Quality | None:
    return quality_of(msgspec.structs.replace(record.ref, precision=precision), Path(record.path))


def _renamed(name: str) -> str:
    module, dot, part = name.rpartition(".")
    return _GGUF_NAMES.get(module, module) + dot + part


def _stored(tensor: GgufTensor) -> Tensor:
    """Return a tensor with the bytes that its blocks take in memory."""
    rounded = tensor.type in _ROUNDED and len(tensor.shape) == 2
    return Tensor("U8", tensor.shape, 0, matrix_bytes(tensor.shape, "8-bit") if rounded else tensor.bytes)


def _in_float32(tensor: Tensor) -> Tensor:
    """Return a tensor as a processor has it: in float32, whatever the file has."""
    size = 4
    for side in tensor.shape:
        size *= side
    return Tensor(_FLOAT32, tensor.shape, 0, size)
