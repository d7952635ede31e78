"""Making a model warm in a lane: the requests for it, what is loaded then, and the memory that it takes."""

from __future__ import annotations

import msgspec

from bigmodel_studio.protocol.generation import Sampling
from bigmodel_studio.protocol.values import ModelKind, ModelRef, Problem

__all__ = ["Load", "Loaded", "MemoryParts", "ModelFacts", "Unload"]


class Load(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make a model warm in this lane. Ends with ``Done(ModelFacts)``."""

    model: ModelRef


class Unload(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Give back what the lane holds. Ends with ``Done(None)``."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The lane now holds this model."""

    facts: ModelFacts


class MemoryParts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes of tensors that one process holds on a device, by what they are for, counted in that process.

    ``reserved_bytes``: what torch's allocator has taken for them and for later ones on an accelerator; 0 on a CPU.
    """

    device: str = "cpu"
    weights_bytes: int = 0
    cache_bytes: int = 0
    gradients_bytes: int = 0
    optimizer_bytes: int = 0
    reserved_bytes: int = 0


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What is loaded now: exact parameters (tied weights once), bytes of its tensors, and how to talk to it."""

    model: ModelRef
    name: str
    kind: ModelKind
    architecture: str
    parameters: int
    weight_bytes: int
    dtype: str
    device: str
    context_length: int | None = None
    has_chat_template: bool = False
    labels: int = 0
    load_s: float = 0.0
    sampling: Sampling | None = None
    """What a text model is sampled with where the user says nothing: its ``generation_config``'s values, else ours."""
    reference: Problem | None = None
    """Why a text model is computed by transformers on the processor, and not by the fast path; None where it isn't."""
