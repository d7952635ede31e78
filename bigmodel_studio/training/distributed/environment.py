"""Reads torchrun's environment of this process. Imports no torch: a run asks before it loads it."""

from __future__ import annotations

import os


def is_worker() -> bool:
    """Return whether torchrun started this process."""
    return "RANK" in os.environ and "WORLD_SIZE" in os.environ
