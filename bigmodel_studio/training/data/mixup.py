"""Mixing pictures (mixup; Zhang et al. 2018, arXiv 1710.09412): each with another of its batch, and so their classes.

Plain: an exported script holds this module as it is.
"""

from __future__ import annotations

import numpy as np
import torch

MIXING = 3
"""Tells what is drawn for mixing from what is drawn for the order and the cuts of the pictures."""


def mixed(pictures: torch.Tensor, labels: torch.Tensor, seed: int, step: int, alpha: float) -> dict[str, torch.Tensor]:
    """Return ``share`` (of Beta(alpha, alpha)) of each of the ``pictures``, uint8 [batch, height, width, 3], and the
    rest of another one, with both ``labels`` and the ``others``', int64 [batch].
    """
    chance = np.random.default_rng([seed, MIXING, step])
    share = torch.from_numpy(chance.beta(alpha, alpha, len(labels)).astype(np.float32))
    others = torch.from_numpy(chance.permutation(len(labels)))
    each = share[:, None, None, None]
    made = (each * pictures + (1 - each) * pictures[others]).round().to(torch.uint8)
    return {"pictures": made, "labels": labels, "others": labels[others], "share": share}
