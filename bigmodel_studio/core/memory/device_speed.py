"""Measured speed of each device, by device and dtype, in one file of the application's home.

It is read by the window and the command line; an engine measures it. A file that cannot be read counts for nothing:
it is measured again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import read_quietly, write_atomic
from bigmodel_studio.protocol import Speed

SCHEMA = 1


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
    return {(speed.device, speed.dtype): speed for speed in kept.speeds} if kept.schema == SCHEMA else {}


def speed_of(device: str, dtype: str) -> Speed | None:
    """Return the speed of a device in a dtype, None where it was not measured."""
    return speeds().get((device, dtype))


def keep(speed: Speed) -> None:
    """Keep a speed in place of an older one of the same device and dtype. Raises ``OSError``."""
    known = speeds() | {(speed.device, speed.dtype): speed}
    write_atomic(speeds_file(), msgspec.json.format(msgspec.json.encode(_Kept(SCHEMA, tuple(known.values())))))
