"""State shared by a kernel's threads: counters, and how to wait for one of them without keeping a core from others."""

from __future__ import annotations

import ctypes
import platform
import sys

import llvmlite.binding
from llvmlite import ir

from bigmodel_studio.engine.packed.emit import I32, I64, Emitter, Value, emitted

_YIELD = "bigmodel_studio_yield"
_PAUSES = {"x86_64": "llvm.x86.sse2.pause", "amd64": "llvm.x86.sse2.pause"}


def _register() -> None:
    """Name the system's call that gives the rest of a time slice away, so that kernels can be linked to it."""
    if sys.platform == "win32":
        function = ctypes.WinDLL("kernel32").SwitchToThread
    else:
        function = ctypes.CDLL(None).sched_yield
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None
    llvmlite.binding.add_symbol(_YIELD, address)


_register()


def _take(code: Emitter, address: Value) -> Value:
    one = ir.Constant(I64, 1)
    return Value(code, code.builder.atomic_rmw("add", code.pointer(address, I64), one, "acq_rel"))


def _read(code: Emitter, address: Value) -> Value:
    return Value(code, code.builder.load_atomic(code.pointer(address, I64), "acquire", 8))


def _pause(code: Emitter) -> None:
    name = _PAUSES.get(platform.machine().lower())
    if name is not None:
        code.call(name, ir.VoidType())


def _give_way(code: Emitter) -> None:
    code.call(_YIELD, I32)


take = emitted("i", "i", _take)
"""Add one to a counter, and give what it was."""
read = emitted("i", "i", _read)
pause = emitted("", "v", _pause)
give_way = emitted("", "v", _give_way)
