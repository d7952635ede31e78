"""The last layer of a classifier, the one that says the classes: which tensors it is, and a fresh one for new classes.

Everything else of the model must be there and match; only the head may be new, and only because training asked for it.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bigmodel_studio.core.models.weights import listed
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.images.classify import labels_of as labels_of

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel


def with_labels(config: PretrainedConfig, labels: Sequence[str], *, several: bool = False) -> PretrainedConfig:
    """Return the same config for other classes, of which an example has one, or any number where it may have
    ``several``.
    """
    made = copy.deepcopy(config)
    made.id2label = dict(enumerate(labels))
    made.label2id = {label: number for number, label in enumerate(labels)}
    made.problem_type = "multi_label_classification" if several else "single_label_classification"
    return made


def head_names(model: PreTrainedModel) -> frozenset[str]:
    """Return the tensors whose shapes depend on how many classes there are, found by building it with one class
    more.
    """
    more = [*labels_of(model.config), "one more"]
    other = _on_meta(type(model), with_labels(model.config, more)).state_dict()
    ours = model.state_dict()
    return frozenset(name for name, tensor in other.items() if name not in ours or ours[name].shape != tensor.shape)


def with_fresh_head(base: PreTrainedModel, labels: Sequence[str], seed: int) -> PreTrainedModel:
    """Return ``base`` with a random head for these labels, and every other tensor as it was.

    Raises ``StudioError`` "tensors-missing" where another tensor would have to be made up.
    """
    torch.manual_seed(seed)
    build: Any = type(base)
    model: PreTrainedModel = build(with_labels(base.config, labels))
    head = head_names(model)
    kept = {name: tensor for name, tensor in base.state_dict().items() if name not in head}
    report = model.load_state_dict(kept, strict=False)
    strange = sorted((set(report.missing_keys) ^ head) | set(report.unexpected_keys))
    if strange:
        raise StudioError("tensors-missing", count=len(strange), names=listed(strange))
    return model


def train_only(model: nn.Module, names: frozenset[str]) -> None:
    """Freeze every parameter but these."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in names)


def _on_meta(build: Any, config: PretrainedConfig) -> PreTrainedModel:
    with torch.device("meta"):
        model: PreTrainedModel = build(config)
    return model
