"""The task that says what a model is: exact counts, its tree of modules, what a token or a picture costs.

The model is built on torch's meta device, with shapes and no memory; of its weights only the headers are read.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import torch
from torch.utils.flop_counter import FlopCounterMode

from bigmodel_studio.core.advice.catalog import Reference, find
from bigmodel_studio.core.models import gguf_models, library
from bigmodel_studio.core.models.folder import architecture_of, context_length_of, kind_of
from bigmodel_studio.core.models.weights import Weights
from bigmodel_studio.core.system import network
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.devices import DTYPES
from bigmodel_studio.engine.measuring.costs import costs_of
from bigmodel_studio.engine.measuring.packed_costs import packed_costs
from bigmodel_studio.engine.measuring.passes import picture_size
from bigmodel_studio.engine.models.cards import cards_of
from bigmodel_studio.engine.models.checks import PROCESSOR_FILE, check_config, check_folder, check_processor
from bigmodel_studio.engine.models.describe_gguf import describe_gguf
from bigmodel_studio.engine.models.loading import auto_class_of, build_on_meta
from bigmodel_studio.engine.models.matching import refuse_mismatched, refuse_more_layers, refuse_oversized
from bigmodel_studio.engine.models.reference import folder_of
from bigmodel_studio.engine.models.structure import Tree, attention_of, kinds
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Describe, Description, Done, Event, ModelKind, Progress

if TYPE_CHECKING:
    from transformers import PreTrainedModel

log = logging.getLogger(__name__)
Size = tuple[int, int]
"""Height and width, in pixels."""
EVERY_DEPTH = 999


def describe(request: Describe, session: Session) -> Iterator[Event]:
    """End with ``Done(Description)``; the lane's warm model is left alone. Refuses what could not be loaded either."""
    yield Progress(what="describing")
    if request.model.source == "reference":
        yield from _described_reference(request, find(request.model.id))
        return
    try:
        folder = library.resolve(request.model)
    except StudioError:
        if request.model.source != "hub" or not network.is_allowed():
            raise
        yield from _described_from_afar(request)
        return
    library.refuse_endless(request.model)
    gguf = gguf_models.in_place_of(folder)
    if gguf is not None:
        yield Done(result=describe_gguf(gguf, request.model.id))
        return
    yield from _described_folder(request, folder, *check_folder(folder), here=True)


def _described_folder(
    request: Describe, folder: Path, config: dict[str, Any], weights: Weights, *, here: bool
) -> Iterator[Event]:
    kind = kind_of(config)
    if kind == "image-classifier" and (folder / PROCESSOR_FILE).is_file():
        check_processor(folder)
    model = build_on_meta(folder, auto_class_of(kind, folder))
    refuse_oversized(model, weights)
    refuse_more_layers(model, weights)
    refuse_mismatched(model, weights)
    stored = Stored(weights.bytes, weights.dtype, {name: t.dtype for name, t in weights.tensors.items()}, here=here)
    yield from described(request, model, architecture_of(config), kind, picture_size(model, folder), stored)


def _described_from_afar(request: Describe) -> Iterator[Event]:
    """Yield one of the Hub that is not here, or not whole: from its config and the headers of its weights."""
    from bigmodel_studio.engine.hub import headers

    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-hub-") as made:
        folder = Path(made)
        weights = yield from headers.fetch(request.model, folder)
        yield from _described_folder(request, folder, check_config(folder), weights, here=False)


def _described_reference(request: Describe, reference: Reference) -> Iterator[Event]:
    """Yield one of the catalogue: there are no weights, and as many bytes as its parameters take in 16 bits."""
    with folder_of(reference) as folder:
        check_config(folder)
        model = build_on_meta(folder, auto_class_of(reference.kind, folder))
        size = picture_size(model, folder)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    stored = Stored(2 * parameters, "float16", {}, here=False)
    yield from described(request, model, architecture_of(reference.config), reference.kind, size, stored)


class Stored(NamedTuple):
    """How a model's weights lie on a disk: bytes, the type of most numbers, and that of each tensor by its name."""

    bytes: int
    dtype: str
    dtypes: Mapping[str, str]
    here: bool = True


def described(
    request: Describe, model: PreTrainedModel, architecture: str, kind: ModelKind, picture: Size, stored: Stored
) -> Iterator[Event]:
    """Yield the description of a model that is on the meta device, whatever it was built from."""
    text_config = model.config.get_text_config()
    pictures = kind == "image-classifier"
    parameters = sum(parameter.numel() for parameter in model.parameters())
    tree = Tree(model, stored.dtypes, request.lora_rank)
    counted = flops(model, one_picture(model, picture) if pictures else one_token(model))
    yield Progress(what="describing")
    size = picture if pictures else (0, 0)
    costs = costs_of(model, kind, picture=size, stored_bytes=stored.bytes) if request.costs else None
    if costs is not None and kind == "causal-lm":
        costs = msgspec.structs.replace(costs, packed=packed_costs(model, DTYPES.get(stored.dtype, torch.float32)))
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    yield Done(
        result=Description(
            id=request.model.id,
            architecture=architecture,
            kind=kind,
            parameters=parameters,
            trainable_parameters=trainable if tree.trainable is None else tree.trainable,
            dtype=stored.dtype,
            context_length=context_length_of(text_config.to_dict()),
            layers=tree.layers,
            kinds=tuple(kinds(model)),
            flops_per_token=None if pictures or counted is None else counted[""],
            flops_per_image=counted[""] if pictures and counted is not None else None,
            vocabulary=getattr(text_config, "vocab_size", None),
            weight_bytes=stored.bytes,
            attention=attention_of(model),
            cards=cards_of(model, counted or {}),
            costs=costs,
            weights_here=stored.here,
            tied_parameters=tree.tied_parameters,
        )
    )


def flops(model: PreTrainedModel, inputs: dict[str, torch.Tensor]) -> dict[str, int] | None:
    """Return floating-point operations of a forward pass by module ("": all of it), a multiply-add as two, on the meta
    device.

    None where the model cannot run there (it looks at values that do not exist).
    """
    counter = FlopCounterMode(display=False, depth=EVERY_DEPTH)
    try:
        with torch.inference_mode(), counter:
            model.train(False)(**inputs)
    except Exception as error:  # whatever a model does with a tensor that has no values
        log.info("no FLOP count for %s: %s", type(model).__name__, error)
        return None
    by_name = {name: sum(counts.values()) for name, counts in counter.get_flop_counts().items()}
    root = type(model).__name__ + "."
    return {name.removeprefix(root): int(count) for name, count in by_name.items()} | {
        "": int(counter.get_total_flops())
    }


def one_token(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """Return one token with nothing before it: attention to a context comes on top of its cost."""
    ids = torch.zeros((1, 1), dtype=torch.long, device="meta")
    return {"input_ids": ids, "decoder_input_ids": ids} if model.config.is_encoder_decoder else {"input_ids": ids}


def one_picture(model: PreTrainedModel, size: Size) -> dict[str, torch.Tensor]:
    """Return one picture [1, channels, height, width]."""
    channels = getattr(model.config, "num_channels", 3)
    return {"pixel_values": torch.zeros((1, channels, *size), device="meta")}
