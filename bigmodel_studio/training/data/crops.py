"""Cutting pictures by chance, so that no two updates learn from the same pixels (Szegedy et al. 2015, section 6).

Plain: an exported script holds this module as it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CUTS, ORDER = 0, 1
"""The streams of random numbers that pictures are cut and shuffled by."""
WIDEST_ASPECT = 4 / 3
"""Crops are between 3:4 and 4:3."""


def cut(
    picture: NDArray[np.uint8], size: tuple[int, int], draw: Sequence[float], smallest_crop: float, *, mirrored: bool
) -> NDArray[np.uint8]:
    """Return a part of a picture at ``size`` (height, width), of at least ``smallest_crop`` of its area; 1: its middle.

    ``draw`` are four numbers from 0 to 1: for the area, the aspect and the place (Szegedy et al. 2015, section 6).
    """
    height, width = picture.shape[:2]
    aspect, area = size[1] / size[0], height * width * 1.0
    if smallest_crop < 1:
        area *= smallest_crop + (1 - smallest_crop) * draw[0]
        aspect *= math.exp((2 * draw[1] - 1) * math.log(WIDEST_ASPECT))
    wide = min(width, math.sqrt(area * aspect), height * aspect)
    high = min(height, wide / aspect)
    across, down = (draw[2], draw[3]) if smallest_crop < 1 else (0.5, 0.5)
    left, top = (width - wide) * across, (height - high) * down
    box = (left, top, min(left + wide, width), min(top + high, height))
    whole = Image.fromarray(picture)
    made = np.asarray(whole.resize((size[1], size[0]), Image.Resampling.BILINEAR, box=box))
    return made[:, ::-1] if mirrored else made
