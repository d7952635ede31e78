"""The networks of He et al. 2015 (arXiv 1512.03385), section 4.2, for small pictures: 6n + 2 layers, with shortcuts or
without. transformers has neither the one nor the other. They are ours, and registered with its classes, so that a
folder of one is loaded as any other is: no code of the folder's own is needed.

A 3 × 3 convolution, three stages of n blocks of two such convolutions (the second and third stage halve the picture's
sides), the mean over what is left, and a linear layer. Shortcuts have no parameters (option A): where a stage begins,
every second pixel is taken and the new channels are zero.
"""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForImageClassification, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import ImageClassifierOutputWithNoAttention


class CifarResNetConfig(PreTrainedConfig):
    """``layers`` is 6n + 2; ``widths`` are the channels of the three stages.

    The type is a name of our own: folders of others that say ``cifar-resnet`` exist, bring their own code for it, and
    are other networks.
    """

    model_type = "studio-cifar-resnet"  # as in ``model_types``; scripts have this module alone

    def __init__(
        self,
        layers: int = 20,
        widths: tuple[int, ...] = (16, 32, 64),
        shortcuts: bool = True,
        image_size: int = 32,
        num_channels: int = 3,
        **others: Any,
    ) -> None:
        self.layers, self.widths, self.shortcuts = layers, list(widths), shortcuts
        self.image_size, self.num_channels = image_size, num_channels
        super().__init__(**others)


class Block(nn.Module):
    """Two 3 × 3 convolutions, [batch, channels, height, width] to [batch, width, height/stride, width/stride]."""

    def __init__(self, channels: int, width: int, stride: int, shortcuts: bool) -> None:
        super().__init__()
        self.stride, self.more, self.shortcuts = stride, width - channels, shortcuts
        self.first = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(width)

    def forward(self, given: Tensor) -> Tensor:
        out = F.relu(self.first_norm(self.first(given)))
        out = self.second_norm(self.second(out))
        if self.shortcuts:
            past = given[:, :, :: self.stride, :: self.stride]
            out = out + F.pad(past, (0, 0, 0, 0, 0, self.more))
        return F.relu(out)


class CifarResNetForImageClassification(PreTrainedModel):
    """``pixel_values`` [batch, channels, height, width] to ``logits`` [batch, classes]."""

    config_class = CifarResNetConfig
    base_model_prefix = "body"
    main_input_name = "pixel_values"

    def __init__(self, config: CifarResNetConfig) -> None:
        super().__init__(config)
        blocks = (config.layers - 2) // 6
        first, *_ = widths = config.widths
        self.stem = nn.Conv2d(config.num_channels, first, 3, 1, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(first)
        self.stages = nn.ModuleList()
        before = first
        for stage, width in enumerate(widths):
            made = nn.ModuleList()
            for block in range(blocks):
                made.append(Block(before, width, 2 if stage and block == 0 else 1, config.shortcuts))
                before = width
            self.stages.append(made)
        self.classifier = nn.Linear(before, config.num_labels or 2)
        self.post_init()  # type: ignore[no-untyped-call]

    def _init_weights(self, module: nn.Module) -> None:
        """He et al. 2015 (arXiv 1502.01852), equation 10."""
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)

    def forward(self, pixel_values: Tensor, **_: Any) -> ImageClassifierOutputWithNoAttention:
        out = F.relu(self.stem_norm(self.stem(pixel_values)))
        for stage in self.stages:
            for block in stage:  # type: ignore[attr-defined]
                out = block(out)
        logits: Any = self.classifier(out.mean((2, 3)))
        return ImageClassifierOutputWithNoAttention(logits=logits)


def build(layers: int, widths: tuple[int, ...], shortcuts: bool, image_size: int) -> CifarResNetConfig:
    """Return the config of such a network."""
    config = CifarResNetConfig(layers, widths, shortcuts, image_size)
    config.architectures = [CifarResNetForImageClassification.__name__]
    return config


def _register() -> None:
    auto_config: Any = AutoConfig
    auto_model: Any = AutoModelForImageClassification
    auto_config.register(CifarResNetConfig.model_type, CifarResNetConfig, exist_ok=True)
    auto_model.register(CifarResNetConfig, CifarResNetForImageClassification, exist_ok=True)


_register()
