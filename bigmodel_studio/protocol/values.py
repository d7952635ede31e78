"""The small values that requests and events are made of: which model, which device, which problem."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["Device", "Label", "ModelKind", "ModelRef", "Precision", "Problem", "Source"]

Source = Literal["builtin", "hub", "local", "run", "endpoint", "reference"]
ModelKind = Literal[
    "causal-lm", "masked-lm", "text-classifier", "token-classifier", "encoder", "seq2seq", "image-classifier", "other"
]
Precision = Literal["stored", "8-bit", "4-bit"]
"""How weights are kept in memory: as ``dtype`` says, or packed."""


class ModelRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Name a model and say how to load it.

    ``id`` is a bundled name (builtin), ``owner/name`` (hub), an absolute path (local), a run's name (run), a URL
    (endpoint) or a catalogue id (reference). ``step`` chooses a run's checkpoint; None is its newest whole one.
    ``dtype`` applies to ``precision`` "stored" only. Copy one with ``msgspec.structs.replace``, never field by field.
    """

    source: Source
    id: str
    revision: str | None = None
    step: int | None = None
    adapter: str | None = None
    dtype: str = "auto"
    precision: Precision = "stored"
    device: str = "auto"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A code of ``core.text.messages.SENTENCES`` with the arguments of its sentence."""

    code: str
    arguments: dict[str, str | int | float] = {}


class Label(msgspec.Struct, frozen=True):
    """A class and how probable the model holds it."""

    label: str
    probability: float


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device of this machine. ``id`` is what torch calls it (``cpu``, ``cuda:0``, ``mps``); sizes in bytes."""

    id: str
    kind: str
    name: str
    total_bytes: int
    free_bytes: int
    dtypes: tuple[str, ...]
