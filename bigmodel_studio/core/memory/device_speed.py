"""Measured speed of each device, by device and dtype, in one file of the application's home.

It is read by the window and the command line; an engine measures it. A file that cannot be read counts for nothing:
it is measured again.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

import msgspec

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import read_quietly, write_atomic
from bigmodel_studio.protocol import Speed

SCHEMA = 1
MEMORY_BOUND = 1000.0
"""Tokens a second up to which memory decides how fast a model is."""


class _Kept(msgspec.Struct, frozen=True):
    schema: int
    speeds: tuple[Speed, ...]


def speeds_file() -> Path:
    """Return where they are kept."""
    return paths.home() / "speeds.json"


def speeds() -> dict[tuple[str, str], Speed]:
    """Return every speed that was measured here, by (device, dtype)."""
    try:
        kept = msgspec.json.decode(read_quietly(speeds_file()), type=_Kept)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return {}
    if kept.schema != SCHEMA:
        return {}
    here = machine()
    return {(speed.device, speed.dtype): speed for speed in kept.speeds if speed.machine in {"", here}}


def machine() -> str:
    """Return what identifies this machine among those that share a home: its name, processor and cores."""
    return f"{platform.node()} {platform.machine()} {os.cpu_count()}"


def tokens_per_s(speed: Speed | None, read_bytes: int) -> float | None:
    """Return how many tokens a second a model gives of which a token reads so many bytes.

    The measured rate of memory over the bytes; None where that was not measured on an idle machine, and for models so
    small (above ``MEMORY_BOUND`` tokens a second) that other work than reading weights decides.
    """
    if not knows_memory(speed) or speed is None or read_bytes <= 0:
        return None
    rate = speed.read_bytes_per_s / read_bytes
    return rate if rate <= MEMORY_BOUND else None


def knows_memory(speed: Speed | None) -> bool:
    """Return whether the rate of a device's memory was measured on an idle machine."""
    return speed is not None and speed.idle and speed.read_bytes_per_s > 0


def speed_of(device: str, dtype: str) -> Speed | None:
    """Return the speed of a device in a dtype, None where it was not measured."""
    return speeds().get((device, dtype))


def keep(speed: Speed) -> None:
    """Keep a speed in place of an older one of the same device and dtype. Raises ``OSError``."""
    all_known = speeds()
    before = all_known.get((speed.device, speed.dtype))
    if before is not None and before.idle and not speed.idle:  # a busy machine says nothing of the rate of its memory
        speed = msgspec.structs.replace(speed, read_bytes_per_s=before.read_bytes_per_s, idle=True)
    if before is not None and not speed.kernels_bytes:
        speed = msgspec.structs.replace(speed, kernels_bytes=before.kernels_bytes)
    known = all_known | {(speed.device, speed.dtype): speed}
    write_atomic(speeds_file(), msgspec.json.format(msgspec.json.encode(_Kept(SCHEMA, tuple(known.values())))))
