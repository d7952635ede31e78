"""Tensors that are spread over processes (torch's ``DTensor``), and whole ones: what saves and restores knows both.

Nothing of ``torch.distributed`` is imported where no tensor is spread.
"""

from __future__ import annotations

from typing import Any

import torch


def whole_tensor(value: torch.Tensor) -> torch.Tensor:
    """A tensor that may be spread over processes, whole; all of them have to ask."""
    spread: Any = value
    whole: torch.Tensor = spread.full_tensor() if hasattr(spread, "full_tensor") else value
    return whole


def spread_like(value: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """A whole tensor, laid out in memory, and spread, as ``like`` is."""
    spread: Any = like
    if hasattr(spread, "device_mesh"):
        from torch.distributed.tensor import distribute_tensor

        return distribute_tensor(value.to(like.device), spread.device_mesh, spread.placements)
    return torch.empty_like(like).copy_(value)
