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
from transformers.conversion_mapping import get_checkpoint_conversion_mapping

_LAYER_NUMBER = re.compile(r"\.(\d+)\.")
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
    same name and another shape, and "tensors-missing". Of models whose tensors transformers
    rearranges or renames while it loads them, none is compared.
    """
    if _is_rearranged(structure, weights):
        return
    wrong, missing = [], []
    for name, parameter in structure.named_parameters():
        stored = _stored_as(name, structure, weights)
        if stored is None:
            missing.append(name)
        elif weights.tensors[stored].shape != tuple(parameter.shape):
            wrong.append(name)
    if wrong:
        raise StudioError("tensors-mismatched", count=len(wrong), names=listed(sorted(wrong)))
    base = f"{structure.base_model_prefix}."  # a base model's file has no head, which may be described nonetheless
    missing = [
        name
        for name in missing
        if name.startswith(base) and not _ignored(name, structure._keys_to_ignore_on_load_missing)
    ]
    if missing:
        raise StudioError("tensors-missing", count=len(missing), names=listed(sorted(missing)))


def refuse_more_layers(structure: PreTrainedModel, weights: Weights) -> None:
    """Raise "weights-more-layers" where weights have layers like those of the config beyond its number: transformers
    leaves them out without a word, and the results are wrong.

    Layers that predict further tokens (``num_nextn_predict_layers``) are meant to be left out.
    """
    if _is_rearranged(structure, weights) or getattr(structure.config, "num_nextn_predict_layers", None):
        return
    stored = (_stored_as(name, structure, weights) for name, _ in structure.named_parameters())
    numbers: dict[str, set[str]] = {}
    for name in filter(None, stored):
        if found := _LAYER_NUMBER.search(name):
            numbers.setdefault(_LAYER_NUMBER.sub(".#.", name), set()).add(found[1])
    more = set[str]()
    for name in weights.tensors:
        found, known = _LAYER_NUMBER.search(name), numbers.get(_LAYER_NUMBER.sub(".#.", name), set())
        if found and known and found[1] not in known:
            more |= {found[1]} - set().union(*numbers.values())
    if more:
        wants = len(set().union(*numbers.values()))
        raise StudioError("weights-more-layers", has=wants + len(more), wants=wants)


def _stored_as(name: str, structure: PreTrainedModel, weights: Weights) -> str | None:
    """Return what the file calls a parameter of the model, with or without the name of the base model before it."""
    prefix = f"{structure.base_model_prefix}."
    other = name.removeprefix(prefix) if name.startswith(prefix) else prefix + name
    return next((each for each in (name, other) if each in weights.tensors), None)


def _is_rearranged(structure: PreTrainedModel, weights: Weights) -> bool:
    old_names = any(name.endswith((".gamma", ".beta", ".weight_g", ".weight_v")) for name in weights.tensors)
    return old_names or bool(get_checkpoint_conversion_mapping(structure.config.model_type))


def _ignored(name: str, patterns: Iterable[str] | None) -> bool:
    return any(re.search(pattern, name) for pattern in patterns or ())


def _numbered(names: Iterable[str]) -> int:
    """Return how many layers tensors belong to, by the first number in each name."""
    return len({found[1] for found in map(_FIRST_NUMBER.match, names) if found})
