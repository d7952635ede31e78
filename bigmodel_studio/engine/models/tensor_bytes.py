"""How many bytes of tensors this process holds, by what they are for: counted on the tensors themselves, not estimated.

Tensors that share memory count once. Knows nothing of who asks, nor of what processes take beside their tensors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from bigmodel_studio.engine import devices
from bigmodel_studio.protocol import MemoryParts


def storage_bytes(tensors: Iterable[torch.Tensor]) -> int:
    """Return bytes of the memory under these tensors; a piece that several share (tied weights, views) counts once."""
    local = [getattr(tensor, "_local_tensor", tensor) for tensor in tensors]  # of one spread over processes, our part
    storages = {(tensor.device, tensor.untyped_storage().data_ptr()): tensor.untyped_storage() for tensor in local}
    return sum(storage.nbytes() for storage in storages.values())


def cache_bytes(cache: Any) -> int:
    """Return bytes of a model's cache (keys and values, or states), whichever of transformers' classes it is; 0 for
    None.
    """
    return storage_bytes(tensors(cache))


def training_parts(model: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device) -> MemoryParts:
    """Return what a training holds now. Gradients are there from a backward pass until they are dropped before the
    next.
    """
    parameters = list(model.parameters())
    return MemoryParts(
        device=devices.name_of(device),
        weights_bytes=storage_bytes([*parameters, *model.buffers()]),
        gradients_bytes=storage_bytes(parameter.grad for parameter in parameters if parameter.grad is not None),
        optimizer_bytes=storage_bytes(tensors(list(optimizer.state.values()))),
        reserved_bytes=devices.reserved_bytes(device),
    )


def tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from tensors(inner)
    elif type(value).__module__ == "transformers.cache_utils":  # a cache, or one layer of it
        yield from tensors(list(vars(value).values()))
