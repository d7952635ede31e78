"""Process functions, the same on each operating system: a child that dies with its parent, at a lower priority, with
one private channel, and that can be ended with all that it started. It knows nothing of lanes, requests or Qt.

Linux was run; the branches for Windows and macOS are type-checked only and not verified there.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:  # 20 ms to import, which the window's first paint need not wait for
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        Channel = PipeConnection
    else:
        from multiprocessing.connection import Connection

        Channel = Connection

CONNECTION_FLAG, PARENT_FLAG = "--connection", "--parent"
LOG_VARIABLE = "BIGMODEL_STUDIO_ENGINE_LOG"
LOG_LIMIT_BYTES = 4 * 1024 * 1024
LOWER_PRIORITY = 5
_PR_SET_PDEATHSIG = 1


class Child:
    """A started child: its ``popen`` and our end of its ``connection``. ``end`` takes its tree too."""

    def __init__(self, popen: subprocess.Popen[bytes], connection: Channel, job: int | None) -> None:
        self.popen = popen
        self.connection = connection
        self._job = job

    @property
    def pid(self) -> int:
        return self.popen.pid

    def end(self) -> None:
        """Kill the child and everything in its group (Windows: its job). Does not wait; no error where it is gone."""
        if sys.platform == "win32":
            if self._job is not None:
                ctypes.windll.kernel32.TerminateJobObject(self._job, 1)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.popen.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self.popen.kill()

    def wait(self, timeout_s: float) -> int | None:
        """Return the exit code, or None where it has not exited in that time. From one thread at a time."""
        try:
            return self.popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None


def start_child(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Child:
    """Start ``command`` with no stdin, its prints in ``log``, and a channel of its own named on its command line.

    To be called on the main thread: on Linux the parent-death signal follows the thread that forked.
    Raises ``OSError`` where it cannot be started.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("a child that shall die with its parent must be started on the main thread")
    from multiprocessing.connection import Pipe

    ours, theirs = Pipe(duplex=True)
    try:
        rotate(log)
        with _opened(log) as output:
            environment = {**environment, LOG_VARIABLE: str(log)}
            popen = _spawn([*command, CONNECTION_FLAG], theirs.fileno(), environment, output.fileno())
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return Child(popen, ours, _bind_to_job(popen))


def _opened(log: Path) -> IO[bytes]:
    """Return the log, open for appending; nothing is kept of what is printed where it cannot be written."""
    try:
        return open(log, "ab")
    except OSError:
        return open(os.devnull, "ab")


def _spawn(command: list[str], handle: int, environment: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
    command = [*command, str(handle), PARENT_FLAG, str(os.getpid())]
    common: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, "env": dict(environment)}
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        return subprocess.Popen(command, startupinfo=startup, creationflags=flags, **common)
    # A session of its own: Ctrl+C in the window's terminal is not for it, and its group is its whole tree.
    return subprocess.Popen(command, pass_fds=(handle,), start_new_session=True, **common)


def _bind_to_job(popen: subprocess.Popen[bytes]) -> int | None:
    """Return, on Windows, a job that is killed when its last handle, ours, is closed. Elsewhere None."""
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        job = kernel.CreateJobObjectW(None, None)
        # JOBOBJECT_EXTENDED_LIMIT_INFORMATION: 144 bytes on 64 bits, LimitFlags at 16; KILL_ON_JOB_CLOSE is 0x2000.
        limits = ctypes.create_string_buffer(144)
        ctypes.c_uint32.from_buffer(limits, 16).value = 0x2000
        kernel.SetInformationJobObject(ctypes.c_void_p(job), 9, limits, 144)
        kernel.AssignProcessToJobObject(ctypes.c_void_p(job), ctypes.c_void_p(int(popen._handle)))  # type: ignore[attr-defined, unused-ignore]
        return int(job)
    return None


# ---------------------------------------------------------------------------------------------- in the child


def connection_from(handle: int) -> Channel:
    """Return the child's end of the channel, from the number on its command line; its own children do not inherit
    it.
    """
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        os.set_handle_inheritable(handle, False)
        return PipeConnection(handle)
    from multiprocessing.connection import Connection

    os.set_inheritable(handle, False)
    return Connection(handle)


def die_with(parent: int) -> None:
    """End this process when ``parent`` ends, however it ends; at once where it is gone already.

    Linux: the kernel does it. macOS: ``watch`` asks every second. Windows: the job that the parent made does it.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    exit_if_orphaned(parent)


def exit_if_orphaned(parent: int) -> None:
    """Leave at once where ``parent`` is no longer our parent (it died before the signal was asked for, or on macOS)."""
    if sys.platform != "win32" and os.getppid() != parent:
        os._exit(0)


def lower_priority() -> None:
    """Let the window go first. On Windows the parent has asked for it at the start.

    Linux may weigh whole sessions against each other (sched_autogroup), and a niceness then counts only within one:
    who leads a session of its own lowers that too.
    """
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.nice(max(0, LOWER_PRIORITY - os.nice(0)))  # no lower than that, if who started us is low already
            if os.getsid(0) == os.getpid():
                Path("/proc/self/autogroup").write_text(str(LOWER_PRIORITY))


def watch(parent: int, log: Path | None, interval_s: float = 1.0) -> None:
    """Run as a daemon thread: leave when the parent is gone, and keep the log of our prints within its limit."""
    while True:
        time.sleep(interval_s)
        exit_if_orphaned(parent)
        if log is not None:
            rotate(log, in_use=True)


def rotate(log: Path, *, in_use: bool = False) -> None:
    """Move a log past ``LOG_LIMIT_BYTES`` to ``NAME.1``. ``in_use`` (open for appending): copy, then empty it."""
    with contextlib.suppress(OSError):
        if log.stat().st_size <= LOG_LIMIT_BYTES:
            return
        older = log.with_name(log.name + ".1")
        if not in_use:
            os.replace(log, older)
            return
        with open(log, "rb") as source:
            source.seek(-LOG_LIMIT_BYTES, os.SEEK_END)
            older.write_bytes(source.read(LOG_LIMIT_BYTES))
        os.truncate(log, 0)


def exit_words(code: int | None) -> str:
    """Return how a process ended, for a sentence: ``killed by signal 9 (SIGKILL)``, ``exit code 3``."""
    if code is None:
        return "it closed its channel"
    if code >= 0:
        return f"exit code {code}"
    try:
        name = f" ({signal.Signals(-code).name})"
    except ValueError:
        name = ""
    return f"killed by signal {-code}{name}"
