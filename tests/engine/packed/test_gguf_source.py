"""A model from a GGUF file's tensors: heads put back in order, matrices turned, an embedding that is also the head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gguf
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.packed.families import shape_of
from bigmodel_studio.engine.packed.gguf_source import GgufSource
from bigmodel_studio.engine.packed.model import PackedModel
from tests.engine.packed.references import logits_of, packed, random_model

Kernel = Callable[..., Any]


class Type(NamedTuple):
    type: str


class Place(NamedTuple):
    tensor: str
    rows: torch.Tensor | None = None
    transposed: bool = False
    offset: float = 0.0


class File:
    """What a reader of files offers."""

    def __init__(self) -> None:
        self.numbers: dict[str, torch.Tensor] = {}
        self.released: list[str] = []

    def info(self, name: str) -> Type:
        return Type("F32")

    def blocks(self, name: str) -> NDArray[np.uint8]:
        matrix = self.numbers[name].contiguous().numpy()
        kind = gguf.GGMLQuantizationType.F32
        found: NDArray[np.uint8] = gguf.quants.quantize(matrix, kind).view(np.uint8)
        return found.reshape(len(matrix), -1)

    def tensor(self, name: str, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        return self.numbers[name].to(dtype)

    def release(self, name: str) -> None:
        self.released.append(name)


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma2", "phi3", "gpt_neo"])
def test_a_file_gives_the_model_that_it_was_made_from(kernel: Kernel, family: str) -> None:
    model = random_model(family, 2)
    file = File()
    places: dict[str, Place] = {}
    for name, parameter in model.named_parameters():
        numbers = parameter.detach().clone()
        order, turned, offset = None, False, 0.0
        if family == "llama" and ("q_proj" in name or "k_proj" in name):
            order = torch.randperm(len(numbers))
            numbers[order] = parameter.detach()
            order = order.clone()
        if family == "gpt2" and ".c_" in name and numbers.ndim == 2:
            turned, numbers = True, numbers.t()
        if family == "gemma2" and "norm" in name:
            offset, numbers = -1.0, numbers + 1
        file.numbers["file." + name] = numbers
        places[name] = Place("file." + name, order, turned, offset)
    shape = shape_of(model.config)
    found = PackedModel(shape, GgufSource(shape, file, places), kernel)
    ids = [place * 7 % shape.vocabulary for place in range(40)]
    torch.testing.assert_close(logits_of(found, ids, [40]), logits_of(packed(model, kernel), ids, [40]))
    assert set(file.released) == {"file." + name for name, value in model.named_parameters() if value.ndim == 2} - {
        "file.transformer.wpe.weight"
    }
