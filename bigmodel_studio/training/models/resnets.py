"""Fresh networks for pictures (He et al. 2015): a ResNet of basic blocks, and those for small pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from bigmodel_studio.core.specs.spec import ModelSpec
from bigmodel_studio.training.models import heads

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def build_resnet(model: ModelSpec, labels: tuple[str, ...], seed: int) -> PreTrainedModel:
    """Return a fresh ResNet of basic blocks; its stem takes a quarter of the sides, each stage after the first a
    half.
    """
    from transformers import ResNetConfig, ResNetForImageClassification

    config = ResNetConfig(
        embedding_size=model.widths[0],
        hidden_sizes=list(model.widths),
        depths=list(model.depths),
        layer_type="basic",
    )
    torch.manual_seed(seed)
    build: Any = ResNetForImageClassification
    network: PreTrainedModel = build(heads.with_labels(config, labels))
    return network


def build_cifar_resnet(model: ModelSpec, labels: tuple[str, ...], seed: int) -> PreTrainedModel:
    """Return a fresh network of He et al. 2015, section 4.2, with shortcuts or without."""
    from bigmodel_studio.engine.models import cifar_resnet

    config = cifar_resnet.build(model.layers, model.widths, model.shortcuts, model.image_size)
    torch.manual_seed(seed)
    build: Any = cifar_resnet.CifarResNetForImageClassification
    network: PreTrainedModel = build(heads.with_labels(config, labels))
    return network


BUILDERS = {"resnet": build_resnet, "cifar-resnet": build_cifar_resnet}
"""By architecture of the spec."""
