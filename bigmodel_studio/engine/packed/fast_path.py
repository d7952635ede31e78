"""The fast path of a loaded model: whether there is one, why not, and its packed model once kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.decoder import PackedDecoder
from bigmodel_studio.engine.packed.families import UnsupportedError, shape_of
from bigmodel_studio.engine.packed.model import PackedModel, TensorSource
from bigmodel_studio.protocol import Problem


class FastPath:
    """Decoders for one model. Weights as stored are read where transformers has them: they take no memory twice."""

    def __init__(self, model: PackedModel | None = None, *, reason: str = "") -> None:
        self.reason = reason
        """Why there is no fast path for this model; empty where there is one."""
        self._model = model
        self._make: Callable[[], PackedModel] | None = None

    @classmethod
    def over(cls, model: Any, threads: int) -> FastPath:
        """Return the fast path of a transformers model on the processor; nothing is made before it is asked for."""
        try:
            shape = shape_of(model.config)
        except UnsupportedError as error:
            return cls(reason=str(error))
        tensors: dict[str, torch.Tensor] = dict(model.named_parameters())
        found = cls()
        found._make = lambda: PackedModel(shape, TensorSource(shape, tensors.get), compiling.kernels(), threads=threads)
        return found

    @property
    def model(self) -> PackedModel | None:
        """The packed model, made now where it can be."""
        if self._model is None and self._make is not None:
            if compiling.is_ready():
                self._model, self._make = self._make(), None
            else:
                compiling.begin()
        return self._model

    def why_reference(self) -> Problem | None:
        """Return why the reference computes this model for now; None where the fast path does, or was not wanted."""
        if self._model is not None:
            return None
        if self.reason:
            return Problem(code="reference-unsupported", arguments={"reason": self.reason})
        if self._make is None or compiling.is_ready():
            return None
        return Problem(code="reference-off" if compiling.is_off() else "reference-compiling")

    def decoder(self) -> PackedDecoder | None:
        """Return a decoder of an empty sequence; None while the reference must be used."""
        model = self.model
        return None if model is None else PackedDecoder(model)

    def close(self) -> None:
        """End its threads, and let go of the weights."""
        if self._model is not None:
            self._model.close()
        self._model = self._make = None
