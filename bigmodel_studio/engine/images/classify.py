"""The task that says what is on pictures, a ``Prediction`` each in the order given; a bad file spoils no other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from PIL import Image

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import first_line, is_out_of_memory
from bigmodel_studio.engine.images.pictures import preview_png, read_picture
from bigmodel_studio.engine.models.checks import PROCESSOR_FILE
from bigmodel_studio.engine.models.kinds import refuse_kind
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Classify, Done, Event, Label, Prediction, Progress

if TYPE_CHECKING:
    from transformers import PretrainedConfig


def classify(request: Classify, session: Session) -> Iterator[Event]:
    """Yield one ``Prediction`` a picture, ending with ``Done(None)``; a picture that cannot be read carries its
    error.
    """
    if request.top_k < 1:
        raise StudioError("sampling-invalid", field="top_k", was=str(request.top_k), may_be="1 or more")
    loaded = yield from session.load(request.model)
    refuse_kind(Classify, loaded.facts.name, loaded.facts.kind)
    for number, image in enumerate(request.images):
        yield Progress(what="classifying", done=number, total=len(request.images))
        yield _prediction(image, loaded, request)
    yield Done()


def _prediction(image: str, loaded: LoadedModel, request: Classify) -> Prediction:
    started = time.perf_counter()
    try:
        picture = read_picture(Path(image))
    except StudioError as error:
        return Prediction(image=image, error=error.problem)
    return Prediction(
        image=image,
        predictions=tuple(labels(probabilities(picture, loaded), loaded, request.top_k)),
        width=picture.width,
        height=picture.height,
        seconds=time.perf_counter() - started,
        preview=preview_png(picture, request.preview_px) if request.preview_px > 0 else None,
    )


def probabilities(picture: Image.Image, loaded: LoadedModel) -> torch.Tensor:
    """Return [labels], float32: how probable the model holds each label to be."""
    assert loaded.processor is not None
    channels = getattr(loaded.model.config, "num_channels", 3)
    if channels != 3:
        raise StudioError("picture-channels", model=loaded.facts.name, channels=channels)
    try:
        inputs = loaded.processor(images=picture, return_tensors="pt")
    except Exception as error:  # whatever a processor does with a field that it takes unseen
        if is_out_of_memory(error):
            raise
        raise StudioError("processor-broken", file=PROCESSOR_FILE, detail=first_line(error)) from error
    pixels = inputs["pixel_values"].to(loaded.device, loaded.model.dtype)
    with torch.inference_mode():
        logits: torch.Tensor = loaded.model(pixel_values=pixels).logits[0].float()
    return chances(logits, loaded)


def chances(logits: torch.Tensor, loaded: LoadedModel) -> torch.Tensor:
    """Return [labels]: the softmax of a classifier's logits; each label's own where it is alone or several can be
    true.
    """
    alone = several_classes(loaded.model.config) or logits.numel() == 1
    return logits.sigmoid() if alone else logits.softmax(dim=-1)


def several_classes(config: PretrainedConfig) -> bool:
    """Return whether what is classified may have any number of classes."""
    return getattr(config, "problem_type", None) == "multi_label_classification"


def labels(values: torch.Tensor, loaded: LoadedModel, most: int) -> Iterator[Label]:
    """Yield the most probable labels, best first."""
    names = loaded.model.config.id2label or {}
    best = values.topk(min(most, values.numel()))
    for value, index in zip(best.values.tolist(), best.indices.tolist(), strict=True):
        yield Label(label=str(names.get(index, index)), probability=value)


def labels_of(config: PretrainedConfig) -> tuple[str, ...]:
    """Return the classes that a model says, in the order of their numbers."""
    names: dict[int, str] = config.id2label or {}  # type: ignore[assignment]
    return tuple(str(names[number]) for number in sorted(names))
