"""Compares what a config asks for with what the file of weights has, before any memory is allocated for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from torch import nn

from bigmodel_studio.core.models.weights import Weights, listed
from bigmodel_studio.core.text.messages import StudioError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_FIRST_NUMBER = re.compile(r"[^\d]*\.(\d+)\.")


def refuse_oversized(structure: nn.Module, weights: Weights) -> None:
    """Refuse a config that asks for more than its file has, before any memory is allocated.

    ``structure`` is the model on the meta device. Raises ``StudioError`` "weights-too-few", "weights-fewer-layers".
    """
    wants, has = _numbered(name for name, _ in structure.named_parameters()), _numbered(weights.tensors)
    if 0 < has < wants:
        raise StudioError("weights-fewer-layers", has=has, wants=wants)
    wanted = sum(parameter.numel() for parameter in structure.parameters())
    if wanted > 2 * weights.parameters + 1_000_000:
        raise StudioError("weights-too-few", has=weights.parameters, wants=wanted)


def refuse_mismatched(structure: PreTrainedModel, weights: Weights) -> None:
    """Compare a config with the header of its weights before anything is said of the model or loaded.

    ``structure`` is the model on the meta device. Raises ``StudioError`` "tensors-mismatched" with the tensors of the
    same name and another shape. Of models whose tensors transformers rearranges while it loads them, none is compared.
    """
    from transformers.conversion_mapping import get_checkpoint_conversion_mapping

    if get_checkpoint_conversion_mapping(structure.config.model_type):
        return
    prefix = f"{structure.base_model_prefix}."
    wrong = []
    for name, parameter in structure.named_parameters():
        stored = weights.tensors.get(name) or weights.tensors.get(
            name.removeprefix(prefix) if name.startswith(prefix) else prefix + name
        )
        if stored is not None and stored.shape != tuple(parameter.shape):
            wrong.append(name)
    if wrong:
        raise StudioError("tensors-mismatched", count=len(wrong), names=listed(sorted(wrong)))


def _numbered(names: Iterable[str]) -> int:
    """Return how many layers tensors belong to, by the first number in each name."""
    return len({found[1] for found in map(_FIRST_NUMBER.match, names) if found})
