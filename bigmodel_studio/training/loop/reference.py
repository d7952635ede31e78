"""The reference of a run: what its objective has to know of the model before the first update.

It is computed once, and lies in the run's folder from then on: a resumed run reads the same bits. A fork takes it over.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from bigmodel_studio.core.runs.run_folder import REFERENCE
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.training.data.token_data import Say
from bigmodel_studio.training.loop.precision import Precision
from bigmodel_studio.training.objectives import Objective

KEY = "key"


def establish(
    objective: Objective,
    folder: Path,
    device: torch.device,
    precision: Precision,
    say: Say,
    *,
    same: Callable[[Callable[[], dict[str, torch.Tensor]]], dict[str, torch.Tensor]] = lambda make: make(),
    keep: bool = True,
) -> None:
    """Give the objective its reference: what lies in the run's ``folder``, if it is of the same data, else what the
    model says now, which is kept there (but where ``keep`` is False).

    ``same`` has the first of several processes make it for all. Raises ``StudioError`` where the model that the run
    began with is gone; ``OSError``.
    """
    if objective.reference_key:
        objective.use_reference(same(lambda: _found(objective, folder, device, precision, say, keep)))


def _found(
    objective: Objective, folder: Path, device: torch.device, precision: Precision, say: Say, keep: bool
) -> dict[str, torch.Tensor]:
    path = folder / REFERENCE
    if (known := _read(path, objective.reference_key)) is not None:
        return known
    model = objective.reference_model()
    torch.nn.Module.to(model, device)
    model.eval()
    with torch.no_grad(), precision.autocast():
        made = objective.reference(model, lambda batch: {name: each.to(device) for name, each in batch.items()}, say)
    if keep:
        write_atomic(path, save(made, metadata={KEY: objective.reference_key}))
    return made


def _read(path: Path, key: str) -> dict[str, torch.Tensor] | None:
    """Return what was stored under this key; None where nothing was, or it is damaged."""
    try:
        with safe_open(str(path), framework="pt") as stored:
            if (stored.metadata() or {}).get(KEY) != key:
                return None
            return {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - it is no dictionary
    except (OSError, SafetensorError):
        return None
