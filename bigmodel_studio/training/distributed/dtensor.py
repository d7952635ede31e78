"""Tensors that are spread over processes (torch's ``DTensor``), and whole ones: what saves and restores knows both.

Nothing of ``torch.distributed`` is imported where no tensor is spread.
"""

from __future__ import annotations

from typing import Any

import torch


def whole_tensor(value: torch.Tensor) -> torch.Tensor:
    """Return a tensor that may be spread over processes, whole; all of them have to ask."""
    spread: Any = value
    whole: torch.Tensor = spread.full_tensor() if hasattr(spread, "full_tensor") else value
    return whole


def fill(target: torch.Tensor, whole: torch.Tensor) -> None:
    """Copy a whole tensor into one that is laid out in memory, or spread over processes, in its own way."""
    spread: Any = target
    if hasattr(spread, "device_mesh"):
        from torch.distributed.tensor import distribute_tensor

        # Each process has the whole one: none sends anything.
        mine = distribute_tensor(whole.to(target.device), spread.device_mesh, spread.placements, src_data_rank=None)
        spread.to_local().copy_(mine.to_local())
    else:
        target.copy_(whole)
