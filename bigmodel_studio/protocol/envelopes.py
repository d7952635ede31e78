"""Messages over the pipe between the window and an engine, and their encoding (one msgpack frame an envelope)."""

from __future__ import annotations

from typing import Any

import msgspec

from bigmodel_studio.protocol.events import Event
from bigmodel_studio.protocol.hub import NetworkRequest
from bigmodel_studio.protocol.loading import MemoryParts
from bigmodel_studio.protocol.requests import Request

__all__ = [
    "FRAME_LIMIT_BYTES",
    "PROTOCOL_VERSION",
    "Cancel",
    "FromEngine",
    "Hello",
    "JobEvent",
    "MemoryReport",
    "Quit",
    "Sent",
    "Submit",
    "ToEngine",
    "decode_for_engine",
    "decode_for_window",
    "encode",
    "to_builtins",
]

PROTOCOL_VERSION = 3
FRAME_LIMIT_BYTES = 64 * 1024 * 1024
"""No envelope is larger; a longer one ends the engine that sent it."""


class Submit(msgspec.Struct, frozen=True, tag=True):
    job: int
    request: Request


class Cancel(msgspec.Struct, frozen=True, tag=True):
    job: int


class Quit(msgspec.Struct, frozen=True, tag=True):
    pass


class Hello(msgspec.Struct, frozen=True, tag=True):
    version: int
    pid: int


class JobEvent(msgspec.Struct, frozen=True, tag=True):
    job: int
    event: Event


class MemoryReport(msgspec.Struct, frozen=True, tag=True):
    """What the engine's process holds now: said when it changed, at most about once a second while a job runs."""

    parts: MemoryParts


class Sent(msgspec.Struct, frozen=True, tag=True):
    """What this engine's process asked of the network, for the window's ledger of requests."""

    requests: tuple[NetworkRequest, ...]


ToEngine = Submit | Cancel | Quit
FromEngine = Hello | JobEvent | MemoryReport | Sent
_encoder = msgspec.msgpack.Encoder()
_to_engine: msgspec.msgpack.Decoder[ToEngine] = msgspec.msgpack.Decoder(ToEngine)
_from_engine: msgspec.msgpack.Decoder[FromEngine] = msgspec.msgpack.Decoder(FromEngine)


def encode(envelope: ToEngine | FromEngine) -> bytes:
    """Return the envelope as one msgpack frame."""
    return _encoder.encode(envelope)


def decode_for_engine(frame: bytes) -> ToEngine:
    """Return the window's envelope. Raises ``msgspec.DecodeError`` (or its ``ValidationError``) on anything else."""
    return _to_engine.decode(frame)


def decode_for_window(frame: bytes) -> FromEngine:
    """Return the engine's envelope. Raises ``msgspec.DecodeError`` (or its ``ValidationError``) on anything else."""
    return _from_engine.decode(frame)


def to_builtins(value: Any) -> Any:
    """Return a struct as plain dictionaries and lists, for ``--json``."""
    return msgspec.to_builtins(value)
