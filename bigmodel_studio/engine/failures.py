"""Exceptions as the user sees them: one ``Failed`` with a code, and an id that is in the log beside the traceback."""

from __future__ import annotations

import logging
import secrets
import sys

from bigmodel_studio.core.text.messages import Blame, StudioError
from bigmodel_studio.protocol import Failed, Problem

log = logging.getLogger(__name__)

DETAIL_CHARACTERS = 300
_MEMORY_PHRASES = (
    "DefaultCPUAllocator: can't allocate",
    "not enough memory",
    "out of memory",
    "Cannot allocate memory",
)


class Stopped(BaseException):
    """Thrown into a task when the user cancels. Not an ``Exception``, so that no ``except Exception`` swallows it."""


def failed(error: BaseException) -> Failed:
    """Return the last event of a task that raised ``error``; its traceback goes to the log under the event's id."""
    identity = secrets.token_hex(4)
    problem, blame = problem_of(error, identity)
    if blame == "input":
        log.info("%s: %s", identity, problem)
    else:
        log.error("%s: %s", identity, problem, exc_info=error)
    return Failed(problem=problem, id=identity, blame=blame)


def problem_of(error: BaseException, identity: str) -> tuple[Problem, Blame]:
    """Return the code and arguments that say what happened, and whose doing it was."""
    if isinstance(error, StudioError):
        return error.problem, error.blame
    if is_out_of_memory(error):
        return Problem(code="out-of-memory", arguments={"device": _device_of(error)}), "work"
    if is_panic(error):
        detail = str(error)[:DETAIL_CHARACTERS].rstrip(".")
        return Problem(code="tokenizer-broken", arguments={"files": "tokenizer.json", "detail": detail}), "input"
    detail = f"{type(error).__name__}: {error}".strip().splitlines()[0][:DETAIL_CHARACTERS]
    return Problem(code="internal", arguments={"detail": detail, "id": identity}), "work"


def first_line(error: object) -> str:
    """Return what a library said, or the kind of its error: the first line, with the next one where it only announces
    that.
    """
    lines = [line.strip() for line in str(error).strip().splitlines()] or [type(error).__name__]
    whole = " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]
    return whole.rstrip(".")[:200]


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory ran out: torch says it by type on accelerators and by a phrase of a RuntimeError on the
    CPU.
    """
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError | OSError) and any(phrase in str(error) for phrase in _MEMORY_PHRASES)


def is_panic(error: BaseException) -> bool:
    """Return whether a library written in Rust (tokenizers) met a fault of its own, which is no ``Exception``."""
    return type(error).__name__ == "PanicException" and type(error).__module__ == "pyo3_runtime"


def _device_of(error: BaseException) -> str:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        from bigmodel_studio.engine import devices

        accelerator = torch.accelerator.current_accelerator(check_available=True)
        if accelerator is not None:
            return devices.name_of(torch.device(accelerator.type, torch.accelerator.current_device_index()))
    return "cpu"
