"""The sizes and numbers that a GGUF file gives its model, each checked before anything is built from it.

A stranger's file may say anything: a number that is missing, differs by layer or is out of bounds is refused by its
key. Knows nothing of the networks that the numbers describe.
"""

from __future__ import annotations

import math

import numpy as np

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.gguf.tensors import GgufTensors

MAX_SIZE = 1 << 24
MAX_LAYERS = 2000
MAX_CONTEXT = 10**9
_UNUSUAL = (
    "attention.clamp_kqv",
    "attention.max_alibi_bias",
    "attention.scale",
    "attention.temperature_scale",
    "embedding_scale",
    "logit_scale",
    "residual_scale",
)
"""Numbers that change what a network computes, and that none of the networks run here has."""


class Metadata:
    """What the file of ``tensors`` says of its architecture; keys are given without the architecture's name."""

    def __init__(self, tensors: GgufTensors) -> None:
        self.tensors = tensors
        self.header = tensors.header
        self.architecture = self.header.architecture

    def size(self, name: str, default: int | None = None, *, most: int = MAX_SIZE) -> int:
        """Return a whole number from 1 to ``most``, the same in every layer.

        Raises ``StudioError`` "gguf-run-value" with the key, the value and the limit.
        """
        value = self._one(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
            raise self.refusal(name, f"1 – {most:,}")
        return value

    def real(self, name: str, default: float | None = None) -> float:
        """Return a finite number greater than 0. Raises as ``size``."""
        value = self._one(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not (0 < value < math.inf):
            raise self.refusal(name, "> 0")
        return float(value)

    def given(self, name: str) -> bool:
        """Return whether the file has the key."""
        key = f"{self.architecture}.{name}"
        return key in self.header.metadata or key in self.header.lengths

    def text(self, name: str) -> str:
        """Return a text, "" where there is none."""
        return self.header.text(f"{self.architecture}.{name}")

    def refuse_unusual(self) -> None:
        """Raise ``StudioError`` "gguf-run-value" where a number changes the network in a way that isn't computed."""
        for name in _UNUSUAL:
            if self.header.metadata.get(f"{self.architecture}.{name}"):
                raise self.unsupported(name)

    def refusal(self, name: str, may_be: str) -> StudioError:
        """Return the error that says what a key is and what it may be, or that it is missing."""
        key = f"{self.architecture}.{name}"
        was, model = self.header.metadata.get(key), self.tensors.path.name
        if was is None:
            return StudioError("gguf-run-missing", model=model, key=key[:80])
        return StudioError("gguf-run-value", model=model, key=key[:80], was=str(was)[:60], may_be=may_be)

    def unsupported(self, name: str) -> StudioError:
        """Return the error that says that a key's value isn't computed here."""
        key = f"{self.architecture}.{name}"
        was = str(self.header.metadata.get(key))
        return StudioError("gguf-run-unsupported", model=self.tensors.path.name, key=key[:80], was=was[:60])

    def layers(self) -> int:
        """Return the number of layers."""
        return self.size("block_count", most=MAX_LAYERS)

    def context(self) -> int:
        """Return how many positions the model was made for."""
        return self.size("context_length", most=MAX_CONTEXT)

    def heads(self) -> tuple[int, int, int]:
        """Return the attention heads, those of keys and values, and the length of one.

        Raises ``StudioError`` "gguf-run-value" where they don't go together.
        """
        width = self.size("embedding_length")
        heads = self.size("attention.head_count", most=1 << 16)
        shared = self.size("attention.head_count_kv", heads, most=1 << 16)
        length = self.size("attention.key_length", max(1, width // heads), most=1 << 16)
        if heads % shared:
            raise self.unsupported("attention.head_count_kv")
        if self.size("attention.value_length", length) != length:
            raise self.refusal("attention.value_length", str(length))
        return heads, shared, length

    def vocabulary(self) -> int:
        """Return how many tokens have an embedding. Raises ``StudioError`` "tensors-missing"."""
        if "token_embd.weight" not in self.tensors:
            raise StudioError("tensors-missing", count=1, names="token_embd.weight")
        return self.tensors.info("token_embd.weight").shape[0]

    def factors(self, name: str, count: int) -> list[float] | None:
        """Return the numbers of a tensor of rotary factors, None where the file has none.

        Raises ``StudioError`` "tensors-mismatched" where there aren't ``count``.
        """
        if name not in self.tensors:
            return None
        if self.tensors.info(name).shape != (count,):
            raise StudioError("tensors-mismatched", count=1, names=name)
        values = np.asarray(self.tensors.tensor(name).numpy(), dtype=np.float64)
        if not np.isfinite(values).all() or (values <= 0).any():
            raise StudioError("gguf-run-value", model=self.tensors.path.name, key=name, was="≤ 0", may_be="> 0")
        return [float(value) for value in values]

    def _one(self, name: str) -> object:
        """Return the value of a key; of one that is given by layer, the value of all layers. Raises where they
        differ.
        """
        value = self.header.metadata.get(f"{self.architecture}.{name}")
        if isinstance(value, tuple):
            if len(set(value)) != 1:
                raise self.unsupported(name)
            return value[0]
        return value
