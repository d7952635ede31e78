"""Runs forked from one process that has imported torch, where a test is not about how a run's process is started: to
import torch and transformers takes a run four seconds of a processor.

A fork does what ``python -m MODULE …`` and ``python -c CODE …`` do, with the environment it is given, in a session of
its own, and is a child of the process that asked: it is handed to it when the process between the two ends (``prctl``,
``PR_SET_CHILD_SUBREAPER``). What a fork starts is forked too: the workers of a run, the runs of the queue's keeper. The
server imports, and never computes: it has no thread but its own. Linux alone; elsewhere the same tests start their
processes anew.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest

from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.system.process import die_with

REQUEST_BYTES = 1 << 20
READY = b"ready"
_PR_SET_CHILD_SUBREAPER = 36
_IMPORTED = (
    "bigmodel_studio.training.distributed.process_group",
    "bigmodel_studio.training.loop.training_loop",
    "bigmodel_studio.training.objectives.causal_lm",
    "torch.distributed.checkpoint.state_dict",
    "torch.distributed.run",
    "transformers.models.gpt2.modeling_gpt2",
)


class Forked(subprocess.Popen[bytes]):
    """A child that a server forked: waited for and killed as one that was started anew."""

    def __init__(self, pid: int, args: Sequence[str]) -> None:
        self.args, self.pid, self.returncode = args, pid, None
        self.stdin = self.stdout = self.stderr = None
        self._child_created, self._waitpid_lock, self._sigint_wait_secs = True, threading.Lock(), 0.25


class ForkServer:
    """Asks a server for processes; without a channel to one it starts them anew. See ``fork_server``."""

    def __init__(self, channel: socket.socket | None) -> None:
        self._channel = channel
        self._asking = threading.Lock()

    def start(
        self,
        command: Sequence[str],
        output: IO[bytes] | int | None = None,
        env: Mapping[str, str] | None = None,
        first: str = "",
    ) -> subprocess.Popen[bytes]:
        """Start ``[python, "-m" or "-c", …]`` with its output there; by default with a run's environment, and ours.

        ``first`` is code that a fork executes before, as do the workers that it forks.
        """
        env = dict(launch._environment() if env is None else env)
        if sys.platform != "linux" or self._channel is None:
            return subprocess.Popen(command, stdout=output, env=env)
        at = next(at for at, word in enumerate(command) if word in {"-m", "-c"})
        request = {"command": command[at:], "env": env, "cwd": os.getcwd(), "first": first}
        with open(os.devnull, "wb") as nowhere, self._asking:
            given = nowhere if output == subprocess.DEVNULL else output
            target = 1 if given is None else given if isinstance(given, int) else given.fileno()
            _adopt(True)
            try:
                socket.send_fds(self._channel, [json.dumps(request).encode()], [target])
                pid = int(self._channel.recv(64))
            finally:
                _adopt(False)
        return Forked(pid, command)

    def close(self) -> None:
        """Let the server go."""
        if self._channel is not None:
            self._channel.close()


@pytest.fixture(scope="session")
def run_server() -> Iterator[ForkServer]:
    """Who forks processes that have imported torch."""
    with fork_server() as found:
        yield found


@pytest.fixture
def forked(run_server: ForkServer) -> Iterator[None]:
    """The runs of this test are forked, for it is not about how their processes are started."""
    with forked_runs(run_server):
        yield


@contextlib.contextmanager
def fork_server() -> Iterator[ForkServer]:
    """Start a server that has imported what a run imports."""
    if sys.platform != "linux":
        yield ForkServer(None)
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    repository = str(Path(__file__).resolve().parents[1])
    command = [sys.executable, "-m", "tests.fork_server", str(theirs.fileno()), str(os.getpid())]
    environment = launch._environment() | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=repository, env=environment):
        theirs.close()
        assert ours.recv(64) == READY  # no run waits for what is imported
        server = ForkServer(ours)
        yield server
        server.close()


@contextlib.contextmanager
def forked_runs(server: ForkServer, first: str = "") -> Iterator[None]:
    """Have runs and the queue's keeper forked, and the runs that these start; ``first``: see ``ForkServer.start``."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.platform == "linux":
            patch.setattr(launch, "start_detached", functools.partial(_start_detached, server, first))
        yield


def _start_detached(
    server: ForkServer, first: str, words: Sequence[str], output: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    """Do what ``launch.start_detached`` does."""
    process = server.start([sys.executable, "-m", *words], output, first=first)
    launch.reap()
    launch._started.append(process)
    return process


def _adopt(wanted: bool) -> None:
    """Have orphans among our descendants be handed to us, or to who takes them else."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _serve(channel: socket.socket) -> None:
    """Fork for as long as anybody can ask."""
    if sys.platform != "linux":
        raise NotImplementedError
    while True:
        message, outputs, _, _ = socket.recv_fds(channel, REQUEST_BYTES, 1)
        if not message:
            return
        reading, writing = os.pipe()
        between = os.fork()
        if between == 0:
            between = os.getpid()
            child = os.fork()
            if child:
                os.write(writing, str(child).encode())
                os._exit(0)
            channel.close()
            os.close(reading)
            os.close(writing)
            while os.getppid() == between:  # until it is handed over
                time.sleep(0.001)
            _become(json.loads(message), outputs[0])
        os.waitpid(between, 0)
        channel.send(os.read(reading, 64))
        for number in (reading, writing, *outputs):
            os.close(number)


def _become(request: dict[str, Any], output: int) -> NoReturn:
    """Be what was asked for, from here to the end of this process."""
    if sys.platform == "win32":
        raise NotImplementedError
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(number, target)
    os.close(nothing)
    os.close(output)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    kind, what, *arguments = request["command"]
    sys.argv = [kind, *arguments]
    status: Any = 1
    try:
        if kind == "-m" and "RANK" not in os.environ:
            _fork_further(request["first"])
        exec(request["first"], {})
        if kind == "-c":
            exec(compile(what, "<forked>", "exec"), {"__name__": "__main__"})
        else:
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _fork_further(first: str) -> None:
    """Have what this process starts forked too, from a server of its own that has no thread of torchrun's."""
    if sys.platform == "win32":
        raise NotImplementedError
    from torch.distributed.elastic.multiprocessing.subprocess_handler import subprocess_handler

    parent = os.getpid()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        die_with(parent)
        _serve(theirs)
        os._exit(0)
    theirs.close()
    server = ForkServer(ours)

    def start_worker(args: Sequence[str], env: Mapping[str, str], stdout: Any, **_: Any) -> subprocess.Popen[bytes]:
        return server.start(args, stdout, env, first)

    setattr(subprocess_handler, "Popen", start_worker)  # noqa: B010 - no name that is exported
    launch.start_detached = functools.partial(_start_detached, server, first)


if __name__ == "__main__":
    import importlib

    die_with(int(sys.argv[2]))
    for module in _IMPORTED:
        importlib.import_module(module)
    asked = socket.socket(fileno=int(sys.argv[1]))
    asked.send(READY)
    _serve(asked)
    os._exit(0)  # to take what was imported down piece by piece would take seconds
