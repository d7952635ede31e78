"""Texts as rows of tokens, one after the other in one array, and batches of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.training.data.shuffling import order
from bigmodel_studio.training.script.parts.settings import SEED, UPDATE, array

PADDING = 0
TOKEN_TYPES = False  # whether texts are pairs, and the model is told which of both a token is of


def next_rows(step: int, stream: int = 0) -> list[int]:
    """Return the next UPDATE of an endless row of shuffles of the texts."""
    return order(SEED, (step - 1) * UPDATE, UPDATE, len(array("starts")) - 1, stream)


def padded(values: NDArray[Any], numbers: Sequence[int], filling: int) -> torch.Tensor:
    """Return int64 [texts, longest]: what these texts have of ``values``, which lie as their tokens do."""
    starts = array("starts")
    rows = [values[starts[number] : starts[number + 1]] for number in numbers]
    made = np.full((len(rows), max(1, *map(len, rows))), filling, dtype=np.int64)
    for place, row in enumerate(rows):
        made[place, : len(row)] = row
    return torch.from_numpy(made)


def read_whole(numbers: Sequence[int]) -> dict[str, torch.Tensor]:
    """Return what a model that reads whole texts is given: ``input_ids`` and ``attention_mask``, [texts, longest]."""
    lengths = torch.tensor([int(array("starts")[n + 1] - array("starts")[n]) for n in numbers])
    ids = padded(array("tokens"), numbers, PADDING)
    given = {"input_ids": ids, "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long()}
    if TOKEN_TYPES:
        given["token_type_ids"] = padded(array("types"), numbers, 0)
    return given
