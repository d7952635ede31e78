"""Contents of a model folder, or of a GGUF model, read from its config and headers: what the library lists.

Strangers wrote those files: the library has them read by a process of its own (``core.models.headers``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.folder import architecture_of, check_usable, kind_of, read_config
from bigmodel_studio.core.models.gguf_support import Facts, facts_of
from bigmodel_studio.core.models.weights import read_weights
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelKind, Problem

ModelFormat = Literal["safetensors", "gguf"]


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """Of which kind a folder is, and what its weights come to (or, in ``problem``, why that is not known)."""

    architecture: str = ""
    kind: ModelKind = "other"
    parameters: int = 0
    bytes: int = 0
    dtype: str = ""
    format: ModelFormat = "safetensors"
    problem: Problem | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is listed of a GGUF model."""

    architecture: str
    kind: ModelKind
    parameters: int
    bytes: int
    dtype: str
    licence: str
    facts: Facts


def read_contents(folder: Path) -> Contents:
    """Read a folder's config and the headers of its weights. Raises ``OSError``."""
    config: dict[str, Any] = {}
    try:
        config = read_config(folder)
        check_usable(folder, config)
        weights = read_weights(folder)
    except StudioError as error:
        return Contents(architecture=architecture_of(config), kind=kind_of(config), problem=error.problem)
    return Contents(
        architecture=architecture_of(config),
        kind=kind_of(config),
        parameters=weights.parameters,
        bytes=weights.bytes,
        dtype=weights.dtype,
    )


def read_summary(path: Path) -> Summary:
    """Read the headers of a GGUF model. Raises ``StudioError``, ``OSError``."""
    header = gguf_models.read_model(path)
    return Summary(
        architecture=header.architecture,
        kind=gguf_models.kind_of(header),
        parameters=header.parameters,
        bytes=header.bytes,
        dtype=header.dtype,
        licence=header.licence,
        facts=facts_of(header),
    )
