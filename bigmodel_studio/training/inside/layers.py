"""The layers of a network while it learns: their gradients, their weights, and how far an update moves them.

A layer is a module that owns parameters itself (a tied one counts where it stands first), or an activation function.
A step that is looked at costs a few passes over the parameters; nothing of the training is changed by it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager

import torch
from torch import nn

from bigmodel_studio.training.inside.activations import Activations, is_activation
from bigmodel_studio.training.inside.rounding import rounded

MOST_COPIED = 12_000_000
"""Weights kept from before an update (48 MB), so that watching a large model does not need its memory twice."""
MEASURES = ("gradient_norm", "weight_norm", "update_ratio", "activation_mean", "activation_std", "activation_zeros")
Values = list[float | None]


class Layers:
    """Which layers there are, and what is measured of each: ``names``, and lists of values in their order."""

    def __init__(self, model: nn.Module, clock: AbstractContextManager[None], most_copied: int = MOST_COPIED) -> None:
        """``clock`` is entered while something costs time in the midst of a forward pass."""
        self._clock = clock
        self.names: list[str] = []
        self.parameters: list[nn.Parameter] = []
        self._owners: list[int] = []
        self._modules: list[nn.Module] = []
        visited: set[int] = set()
        for name, module in model.named_modules():
            own = [p for p in module.parameters(recurse=False) if p.requires_grad and id(p) not in visited]
            if not own and not is_activation(module):
                continue
            visited.update(map(id, own))
            self._owners += [len(self.names)] * len(own)
            self.parameters += own
            self.names.append(name)
            self._modules.append(module)
        total = sum(parameter.numel() for parameter in self.parameters)
        self.every = max(1, math.ceil(total / most_copied))
        """Update ratios are of every so many-th row of each tensor."""
        self._activations: Activations | None = None
        self._gradients: torch.Tensor | None = None
        self._before: list[torch.Tensor] = []

    def owned(self) -> list[list[nn.Parameter]]:
        """Return the parameters of each layer."""
        groups: list[list[nn.Parameter]] = [[] for _ in self.names]
        for owner, parameter in zip(self._owners, self.parameters, strict=True):
            groups[owner].append(parameter)
        return groups

    def before_forward(self) -> None:
        """Have the layers' outputs looked at on their way."""
        self._activations = Activations(self._modules, self._clock)

    def after_backward(self) -> None:
        """Record the gradients, which are there and not yet clipped."""
        if self._activations is not None:
            self._activations.stop()
        gradients = [torch.zeros_like(p[:0]) if p.grad is None else p.grad for p in self.parameters]
        self._gradients = self._norms(gradients)
        with torch.no_grad():
            self._before = [_rows(parameter, self.every).clone() for parameter in self.parameters]

    def after_update(self) -> dict[str, Values]:
        """Return the measures of this step by name, a value a layer; None where a layer has no such thing, or it is no
        number.

        ``gradient_norm``: before clipping. ``weight_norm``: after the update. ``update_ratio``: ‖Δw‖ / ‖w‖ of the
        optimizer's step, w being the weights before it.
        """
        before = self._norms(self._before)
        with torch.no_grad():
            now = [_rows(parameter, self.every) for parameter in self.parameters]
            moved = self._norms(torch._foreach_sub(self._before, now)) if now else before
        self._before = []
        measured = [self._gradients if self._gradients is not None else before, self._norms(self.parameters)]
        table = torch.stack([*measured, moved / before]).tolist()
        empty = set(range(len(self.names))) - set(self._owners)
        rows = [[None if n in empty else rounded(v) for n, v in enumerate(row)] for row in table]
        found = dict(zip(MEASURES[:3], rows, strict=True))
        activations = self._activations.take() if self._activations is not None else []
        self._activations = self._gradients = None
        return found | dict(zip(MEASURES[3:], activations, strict=False))

    def give_up(self) -> None:
        """Discard the step: it came to nothing."""
        if self._activations is not None:
            self._activations.stop()
        self._activations = self._gradients = None
        self._before = []

    def _norms(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return the Euclidean norm of each layer's tensors, float32 [layers]."""
        if not tensors:
            return torch.zeros(len(self.names))
        with torch.no_grad():
            each = torch.stack(torch._foreach_norm([t.detach() for t in tensors], 2, torch.float32))
            owners = torch.tensor(self._owners, device=each.device)
            sums = torch.zeros(len(self.names), device=each.device).index_add_(0, owners, each.square())
            return sums.sqrt()


def _rows(parameter: torch.Tensor, every: int) -> torch.Tensor:
    return parameter.detach()[::every] if parameter.ndim else parameter.detach()
