"""The class of each picture."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from bigmodel_studio.training.data.crops import CUTS, ORDER, cut
from bigmodel_studio.training.data.mixup import mixed
from bigmodel_studio.training.data.shuffling import generator, order
from bigmodel_studio.training.script.parts.labels import counts
from bigmodel_studio.training.script.parts.settings import SEED, UPDATE, Batch, array

__all__ = ["batch", "counts", "losses"]
HEIGHT = 32
WIDTH = 32
SMALLEST_CROP = 0.35  # of a picture's area
FLIP = True
MIXUP = 0.0
LABEL_SMOOTHING = 0.0
SCALE_OF_BYTES = [1.0, 1.0, 1.0]  # by channel
SHIFT_OF_BYTES = [0.0, 0.0, 0.0]  # taken off then
BLUE_FIRST = False


def picture(number: int) -> NDArray[np.uint8]:
    """Return the bytes of a picture, [height, width, 3]."""
    start, height, width = (int(value) for value in array("places")[number])
    return array("pixels")[start : start + height * width * 3].reshape(height, width, 3)


def batch(step: int) -> Batch:
    """Return the next pictures of an endless row of shuffles, cut and mirrored by chance, and their classes."""
    chosen = order(SEED, (step - 1) * UPDATE, UPDATE, len(array("labels")), ORDER)
    draws = generator(SEED, CUTS, step).random((UPDATE, 5))
    cuts = [
        cut(picture(number), (HEIGHT, WIDTH), draw[:4], SMALLEST_CROP, mirrored=FLIP and draw[4] < 0.5)
        for number, draw in zip(chosen, draws, strict=True)
    ]
    pictures, labels = torch.from_numpy(np.stack(cuts)), torch.from_numpy(array("labels")[chosen])
    if MIXUP:
        return mixed(pictures, labels, SEED, step, MIXUP)
    else:
        return {"pictures": pictures, "labels": labels}


def pixel_values(pictures: torch.Tensor) -> torch.Tensor:
    """Return bytes [batch, height, width, 3] as what the model computes with, [batch, 3, height, width]."""
    pixels = pictures.permute(0, 3, 1, 2)
    if BLUE_FIRST:
        pixels = pixels.flip(1)
    scale, shift = (torch.tensor(each, device=pixels.device).view(3, 1, 1) for each in (SCALE_OF_BYTES, SHIFT_OF_BYTES))
    return (pixels.float() * scale - shift).contiguous(memory_format=torch.channels_last)


def losses(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the sum of the losses of all pictures, [1]."""
    logits = model(pixel_values=pixel_values(batch["pictures"])).logits.float()
    smoothing = LABEL_SMOOTHING if model.training else 0.0
    found = F.cross_entropy(logits, batch["labels"], reduction="none", label_smoothing=smoothing)
    if MIXUP and "others" in batch:
        other = F.cross_entropy(logits, batch["others"], reduction="none", label_smoothing=smoothing)
        found = batch["share"] * found + (1 - batch["share"]) * other
    return found.sum().view(1)
