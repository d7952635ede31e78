"""How the weights and the gradients of each layer are spread, as counts in bins."""

from __future__ import annotations

import math
from typing import Any

import torch

from bigmodel_studio.training.inside.rounding import rounded

BINS = 41
SPREAD = 4.0
"""Bins reach so many standard deviations to either side of the mean; what lies beyond is counted in the outer ones."""
MOST_COUNTED = 1_000_000
"""Of a layer with more values, every so many-th is counted."""


def histogram(tensors: list[torch.Tensor]) -> dict[str, Any] | None:
    """Return ``low``, ``high`` and ``counts`` of all the values together; None where there are none that are finite."""
    kept = [_some(tensor.detach()) for tensor in tensors if tensor.numel()]
    if not kept:
        return None
    values = torch.cat(kept).float()
    values = values[torch.isfinite(values)]
    if not values.numel():
        return None
    variance, mean = (float(v) for v in torch.var_mean(values, correction=0))
    reach = SPREAD * math.sqrt(variance) or abs(mean) * 0.5 or 1.0
    low, high = mean - reach, mean + reach
    counts = torch.histc(values.clamp(low, high), BINS, low, high)
    return {"low": rounded(low), "high": rounded(high), "counts": [int(c) for c in counts.tolist()]}


def _some(tensor: torch.Tensor) -> torch.Tensor:
    flat = tensor.reshape(-1)
    return flat[:: max(1, math.ceil(len(flat) / MOST_COUNTED))]
