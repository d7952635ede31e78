"""One pass through a model of any kind, for counting and for measuring: its inputs, its forward pass, its loss.

A training step is what the trainer does (the loss in float32, its cross entropy over all that the head gives out); a
decoder reads a prompt as ``decoding`` does. Knows nothing of data: the inputs are zeros of the right shapes.
"""

from __future__ import annotations

import inspect
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bigmodel_studio.core.models.folder import read_json
from bigmodel_studio.core.specs.objectives import ADAPTERS
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models.checks import PROCESSOR_FILE
from bigmodel_studio.engine.packed.frozen_linear import FrozenLinear, freeze_packed
from bigmodel_studio.protocol import Method, ModelKind

if TYPE_CHECKING:
    from transformers import PreTrainedModel

DEFAULT_IMAGE_PX = 224
CLASSIFIERS: frozenset[ModelKind] = frozenset({"text-classifier", "image-classifier"})
LORA_TARGETS = frozenset(
    {"q_proj", "v_proj", "query", "value", "c_attn", "query_key_value", "qkv_proj", "q_lin", "v_lin", "q", "v"}
)
"""The projections that LoRA is put on, as its authors did (Hu et al. 2021, section 4.2), by transformers' names."""
log = logging.getLogger(__name__)

HEADS = frozenset({"classifier", "head", "fc", "score"})

Inputs = dict[str, Tensor]


def inputs(model: PreTrainedModel, kind: ModelKind, batch: int, tokens: int, picture: tuple[int, int]) -> Inputs:
    """Return zeros on the model's device: token ids [batch, tokens], or pictures [batch, channels, height, width]."""
    device, dtype = model.device, model.dtype
    if kind == "image-classifier":
        shape = (batch, int(getattr(model.config, "num_channels", 3)), *picture)
        return {"pixel_values": torch.zeros(shape, dtype=dtype, device=device)}
    ids = torch.zeros((batch, tokens), dtype=torch.long, device=device)
    return {"input_ids": ids, "decoder_input_ids": ids} if model.config.is_encoder_decoder else {"input_ids": ids}


def picture_size(model: PreTrainedModel, folder: Path) -> tuple[int, int]:
    """Return height and width of the pictures that the folder's processor makes, else that the config says."""
    processor: dict[str, Any] = {}
    try:
        processor = read_json(folder / PROCESSOR_FILE, "processor-broken")
    except StudioError as error:
        log.info("%s", error)
    cropped = processor.get("do_center_crop") and processor.get("crop_size")
    for size in (cropped, processor.get("size"), getattr(model.config, "image_size", None)):
        if isinstance(size, int):
            return size, size
        if isinstance(size, dict):
            sides: dict[str, int] = size
            edge = sides.get("shortest_edge", DEFAULT_IMAGE_PX)
            return sides.get("height", edge), sides.get("width", edge)
    return DEFAULT_IMAGE_PX, DEFAULT_IMAGE_PX


def read(model: PreTrainedModel, kind: ModelKind, given: Inputs, cache: Any = None) -> Any:
    """Return a forward pass for use; a decoder's output has the cache to go on from."""
    if kind != "causal-lm":
        return model(**given, return_dict=True)
    keeps = "logits_to_keep" in inspect.signature(model.forward).parameters
    options: dict[str, Any] = {"logits_to_keep": 1} if keeps else {}
    return model(**given, past_key_values=cache, use_cache=True, return_dict=True, **options)


def loss(model: PreTrainedModel, kind: ModelKind, given: Inputs) -> Tensor:
    """Return a scalar to be differentiated: cross entropy where the model has logits, else the mean square of its
    output.
    """
    options = {"use_cache": False} if kind in {"causal-lm", "seq2seq"} else {}
    output = model(**given, return_dict=True, **options)
    logits = getattr(output, "logits", None)
    if logits is None:
        return output[0].float().square().mean()  # type: ignore[no-any-return]
    flat = logits.float() if kind in CLASSIFIERS else logits.flatten(0, 1).float()
    del output, logits
    return F.cross_entropy(flat, torch.zeros(flat.shape[0], dtype=torch.long, device=flat.device))


def prepare(model: PreTrainedModel, kind: ModelKind, method: Method, rank: int, checkpointing: bool) -> list[Tensor]:
    """Ready a model to be trained by a method; the tensors that are trained. LoRA's are added beside the layers.

    Raises ``ValueError`` where the model has no layer for the method, ``StudioError`` where it has no checkpointing.
    """
    model.train()
    if kind == "image-classifier":
        nn.Module.to(model, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if method == "qlora":
        if kind != "causal-lm":
            raise ValueError("QLoRA is for models that write text")
        freeze_packed(model)
    if checkpointing:
        recompute_activations(model)
    if method != "full":
        model.requires_grad_(False)
    if method == "frozen":
        for name in head_names(model):
            model.get_parameter(name).requires_grad_(True)
    adapters = (
        [tensor for layer in lora_layers(model) for tensor in _adapted(layer, rank)] if method in ADAPTERS else []
    )
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad] + adapters
    if not trained:
        raise ValueError(f"nothing to train by {method}")
    return trained


def recompute_activations(model: Any) -> None:
    """Have a model of transformers keep only what goes into its layers. Raises ``StudioError`` "checkpointing-unknown".

    Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", with a layer as the segment.
    """
    if not getattr(model, "supports_gradient_checkpointing", False):
        raise StudioError("checkpointing-unknown", architecture=type(model).__name__)
    enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
    enable({"use_reentrant": False})


def head_names(model: nn.Module) -> list[str]:
    """Return the parameters of a classifier's last layer."""
    return [name for name, _ in model.named_parameters() if HEADS & set(name.split("."))]


def lora_layers(model: nn.Module) -> list[nn.Module]:
    """Return the projections that LoRA is put on by default."""
    named = model.named_modules()
    return [module for name, module in named if name.rpartition(".")[2] in LORA_TARGETS and hasattr(module, "weight")]


def lora_sides(layer: nn.Module) -> tuple[int, int]:
    """Return numbers in and out of a projection, a ``Linear`` or transformers' ``Conv1D`` (which keeps it
    transposed).
    """
    if isinstance(layer, FrozenLinear):
        return layer.in_features, layer.out_features
    rows, columns = getattr(layer, "weight").shape  # noqa: B009
    return (columns, rows) if isinstance(layer, nn.Linear) else (rows, columns)


def _adapted(layer: nn.Module, rank: int) -> list[Tensor]:
    """Add ``B(A(x))`` to what a layer gives out (Hu et al. 2021, equation 3); A and B."""
    packed = isinstance(layer, FrozenLinear)
    weight = getattr(layer, "qweight" if packed else "weight")
    dtype = torch.float32 if packed else weight.dtype
    ins, outs = lora_sides(layer)
    down = torch.zeros((rank, ins), dtype=dtype, device=weight.device).requires_grad_(True)
    up = torch.zeros((outs, rank), dtype=dtype, device=weight.device).requires_grad_(True)

    def adapt(_: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> Tensor:
        return out + F.linear(F.linear(given[0], down), up) * 2.0

    layer.register_forward_hook(adapt)
    return [down, up]
