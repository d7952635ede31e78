"""Looks at the files that a request names before torch is imported, which takes seconds.

What would be refused by the task is refused here in a moment, in the same words. The task looks again: between the two
a file may change, and an engine that has torch already asks it alone. Nothing here imports torch or transformers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bigmodel_studio.core.models import gguf_models, library
from bigmodel_studio.core.models.folder import kind_of
from bigmodel_studio.core.models.gguf_support import facts_of, refuse_unsupported
from bigmodel_studio.core.system import network
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.sampling_bounds import check_sampling
from bigmodel_studio.engine.models.checks import check_folder, check_processor, check_tokenizer, has_tokenizer
from bigmodel_studio.engine.models.kinds import MAY_READ, READS, WANTED, refuse_kind
from bigmodel_studio.engine.templates.conversation import refuse_template
from bigmodel_studio.protocol import (
    Classify,
    Describe,
    Done,
    Event,
    Generate,
    Load,
    MeasurePlan,
    ModelKind,
    ModelRef,
    Prediction,
    Problem,
    Request,
)


def answer(request: Request) -> Iterator[Event] | None:
    """Return the events of a request that needs no model to be answered; None where its task is needed.

    Raises ``StudioError`` where the task would refuse the model that is named, or how it is to generate.
    """
    if "torch" in sys.modules:
        return None
    if isinstance(request, Generate):
        check_sampling(request.sampling)
    look = _LOOKS.get(type(request))
    model: ModelRef | None = getattr(request, "model", None)
    if look is None or model is None or model.source not in {"builtin", "local", "run", "hub"}:
        return None
    folder = _resolved(request, model)
    if folder is not None:
        look(request, model, folder)
    return _unread(request) if isinstance(request, Classify) else None


def _resolved(request: Request, model: ModelRef) -> Path | None:
    """Where the model is; None for one that the task will look at on the Hub."""
    try:
        folder = library.resolve(model)
        library.refuse_endless(model)
        return folder
    except StudioError:
        if isinstance(request, Describe) and model.source == "hub" and network.is_allowed():
            return None
        raise


def _look_at_structure(request: Request, model: ModelRef, folder: Path) -> None:
    """Check what describing and planning need: the config and the headers."""
    gguf = gguf_models.in_place_of(folder)
    if gguf is None:
        check_folder(folder)
    else:
        gguf_models.read_model(gguf)


def _look_before_loading(request: Request, model: ModelRef, folder: Path) -> None:
    """Check all that is needed to use the model."""
    name = library.name_of(model)
    gguf = gguf_models.in_place_of(folder)
    kind: ModelKind
    if gguf is not None:
        header = gguf_models.read_model(gguf)
        refuse_unsupported(facts_of(header), name)
        kind = "causal-lm"
    else:
        kind = kind_of(check_folder(folder).config)
        if kind in READS or (kind in MAY_READ and has_tokenizer(folder)):
            check_tokenizer(folder, name)
        if kind == "image-classifier":
            check_processor(folder)
    refuse_kind(type(request), name, kind)
    if isinstance(request, Generate) and request.turns and gguf is None:
        refuse_template(folder, [{"role": turn.role, "content": turn.content} for turn in request.turns])


def _unread(request: Classify) -> Iterator[Event] | None:
    """Return the answer where not one of the pictures can be read, None where one can."""
    from bigmodel_studio.engine.images.pictures import read_picture

    problems: list[Problem] = []
    for image in request.images:
        try:
            read_picture(Path(image))
        except StudioError as error:
            problems.append(error.problem)
        else:
            return None
    return _refusals(request, problems)


def _refusals(request: Classify, problems: list[Problem]) -> Iterator[Event]:
    for image, problem in zip(request.images, problems, strict=True):
        yield Prediction(image=image, error=problem)
    yield Done()


_Look = Callable[[Request, ModelRef, Path], None]
_LOOKS: Mapping[type[Request], _Look] = {
    Describe: _look_at_structure,
    MeasurePlan: _look_at_structure,
    **dict.fromkeys((Load, *WANTED), _look_before_loading),
}
