"""Settings of the run."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
RUN = "run"
SEED = 1
FIRST = 1  # the first update
LAST = 300  # the last one
STEPS = 300  # the length of the schedule
BATCH = 16  # examples that are computed at once
ACCUMULATE = 1  # an update learns from so many batches
PROCESSES = 1  # of the run; each learnt from its part of every update
UPDATE = BATCH * ACCUMULATE
EVALUATE_EVERY = 100
DEVICE = "cpu"
DTYPE = "float32"
THREADS = 1

Batch = dict[str, torch.Tensor]


@functools.cache
def array(name: str) -> NDArray[Any]:
    """Return one of the arrays that batches are drawn from, mapped into memory."""
    found: NDArray[Any] = np.load(HERE / "data" / f"{name}.npy", mmap_mode="r")
    return found
