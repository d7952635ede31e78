"""The task that says what a model is: exact counts, its tree of modules, what a token or a picture costs.

The model is built on torch's meta device, with shapes and no memory; of its weights only the headers are read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from transformers import PreTrainedModel

from bigmodel_studio.core import gguf_models, library
from bigmodel_studio.core.model_folder import architecture_of, context_length_of, kind_of
from bigmodel_studio.engine.checks import check_folder
from bigmodel_studio.engine.describe_gguf import describe_gguf
from bigmodel_studio.engine.loading import auto_class_of, build_on_meta, refuse_oversized
from bigmodel_studio.engine.passes import picture_size
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Describe, Description, Done, Event, Layer, LayerKind, Progress

log = logging.getLogger(__name__)


def describe(request: Describe, session: Session) -> Iterator[Event]:
    """Ends with ``Done(Description)``; the lane's warm model is left alone. Refuses what could not be loaded either."""
    yield Progress(what="describing")
    folder = library.resolve(request.model)
    gguf = gguf_models.in_place_of(folder)
    if gguf is not None:
        yield Done(result=describe_gguf(gguf, request.model.id))
        return
    config, weights = check_folder(folder)
    kind = kind_of(config)
    model = build_on_meta(folder, auto_class_of(kind, folder))
    refuse_oversized(model, weights)
    text_config = model.config.get_text_config()
    pictures = kind == "image-classifier"
    yield Done(
        result=Description(
            id=request.model.id,
            architecture=architecture_of(config),
            kind=kind,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            trainable_parameters=sum(p.numel() for p in model.parameters() if p.requires_grad),
            dtype=weights.dtype,
            context_length=context_length_of(text_config.to_dict()),
            layers=tuple(layers(model)),
            kinds=tuple(kinds(model)),
            flops_per_token=None if pictures else flops(model, one_token(model)),
            flops_per_image=flops(model, one_picture(model, folder)) if pictures else None,
            vocabulary=getattr(text_config, "vocab_size", None),
            weight_bytes=weights.bytes,
        )
    )


def layers(module: nn.Module) -> Iterator[Layer]:
    """The children of a module as a tree; ``parameters`` are those in it and below, shared ones once."""
    for name, child in module.named_children():
        weight = getattr(child, "weight", None)
        yield Layer(
            name=name,
            type=type(child).__name__,
            parameters=sum(parameter.numel() for parameter in child.parameters()),
            shape=tuple(weight.shape) if isinstance(weight, torch.Tensor) else (),
            children=tuple(layers(child)),
        )


def kinds(model: nn.Module) -> list[LayerKind]:
    """The model's parameters by the type of the module that holds them, the largest first; a tied one once."""
    counted: set[int] = set()
    sums: dict[str, tuple[int, int]] = {}
    for module in model.modules():
        own = [parameter for parameter in module.parameters(recurse=False) if id(parameter) not in counted]
        counted.update(map(id, own))
        if own:
            number, parameters = sums.get(type(module).__name__, (0, 0))
            sums[type(module).__name__] = (number + 1, parameters + sum(parameter.numel() for parameter in own))
    found = [LayerKind(name, number, parameters) for name, (number, parameters) in sums.items()]
    return sorted(found, key=lambda kind: -kind.parameters)


def flops(model: PreTrainedModel, inputs: dict[str, torch.Tensor]) -> int | None:
    """Floating-point operations of a forward pass, a multiply-add as two, counted by torch on the meta device.

    None where the model cannot run there (it looks at values that do not exist).
    """
    counter = FlopCounterMode(display=False)
    try:
        with torch.inference_mode(), counter:
            model.train(False)(**inputs)
    except Exception as error:  # whatever a model does with a tensor that has no values
        log.info("no FLOP count for %s: %s", type(model).__name__, error)
        return None
    return int(counter.get_total_flops())


def one_token(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """One token with nothing before it: attention to a context comes on top of its cost."""
    ids = torch.zeros((1, 1), dtype=torch.long, device="meta")
    return {"input_ids": ids, "decoder_input_ids": ids} if model.config.is_encoder_decoder else {"input_ids": ids}


def one_picture(model: PreTrainedModel, folder: Path) -> dict[str, torch.Tensor]:
    """One picture [1, channels, height, width] of the size that the folder's processor makes."""
    height, width = picture_size(model, folder)
    channels = getattr(model.config, "num_channels", 3)
    return {"pixel_values": torch.zeros((1, channels, height, width), device="meta")}
