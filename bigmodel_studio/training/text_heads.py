"""A text model with a head for the classes of a training: from any encoder, or from one that has such a head.

Only the head may be new (and BERT's pooler, which belongs to it): every other tensor comes from the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import PreTrainedModel

from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.model_folder import kind_of
from bigmodel_studio.core.weights import listed
from bigmodel_studio.engine import loading
from bigmodel_studio.engine.checks import check_folder
from bigmodel_studio.protocol import ModelKind
from bigmodel_studio.training import heads

POOLERS = ("pooler", "pre_classifier")
"""Parts between a body and its head that a model of another kind may come without."""


def load_with_head(
    folder: Path, kind: ModelKind, bases: Sequence[ModelKind], labels: tuple[str, ...], seed: int
) -> tuple[PreTrainedModel, list[str]]:
    """The model of a folder with a head of ``kind`` for these labels, in float32 to be trained; and what is new in it.

    Raises ``StudioError`` with the reason: "kind-wrong", "tensors-missing", and what ``engine.checks`` says.
    """
    config, weights = check_folder(folder)
    there = kind_of(config)
    if there not in bases:
        others = "Choose a model that reads text: BERT, or one like it."
        raise StudioError("kind-wrong", model=str(folder), kind=there, wanted=kind, others=others)
    loading.refuse_oversized(loading.build_on_meta(folder, loading.auto_class_of(there, folder)), weights)
    auto: Any = getattr(transformers, loading.AUTO_CLASSES[kind])
    torch.manual_seed(seed)
    try:
        wanted = heads.with_labels(
            transformers.AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True), labels
        )
        model, report = auto.from_pretrained(
            str(folder),
            config=wanted,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            dtype=torch.float32,
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise StudioError("config-invalid", detail=str(error).splitlines()[0][:200]) from error
    new = sorted({*report["missing_keys"], *(str(entry[0]) for entry in report["mismatched_keys"])})
    strange = [name for name in new if not _may_be_new(model, name)]
    if strange:
        raise StudioError("tensors-missing", count=len(strange), names=listed(strange))
    return model, new


def head_names(model: PreTrainedModel) -> frozenset[str]:
    """The parameters that are the head's: those outside the body, and its pooler."""
    return frozenset(name for name, _ in model.named_parameters() if _may_be_new(model, name))


def _may_be_new(model: PreTrainedModel, name: str) -> bool:
    prefix = model.base_model_prefix
    return not name.startswith(f"{prefix}.") or any(part in POOLERS for part in name.split("."))
