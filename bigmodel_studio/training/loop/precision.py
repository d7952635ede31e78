"""Precision of a training: autocast to 16 bits where the spec and the device agree on it, and the loss scaled for
float16, whose gradients would vanish otherwise (Micikevicius et al. 2018, section 3.2). The weights stay float32.
"""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

import torch

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine import devices

LEAST_SCALE = 1.0
"""A scale that had to fall below this means gradients that no scale makes finite."""


class ScaleState(NamedTuple):
    """What the scaler has to remember over a stop."""

    scale: float
    growth_tracker: int


class Precision:
    """``wanted`` as in ``launch.dtype``. Raises ``StudioError`` "dtype-unknown" where the device cannot train in it."""

    def __init__(self, wanted: str, device: torch.device) -> None:
        offered = training_dtypes(device)
        name = wanted
        if wanted == "auto":
            name = "bfloat16" if device.type == "cuda" and "bfloat16" in offered else "float32"
        if name not in offered:
            raise StudioError("dtype-unknown", dtype=name, device=devices.name_of(device), dtypes=", ".join(offered))
        self.name = name
        self._device = device
        self._scaler = torch.amp.GradScaler(device.type) if name == "float16" else None

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """Return the context in which the forward pass is computed."""
        if self.name == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self._device.type, dtype=devices.DTYPES[self.name])

    def backward(self, loss: torch.Tensor) -> None:
        """Add the gradients of a loss, scaled where that is needed, to those that are there."""
        scaled: Any = loss if self._scaler is None else self._scaler.scale(loss)
        scaled.backward()

    def unscale(self, optimizer: torch.optim.Optimizer) -> None:
        """Make the gradients of the whole update what they are."""
        if self._scaler is not None:
            self._scaler.unscale_(optimizer)

    def forgives(self) -> bool:
        """Return whether gradients that are not finite are no fault: the scale was too large, and a smaller one is
        tried.
        """
        return self._scaler is not None and self._scaler.get_scale() >= LEAST_SCALE

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        """Make the optimizer's step (left out where gradients are not finite and that is forgiven)."""
        if self._scaler is None:
            optimizer.step()
        else:
            self._scaler.step(optimizer)
            self._scaler.update()

    @property
    def state(self) -> ScaleState | None:
        """None where nothing is scaled."""
        if self._scaler is None:
            return None
        kept = self._scaler.state_dict()
        return ScaleState(float(kept["scale"]), int(kept["_growth_tracker"])) if kept else None

    def restore(self, state: ScaleState | None) -> None:
        """Go on with the scale of a checkpoint."""
        if self._scaler is not None and state is not None:
            now = {"scale": state.scale, "_growth_tracker": state.growth_tracker}
            self._scaler.load_state_dict({**self._scaler.state_dict(), **now})


def training_dtypes(device: torch.device) -> tuple[str, ...]:
    """Return what can be trained in on a device, float32 first."""
    there = devices.dtypes(device)
    narrow = {"cpu": ("bfloat16",), "cuda": ("bfloat16", "float16"), "mps": ("bfloat16",)}.get(device.type, ())
    return ("float32", *(name for name in narrow if name in there))
