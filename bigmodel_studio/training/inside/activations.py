"""What flows out of the layers of a network on its way forward: mean, spread, and how much of it is silent.

Hooks are there for one step and gone after it. At most ``MOST_LOOKED_AT`` numbers of an output are looked at, evenly
spread over it, so that the cost does not grow with the batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from bigmodel_studio.training.inside.rounding import rounded

MOST_LOOKED_AT = 16_384
FLAT = 0.99
"""A tanh beyond it (a sigmoid beyond the same share of its range) passes hardly any gradient."""


def is_activation(module: nn.Module) -> bool:
    """Whether it is an activation function: torch's and those of transformers, which live in modules of that name."""
    home = type(module).__module__
    kind = home == "torch.nn.modules.activation" or home == "transformers.activations"
    return kind and next(module.parameters(), None) is None and not isinstance(module, nn.MultiheadAttention)


class Activations:
    """Looks at the outputs of ``modules`` from now until ``stop``; ``take`` gives what was seen."""

    def __init__(self, modules: list[nn.Module], clock: AbstractContextManager[None]) -> None:
        self._clock = clock
        self._seen: dict[int, torch.Tensor] = {}
        self._count = len(modules)
        self._handles: list[RemovableHandle] = [
            module.register_forward_hook(self._hook(number)) for number, module in enumerate(modules)
        ]

    def _hook(self, number: int) -> Callable[[nn.Module, Any, Any], None]:
        def look(module: nn.Module, _inputs: Any, output: Any) -> None:
            tensor = output[0] if isinstance(output, tuple) and output else output
            if isinstance(tensor, torch.Tensor) and tensor.is_floating_point() and tensor.numel():
                with self._clock, torch.no_grad():
                    self._seen[number] = statistics(tensor.detach(), module)

        return look

    def stop(self) -> None:
        """Look no longer."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def take(self) -> list[list[float | None]]:
        """Means, standard deviations and silent shares, a value a module; None where nothing was seen."""
        rows: list[list[float | None]] = [[None] * self._count for _ in range(3)]
        if self._seen:
            for number, values in zip(self._seen, torch.stack(list(self._seen.values())).tolist(), strict=True):
                for row, value in zip(rows, values, strict=True):
                    row[number] = rounded(value)
        return rows


def statistics(output: torch.Tensor, module: nn.Module) -> torch.Tensor:
    """float32 [3]: mean, standard deviation, and the share that is 0, or where tanh and the sigmoid are flat."""
    if output.ndim == 4 and output.is_contiguous(memory_format=torch.channels_last):
        output = output.permute(0, 2, 3, 1)  # as it lies in memory, so that nothing is copied
    flat = output.reshape(-1)
    looked = flat[:: max(1, math.ceil(len(flat) / MOST_LOOKED_AT))].float()
    variance, mean = torch.var_mean(looked, correction=0)
    if isinstance(module, nn.Tanh):
        silent = looked.abs() > FLAT
    elif isinstance(module, nn.Sigmoid):
        silent = (looked - 0.5).abs() > FLAT / 2
    else:
        silent = looked == 0
    return torch.stack([mean, variance.sqrt(), silent.float().mean()])
