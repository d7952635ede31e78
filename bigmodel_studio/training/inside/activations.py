"""Statistics of the activations of a network's layers: mean, spread, and how much of it is silent.

Hooks are there for one step and gone after it. At most ``MOST_LOOKED_AT`` numbers of an output are looked at, evenly
spread over it, so that the cost does not grow with the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from bigmodel_studio.training.inside.rounding import rounded

MOST_LOOKED_AT = 16_384
Silence = Literal["zero", "tanh", "sigmoid"]
FLAT = 0.99
"""A tanh beyond it (a sigmoid beyond the same share of its range) passes hardly any gradient."""


def is_activation(module: nn.Module) -> bool:
    """Return whether it is an activation function: torch's and those of transformers, which live in modules of that
    name.
    """
    home = type(module).__module__
    kind = home == "torch.nn.modules.activation" or home == "transformers.activations"
    return kind and next(module.parameters(), None) is None and not isinstance(module, nn.MultiheadAttention)


class Activations:
    """Looks at the outputs of ``modules`` from now until ``stop``; ``take`` gives what was seen."""

    def __init__(self, modules: list[nn.Module], clock: AbstractContextManager[None]) -> None:
        self._clock = clock
        self._modules = modules
        self._samples: dict[int, torch.Tensor] = {}
        self._handles: list[RemovableHandle] = [
            module.register_forward_hook(self._hook(number)) for number, module in enumerate(modules)
        ]

    def _hook(self, number: int) -> Callable[[nn.Module, Any, Any], None]:
        def look(_module: nn.Module, _inputs: Any, output: Any) -> None:
            tensor = output[0] if isinstance(output, tuple) and output else output
            if isinstance(tensor, torch.Tensor) and tensor.is_floating_point() and tensor.numel():
                with self._clock, torch.no_grad():
                    self._samples[number] = sample(tensor.detach())

        return look

    def stop(self) -> None:
        """Look no longer."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def take(self) -> list[list[float | None]]:
        """Return means, standard deviations and silent shares, a value a module; None where nothing was seen."""
        rows: list[list[float | None]] = [[None] * len(self._modules) for _ in range(3)]
        alike: dict[tuple[int, Silence], list[int]] = {}
        for number, layer_sample in self._samples.items():
            alike.setdefault((len(layer_sample), silence_of(self._modules[number])), []).append(number)
        for (_, silence), members in alike.items():  # all of a kind at once: few operations, however many layers
            found = statistics(torch.stack([self._samples[number] for number in members]), silence)
            for number, values in zip(members, found.tolist(), strict=True):
                for row, value in zip(rows, values, strict=True):
                    row[number] = rounded(value)
        self._samples = {}
        return rows


def sample(output: torch.Tensor) -> torch.Tensor:
    """Return at most ``MOST_LOOKED_AT`` numbers of an output, evenly spread over it, as a float32 vector of its own."""
    if output.ndim == 4 and output.is_contiguous(memory_format=torch.channels_last):
        output = output.permute(0, 2, 3, 1)  # as it lies in memory, so that nothing is copied
    flat = output.reshape(-1)
    count = min(len(flat), MOST_LOOKED_AT)
    return flat[:: len(flat) // count][:count].to(torch.float32, copy=True)


def silence_of(module: nn.Module) -> Silence:
    """Return when an output of this module passes hardly any gradient on."""
    return {nn.Tanh: "tanh", nn.Sigmoid: "sigmoid"}.get(type(module), "zero")  # type: ignore[return-value]


def statistics(samples: torch.Tensor, silence: Silence) -> torch.Tensor:
    """Return, for each row of [layers, samples], the mean, the standard deviation and the silent share: float32
    [layers, 3].
    """
    variance, mean = torch.var_mean(samples, dim=1, correction=0)
    if silence == "tanh":
        silent = samples.abs() > FLAT
    elif silence == "sigmoid":
        silent = (samples - 0.5).abs() > FLAT / 2
    else:
        silent = samples == 0
    return torch.stack([mean, variance.sqrt(), silent.float().mean(dim=1)], dim=1)
