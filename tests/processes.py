"""Ending processes in words that every system has, so that the tests' types are looked at for each of them."""

from __future__ import annotations

import psutil


def kill(pid: int) -> None:
    """End a process where it stands: SIGKILL, and TerminateProcess on Windows."""
    psutil.Process(pid).kill()
