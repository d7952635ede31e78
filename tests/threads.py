"""Which threads something is called in: folders and large files are never read on the window's."""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

import pytest


def threads_of(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> set[threading.Thread]:
    """Return the set that the threads calling ``module.name`` from now on are put into."""
    original, threads = getattr(module, name), set[threading.Thread]()

    def recorded(*arguments: Any, **named: Any) -> Any:
        threads.add(threading.current_thread())
        return original(*arguments, **named)

    monkeypatch.setattr(module, name, recorded)
    return threads


def elsewhere(threads: set[threading.Thread]) -> bool:
    """Return whether it was called, and never on the main thread."""
    return bool(threads) and threading.main_thread() not in threads
