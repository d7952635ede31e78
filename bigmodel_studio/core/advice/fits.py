"""Whether a model of which only the size is known fits this machine: the rule of thumb for lists, before any plan.

Running a model takes about 1.2 times its weights (EleutherAI, "Transformer Math 101", 2023: inference). On a processor
weights are held in float32, on a card as they are shipped, in most cases in 16 bits. A plan counts it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable

from bigmodel_studio.core.memory.device_memory import CPU, Room

BESIDE_WEIGHTS = 1.2
_FLOAT32_BYTES = 4
_SHIPPED_BYTES = 2


def need_bytes(parameters: int, device: str) -> int:
    """Return what running a model of so many parameters takes on a device, by the rule."""
    bytes_per_weight = _FLOAT32_BYTES if device == CPU else _SHIPPED_BYTES
    return round(BESIDE_WEIGHTS * bytes_per_weight * parameters)


def best(parameters: int, rooms: Iterable[Room]) -> tuple[Room, int] | None:
    """Return the device that has most to spare for it, and what it needs there; None where there is none."""
    asked = [(room, need_bytes(parameters, room.device)) for room in rooms]
    return max(asked, key=lambda pair: pair[0].free_bytes - pair[1], default=None)


def fits(parameters: int, rooms: Iterable[Room]) -> bool | None:
    """Return whether there is a device with room for it; None where its parameters are not known (0)."""
    found = best(parameters, rooms) if parameters else None
    return None if found is None else found[1] <= found[0].free_bytes


def most_parameters(rooms: Iterable[Room]) -> int:
    """Return the largest model that there is room for."""
    return max((int(room.free_bytes / need_bytes(10**6, room.device) * 10**6) for room in rooms), default=0)
