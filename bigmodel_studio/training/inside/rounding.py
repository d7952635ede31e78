"""Numbers as they are recorded: short, and null where they are none."""

from __future__ import annotations

import math


def rounded(value: float, digits: int = 6) -> float | None:
    """Round to so many significant digits, which is enough to plot and to compare; None for what is not finite."""
    return float(f"{value:.{digits}g}") if math.isfinite(value) else None
