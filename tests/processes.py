"""Ending processes in words that every system has, so that the tests' types are looked at for each of them."""

from __future__ import annotations

import contextlib

import psutil

ENGINE = "bigmodel_studio.engine"


def kill(pid: int) -> None:
    """End a process where it stands: SIGKILL, and TerminateProcess on Windows."""
    psutil.Process(pid).kill()


def engines() -> list[psutil.Process]:
    """The engines among this process's children; one that has just ended and was not waited for yet is none."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # a zombie is such, too
            if ENGINE in child.cmdline():
                found.append(child)
    return found
