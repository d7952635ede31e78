"""Network requests of this process, as they happen: filled by those who ask, taken by the server for the window."""

from __future__ import annotations

import threading

from bigmodel_studio.protocol import NetworkRequest

_lock = threading.Lock()
_sent: list[NetworkRequest] = []


def add(request: NetworkRequest) -> None:
    """Note one that leaves, and again (with the same time) when it has had its answer, or will have none."""
    with _lock:
        _sent.append(request)


def take() -> tuple[NetworkRequest, ...]:
    """Return those since the last time."""
    with _lock:
        taken = tuple(_sent)
        _sent.clear()
    return taken
