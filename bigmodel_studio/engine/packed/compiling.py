"""The compiled kernels: where numba keeps them, whether they are there, and how they come to be.

numba's cache is pickles, so that it lies in the application's home alone, in a folder that only its owner may read or
write, named after everything that it depends on. Compiling takes seconds and is done by a process of its own; until
then the reference decodes. Importing this module imports no numba.
"""

from __future__ import annotations

import atexit
import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio.core.system import network, paths
from bigmodel_studio.core.system.locks import try_lock

VARIABLE = "BIGMODEL_STUDIO_KERNELS"
"""Chooses the instructions by hand; ``off``: the kernels are not used."""
OFF = "off"
READY = "ready"
"""A file in the folder once everything is compiled."""
_POLL_S = 0.1
MOST_WAIT_S = 120.0
_lock = threading.Lock()
_loaded: list[Callable[..., Any]] = []
_begun: list[subprocess.Popen[bytes]] = []


class Kernels(NamedTuple):
    """What ``doctor`` shows: the instructions used, whether the kernels are compiled, and whether that goes on now."""

    instructions: str
    compiled: bool
    compiling: bool = False


def folder() -> Path:
    """Return the folder of this version's kernels (not made here)."""
    return paths.home() / "kernels" / key()


def key() -> str:
    """Return a name that changes with numba, llvmlite, Python, the machine, the choice of instructions and our code."""
    parts = [
        importlib.metadata.version("numba"),
        importlib.metadata.version("llvmlite"),
        platform.python_version(),
        platform.machine(),
        os.environ.get(VARIABLE, "").replace(OFF, ""),
    ]
    here = Path(__file__).parent
    sources = sorted([*here.glob("kernels*.py"), here / "emit.py", here / "ops.py"])
    parts += [source.read_text(encoding="utf-8") for source in sources]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def is_off() -> bool:
    """Return whether ``BIGMODEL_STUDIO_KERNELS=off`` asks for the reference."""
    return os.environ.get(VARIABLE, "") == OFF


def is_ready() -> bool:
    """Return whether the kernels can be used without compiling."""
    if is_off():
        return False
    return bool(_loaded) or (_is_private(folder()) and (folder() / READY).exists())


def kernels(place: Path | None = None) -> Callable[..., Any]:
    """Return the interpreter of programs, loaded from the cache, or compiled (tens of seconds) where it is not there.

    ``place``: another folder than the home's, for tests.
    """
    with _lock:
        if not _loaded:
            _loaded.append(_load(place or folder()))
        return _loaded[0]


def _load(place: Path) -> Callable[..., Any]:
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name == "posix":
        os.chmod(place, 0o700)
    if not _is_private(place):
        raise PermissionError(f"{place} must belong to you alone.")
    import numba.core.config

    config: Any = numba.core.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(place)
    try:
        import numpy as np

        from bigmodel_studio.engine.packed import kernels_run, ops

        run: Callable[..., Any] = kernels_run.run
        nothing = np.zeros((1, ops.WIDTH), np.int64), np.zeros((1, ops.FLOATS), np.float32)
        run(*nothing, np.zeros(ops.PARAMETERS, np.int64), 0, 0, 0, 0)
    finally:
        config.CACHE_DIR = before
    (place / READY).touch()
    return run


def _is_private(place: Path) -> bool:
    """Return whether a folder is there and nobody else can write into it."""
    try:
        found = place.stat()
    except OSError:
        return False
    if sys.platform == "win32":
        return True
    return found.st_uid == os.getuid() and not found.st_mode & 0o077


def begin() -> bool:
    """Start to compile in a process of its own, once, unless another one compiles already.

    Returns False where nothing that was compiled can be kept.
    """
    if _begun or is_off() or is_ready():
        return True
    try:
        lock = try_lock(paths.home() / "kernels" / "compiling.lock")
    except OSError:
        return False
    if lock is None:
        return True
    lock.close()  # the child takes it
    command = [sys.executable, "-m", "bigmodel_studio.engine.packed.compiling"]
    quiet, environment = subprocess.DEVNULL, network.child_environment(network.OFFLINE)
    child = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, env=environment)
    _begun.append(child)
    atexit.register(_end, child)
    return True


def wait_until_ready(most_s: float = MOST_WAIT_S) -> None:
    """Return when the kernels are compiled, by another process: this one loads them and keeps no compiler's memory.

    Also where that cannot be, or takes longer than ``most_s``: this process compiles them itself then.
    """
    end = time.monotonic() + most_s
    while not is_ready() and not is_off() and time.monotonic() < end:
        if not begin():
            return
        if not _begun:
            time.sleep(_POLL_S)  # another process compiles
        else:
            _begun[-1].wait()
            return


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the compilation, which doesn't outlive who asked for it."""
    if child.poll() is None:
        child.terminate()
        child.wait()


def state() -> Kernels:
    """Return what is used on this computer."""
    from bigmodel_studio.engine.packed.kernels_matmul import variant

    ready = is_ready()
    return Kernels(variant(), ready, not ready and _is_compiling())


def _is_compiling() -> bool:
    """Return whether a process compiles just now."""
    place = paths.home() / "kernels" / "compiling.lock"
    if not place.exists():
        return False
    lock = try_lock(place)
    if lock is not None:
        lock.close()
    return lock is None


if __name__ == "__main__":
    stream = try_lock(paths.home() / "kernels" / "compiling.lock")
    if stream is not None:
        if hasattr(os, "nice"):
            os.nice(10)
        kernels()
        stream.close()
