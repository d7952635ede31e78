"""A model like one of the catalogue, small enough to be trained here: the same shape, all its lengths by one factor.

Layers, width, heads and context of a transformer shrink together, so that their proportions stay; of a ResNet the
widths and the pictures, and its depths stay. Pure arithmetic over ``core.memory.need``; nothing is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bigmodel_studio.core.advice.catalog import Reference
from bigmodel_studio.core.memory.need import need_of
from bigmodel_studio.core.specs.spec import RunSpec, make_spec
from bigmodel_studio.protocol import ModelRef

HEAD = 64
"""Widths are a multiple of it: so wide is a head of GPT-3 Small, and of BERT."""
MOST_PARAMETERS = {"cpu": 8_000_000, "other": 400_000_000}
"""What learns something within an hour: a rule of thumb from the bundled models' own runs, not a bound of memory."""
SHARE_OF_FREE = 0.5
"""Of the memory that is free, what a first try may take."""


@dataclass(frozen=True)
class Like:
    """What a new run begins with: the objective, the fields of its model, and by how much it is smaller."""

    objective: str
    model: dict[str, Any] = field(default_factory=dict)
    factor: float = 1.0
    base: ModelRef | None = None
    """A model to train on, instead of beginning from scratch."""


def _power(value: float, least: int) -> int:
    """Return the power of two at or below, but no less than ``least``."""
    found = least
    while found * 2 <= value:
        found *= 2
    return found


def _transformer(reference: Reference, factor: float) -> dict[str, Any]:
    shape = reference.published
    width = max(1, round(shape.width * factor / HEAD)) * HEAD
    return {
        "layers": max(2, round(shape.layers * factor)),
        "width": width,
        "heads": max(1, width // HEAD),
        "context": _power(shape.context * factor, 128),
    }


def _resnet(reference: Reference, factor: float) -> dict[str, Any]:
    depths = reference.config["depths"]
    return {
        "depths": list(depths),
        "widths": [max(8, round(64 * 2**stage * factor / 8) * 8) for stage in range(len(depths))],
        "image_size": _power(224 * factor, 2 ** (len(depths) + 1)),
    }


_Shrink = Callable[[Reference, float], dict[str, Any]]
WAYS: dict[str, tuple[str, str, _Shrink]] = {
    "GPT-3": ("causal-lm", "gpt", _transformer),
    "GPT-2": ("causal-lm", "gpt", _transformer),
    "BERT": ("masked-lm", "bert", _transformer),
    "ResNet": ("classify-images", "resnet", _resnet),
}
"""By family of the catalogue: what is trained, what is built, and how it shrinks. Others cannot be built here."""


def _factors() -> Iterator[float]:
    """1, and then finer than halves."""
    factor = 1.0
    while factor > 1 / 512:
        yield factor
        factor /= 2**0.5


def like(reference: Reference, free_bytes: int, device: str = "cpu") -> Like | None:
    """Return the largest of the reference's shape that can be trained on a device with so much memory free.

    None where the application builds no model of that family.
    """
    way = WAYS.get(reference.family)
    if way is None:
        return None
    objective, architecture, shrink = way
    most = MOST_PARAMETERS.get(device.partition(":")[0], MOST_PARAMETERS["other"])
    found = Like(objective)
    for factor in _factors():
        model = shrink(reference, factor)
        found = Like(objective, model, factor)
        needs = need_of(_spec(objective, architecture, model))[0]
        weights = next(part.bytes for part in needs.parts if part.name == "weights")
        if weights <= 4 * most and needs.bytes <= SHARE_OF_FREE * free_bytes:
            break
    return found


def _spec(objective: str, architecture: str, model: dict[str, Any]) -> RunSpec:
    """Return a spec of that model, for its memory alone."""
    tables = {"architecture": architecture, **{name: _value(value) for name, value in model.items()}}
    return make_spec({"name": "like", "objective": objective, "data": {"train": []}, "model": tables})


def _value(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value
