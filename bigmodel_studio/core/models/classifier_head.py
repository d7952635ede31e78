"""How many parameters a classifier will have when its last layer is made for other classes, from its files' headers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

from bigmodel_studio.core.models.folder import read_config
from bigmodel_studio.core.models.weights import read_weights

_HEADS = frozenset({"classifier", "head", "dist_head", "fc", "score"})
_CLASSES_UNSAID = 2
"""What transformers takes where a config names no classes."""


class Head(NamedTuple):
    """``parameters`` of the whole model, and of its last layer for each of its ``classes``.

    ``per_class`` is 0 where the last layer cannot be identified.
    """

    parameters: int
    per_class: int
    classes: int

    def parameters_for(self, classes: int) -> int:
        """Return the parameters of the whole model with a last layer for so many classes."""
        return self.parameters + self.per_class * (classes - self.classes)


def class_names(folder: Path) -> list[str]:
    """Return the classes of a classifier in their order; none where its config names none. Raises ``StudioError``."""
    names = read_config(folder).get("id2label")
    if not isinstance(names, dict):
        return []
    return [str(names[number]) for number in sorted(names, key=lambda key: (not str(key).isdigit(), len(key), key))]


def read_head(folder: Path) -> Head:
    """Return what a classifier's folder says. Raises ``StudioError`` where it cannot be read."""
    weights = read_weights(folder)
    names = read_config(folder).get("id2label")
    classes = len(names) if isinstance(names, dict) else _CLASSES_UNSAID
    shapes = [
        tensor.shape
        for name, tensor in weights.tensors.items()
        if _HEADS & set(name.split(".")) and tensor.shape[:1] == (classes,)
    ]
    return Head(weights.parameters, sum(math.prod(shape[1:]) for shape in shapes), classes)
