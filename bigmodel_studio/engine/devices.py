"""Devices of torch, through ``torch.accelerator``: CUDA and MPS are promised beside the CPU, and anything
else is used where torch has it. Its memory calls raise on a build for CPU only: they are wrapped here, once. Knows
nothing of models.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psutil
import torch

from bigmodel_studio.core.memory.device_memory import cpu_name
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Device, DeviceReport, Devices, Done, Event

if TYPE_CHECKING:
    from bigmodel_studio.engine.session import Session

DTYPES: dict[str, torch.dtype] = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
_DTYPES_OF_KIND: dict[str, tuple[str, ...]] = {
    # float16 on a CPU is stored, not computed: its kernels are slower and less exact than float32's.
    "cpu": ("float32", "bfloat16"),
    "mps": ("float32", "float16", "bfloat16"),
}


def devices(request: Devices, session: Session) -> Iterator[Event]:
    """Yield the task: what there is."""
    yield Done(
        result=DeviceReport(
            torch=str(torch.__version__), cuda=torch.version.cuda, threads=session.threads, devices=tuple(all_devices())
        )
    )


def all_devices() -> list[Device]:
    """Return the CPU, and every accelerator that this torch can use; bytes as they are now."""
    found = [device_facts(torch.device("cpu"))]
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    if accelerator is not None:
        found += [
            device_facts(torch.device(accelerator.type, index)) for index in range(torch.accelerator.device_count())
        ]
    return found


def device_facts(device: torch.device) -> Device:
    """Return a device's name, memory and the dtypes that pay on it."""
    total, free = memory(device)
    return Device(
        id=name_of(device),
        kind=device.type,
        name=_marketing_name(device),
        total_bytes=total,
        free_bytes=free,
        dtypes=dtypes(device),
    )


def name_of(device: torch.device) -> str:
    """Return what torch calls it, as users write it: ``cpu``, ``cuda:0``, ``mps``."""
    return device.type if device.type in {"cpu", "mps"} else f"{device.type}:{device.index or 0}"


def choose(wanted: str) -> torch.device:
    """Return the device of that name; "auto" is the first accelerator, else the CPU.

    Raises ``StudioError`` "device-unknown" where torch has no such device here.
    """
    there = {device.id: device for device in all_devices()}
    if wanted == "auto":
        return torch.device(list(there)[min(1, len(there) - 1)])
    exact = wanted if wanted in there else f"{wanted}:0"
    if exact not in there:
        raise StudioError("device-unknown", device=wanted, devices=", ".join(there))
    return torch.device(exact)


def dtypes(device: torch.device) -> tuple[str, ...]:
    """Return the dtypes that weights may have on a device, the default first."""
    if device.type in _DTYPES_OF_KIND:
        return _DTYPES_OF_KIND[device.type]
    if device.type == "cuda":
        wide = torch.cuda.is_bf16_supported(including_emulation=False)
        return ("bfloat16", "float16", "float32") if wide else ("float16", "float32")
    return ("float32",)


def choose_dtype(wanted: str, shipped: str, device: torch.device) -> torch.dtype:
    """Return what to hold weights in. "auto" keeps what they are shipped in where the device computes in it, else its
    float32.

    So float16 weights are float32 on a CPU, and a float32 model stays float32 everywhere.
    Raises ``StudioError`` "dtype-unknown".
    """
    offered = dtypes(device)
    if wanted == "auto":
        return DTYPES[shipped] if shipped in offered and device.type != "cpu" else torch.float32
    if wanted not in offered:
        raise StudioError("dtype-unknown", dtype=wanted, device=name_of(device), dtypes=", ".join(offered))
    return DTYPES[wanted]


def memory(device: torch.device) -> tuple[int, int]:
    """Return total and free bytes; the CPU's are the machine's, MPS shares them, (0, 0) where torch cannot say."""
    if device.type in {"cpu", "mps"}:
        machine = psutil.virtual_memory()
        return int(machine.total), int(machine.available)
    try:
        free, total = torch.accelerator.get_memory_info(device)
    except (RuntimeError, AttributeError, NotImplementedError):
        return 0, 0
    return int(total), int(free)


def reserved_bytes(device: torch.device) -> int:
    """Return what this process's tensors, and torch's cache for them, take on an accelerator; 0 on a CPU, or
    unknown.
    """
    if device.type == "cpu":
        return 0
    try:
        return int(torch.accelerator.memory_reserved(device))
    except (RuntimeError, AttributeError, NotImplementedError):
        return 0


def empty_cache() -> None:
    """Hand memory that no tensor uses back to the machine."""
    gc.collect()
    if torch.accelerator.is_available():
        torch.accelerator.empty_cache()


def _marketing_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return cpu_name() if device.type in {"cpu", "mps"} else device.type.upper()
