"""Tell whether two models have one structure, so that what was counted on one holds for the other.

Checkpoints of a run and copies of a model differ in their weights alone. Knows no costs.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_NOT_STRUCTURE = frozenset({"_name_or_path", "transformers_version"})


def signature_of(model: PreTrainedModel) -> Hashable:
    """Return what decides which operations a model computes: its config, its modules, their tensors and which are one.

    The values of weights are not looked at: the model may be on the meta device.
    """
    config = {name: value for name, value in model.config.to_dict().items() if name not in _NOT_STRUCTURE}
    numbers: dict[int, int] = {}
    tensors = tuple(
        (name, numbers.setdefault(id(tensor), len(numbers)), tuple(tensor.shape), tensor.dtype, tensor.requires_grad)
        for found in (model.named_parameters(remove_duplicate=False), model.named_buffers(remove_duplicate=False))
        for name, tensor in found
    )
    modules = tuple((name, type(module), module.training) for name, module in model.named_modules())
    attention = str(getattr(model.config, "_attn_implementation", ""))
    return json.dumps(config, sort_keys=True, default=repr), attention, modules, tensors
