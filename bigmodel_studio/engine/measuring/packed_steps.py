"""Steps of a model with packed weights, as ``fresh_process`` measures them: a prompt, and tokens after it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from bigmodel_studio.core.models import gguf_models, library
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models import loading
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.decoder import PackedDecoder
from bigmodel_studio.engine.packed.families import UnsupportedError
from bigmodel_studio.engine.session import chosen_threads
from bigmodel_studio.protocol import MeasurePlan, PlanQuestion

NEW_TOKENS = 2


class Steps(NamedTuple):
    """``step`` does one and gives its seconds; ``parts`` counts the tensors of one by part."""

    step: Callable[[], float]
    parts: Callable[[], dict[str, int]]


def runs_packed(request: MeasurePlan) -> bool:
    """Return whether the model is computed with packed weights: in 8 or 4 bits, or as its GGUF file has them."""
    question = request.question
    if question.purpose == "training":
        return False
    if question.precision != "stored":
        return True
    if request.model.source == "reference" or request.model.device not in {"auto", "cpu"} or question.dtype != "auto":
        return False
    gguf = gguf_models.in_place_of(library.resolve(request.model))
    return gguf is not None and not compiling.is_off() and loading.FORMATS["gguf"](gguf, "").is_packed()


def packed_steps(request: MeasurePlan) -> tuple[Steps, PlanQuestion]:
    """Return the steps of a model with packed weights, and its question settled.

    Raises ``StudioError`` "precision-unsupported", or with the reason why the model can't be loaded.
    """
    question = request.question

    def unsupported(reason: str) -> StudioError:
        name = name_of(request.model)
        return StudioError("precision-unsupported", model=name, precision=question.precision, reason=reason)

    if request.model.source == "reference":
        raise unsupported("Its weights aren't on this computer.")
    stored = loading.open_stored(library.resolve(request.model), name_of(request.model))
    try:
        model = stored.pack(question.precision, chosen_threads() or 1)
    except UnsupportedError as error:
        raise unsupported(str(error)) from error
    context, batch = question.context or model.shape.context, max(1, question.batch)
    caches: dict[str, int] = {}

    def step() -> float:
        rows = [PackedDecoder(model) for _ in range(batch)]
        new = min(NEW_TOKENS, context - 1)
        for row in rows:
            for _ in row.prefill([0] * (context - new)):
                pass
        started = time.perf_counter()
        for _ in range(new):
            started = time.perf_counter()
            model.feed([(row.cache, 0) for row in rows], range(batch))
        taken = time.perf_counter() - started
        caches["bytes"] = sum(row.cache_bytes for row in rows)
        for row in rows:
            row.release()
        return taken

    def parts() -> dict[str, int]:
        step()
        return {
            "weights": model.weight_bytes,
            "kv_cache": caches["bytes"],
            "activations": model.buffer_bytes + model.kept_bytes + model.table_bytes,
        }

    return Steps(step, parts), msgspec.structs.replace(question, dtype="float32", context=context, batch=batch)
