"""Devices of this computer, and measuring models and devices on it."""

from __future__ import annotations

import msgspec

from bigmodel_studio.protocol.models import Example, PlanQuestion
from bigmodel_studio.protocol.values import Device, ModelRef

__all__ = ["DeviceReport", "Devices", "MeasurePlan", "MeasureQuality", "MeasureSpeed", "Try"]


class Devices(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What torch can compute on here. Ends with ``Done(DeviceReport)``."""


class DeviceReport(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The devices, and what stands in the way of using one (each problem a code with its arguments)."""

    torch: str
    cuda: str | None
    threads: int
    devices: tuple[Device, ...]


class MeasurePlan(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Run two real steps of what a plan is about. Ends with ``Done(Measured)``."""

    model: ModelRef
    question: PlanQuestion


class MeasureSpeed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Measure how fast a device multiplies and streams. Ends with ``Done(Speed)``.

    ``packed``: also what the kernels of the fast path take, which are compiled for it where they are not yet.
    """

    device: str = "auto"
    dtype: str = "auto"
    packed: bool = False


class MeasureQuality(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read a bundled text with a language model in the precision of ``model``, and as stored. Ends with
    ``Done(Quality)``, which is also kept.
    """

    model: ModelRef


class Try(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Run models on a few examples, one model after the other. One ``Tried`` each; ends with ``Done(None)``."""

    models: tuple[ModelRef, ...]
    task: str
    examples: tuple[Example, ...]
