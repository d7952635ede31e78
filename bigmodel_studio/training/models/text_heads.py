"""A text model with a head for the classes of a training: from any encoder, or from one that has such a head.

Only the head may be new (and BERT's pooler, which belongs to it): every other tensor comes from the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import transformers

from bigmodel_studio.core.models.weights import listed
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models import loading
from bigmodel_studio.protocol import ModelKind
from bigmodel_studio.training.models import heads
from bigmodel_studio.training.models.base_model import BaseModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel

POOLERS = ("pooler", "pre_classifier")
"""Parts between a body and its head that a model of another kind may come without."""


def reading_model(folder: Path, kind: ModelKind, bases: Sequence[ModelKind]) -> BaseModel:
    """Return one that reads text, to be given a head of ``kind``. Raises ``StudioError`` with the reason why not."""
    return BaseModel(folder, bases, kind, "Choose an encoder such as BERT.")


def load_with_head(
    folder: Path, kind: ModelKind, labels: tuple[str, ...], seed: int, *, several: bool = False
) -> tuple[PreTrainedModel, list[str]]:
    """Return the model of a folder with a head of ``kind`` for these labels (of which an example may have ``several``),
    in float32 to be trained; and what is new in it.

    ``reading_model`` has looked at it. Raises ``StudioError`` with the reason: "tensors-missing", "config-invalid".
    """
    auto: Any = getattr(transformers, loading.AUTO_CLASSES[kind])
    torch.manual_seed(seed)
    try:
        wanted = heads.with_labels(
            transformers.AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True),
            labels,
            several=several,
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


def load_for(
    base: BaseModel, kind: ModelKind, labels: tuple[str, ...], spec: RunSpec, *, resumed: bool
) -> tuple[PreTrainedModel, list[str]]:
    """Return ``load_with_head`` as a spec wants it. Raises ``StudioError`` "labels-changed" where a resumed run's head
    fits no longer.
    """
    model, new = load_with_head(base.folder, kind, labels, spec.seed, several=spec.data.multi_label)
    if resumed and new:
        raise StudioError("labels-changed", were=", ".join(heads.labels_of(model.config)[:20]))
    if spec.method.kind == "frozen":
        heads.train_only(model, head_names(model))
    return model, new


def head_names(model: PreTrainedModel) -> frozenset[str]:
    """Return the parameters that are the head's: those outside the body, and its pooler."""
    return frozenset(name for name, _ in model.named_parameters() if _may_be_new(model, name))


def _may_be_new(model: PreTrainedModel, name: str) -> bool:
    prefix = model.base_model_prefix
    return not name.startswith(f"{prefix}.") or any(part in POOLERS for part in name.split("."))
