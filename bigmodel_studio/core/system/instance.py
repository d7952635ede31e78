"""One window a home: the first start holds a lock and listens, a later one hands it its paths and ends.

The lock is the operating system's, so that it goes with its process however that ends. What listens is a Unix socket
(loopback on Windows), and who knocks must say the word that stands in a file which only this user can read. Whoever
has not answered within ``WAIT_S`` is taken to hang: the later start then opens a window of its own ("beside").
Answering is the window's part (``client.second_start``). Imported before the first paint, so it imports little.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.locks import try_lock

WAIT_S = 2.0
MOST_BYTES = 1 << 20
_AGAIN_S = 0.02
_LOCK = "window.lock"
_ADDRESS = "window.json"
_SOCKET = "window.socket"

Role = Literal["first", "handed", "beside", "homeless"]


@dataclass
class Start:
    """What this start turned out to be. ``close`` it before the end.

    "first": the window of this home; ``listener`` receives later starts (None where nothing could listen). "handed": a
    window had it already and has taken the paths. "beside": another one holds the home and does not answer.
    "homeless": the home cannot be written to.
    """

    role: Role
    listener: socket.socket | None = None
    token: str = ""
    _lock: IO[bytes] | None = None
    _files: tuple[Path, ...] = ()

    def close(self) -> None:
        """Stop listening and let go of the lock."""
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        for file in self._files:
            with contextlib.suppress(OSError):
                file.rmdir() if file.is_dir() else file.unlink()
        self._files = ()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def begin(given: Sequence[Path] = (), *, wait_s: float = WAIT_S) -> Start:
    """Become this home's window, or hand ``given`` (made absolute) to the one there is, waiting ``wait_s`` at most."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            lock = try_lock(paths.home() / _LOCK)
        except OSError:
            return Start("homeless")
        if lock is not None:
            return _first(lock)
        if _handed([str(path.absolute()) for path in given], deadline):
            return Start("handed")
        if time.monotonic() > deadline:
            return Start("beside")
        time.sleep(_AGAIN_S)  # it may be about to listen, or about to end


# ---------------------------------------------------------------------------------------------- the first


def _first(lock: IO[bytes]) -> Start:
    token = os.urandom(16).hex()
    for open_listener in _listeners(token):
        try:
            listener, address, files = open_listener()
        except OSError:
            continue
        listener.setblocking(False)
        written = paths.home() / _ADDRESS
        try:
            _write_private(written, {"address": address, "token": token, "pid": os.getpid()})
        except OSError:
            listener.close()
            break
        return Start("first", listener, token, lock, (written, *files))
    return Start("first", _lock=lock)


Opened = tuple[socket.socket, Any, tuple[Path, ...]]


def _listeners(token: str) -> Iterator[Callable[[], Opened]]:
    """Ways to listen, the best first. A path in the home may be too long, or its disk may know no sockets."""
    if sys.platform == "win32":
        yield _loopback
    else:
        short = Path("/tmp") / f"bigmodel-studio-{token}"
        yield lambda: _unix(paths.home())
        yield lambda: _unix(short)


def _unix(folder: Path) -> Opened:
    if sys.platform == "win32":
        raise OSError("no Unix sockets")
    path = folder / _SOCKET
    made = not folder.is_dir()
    if made:
        folder.mkdir(mode=0o700)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()  # of one that was killed: we hold the lock, so nobody listens there
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener, str(path), (path, folder) if made else (path,)


def _loopback() -> Opened:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener, list(listener.getsockname()), ()


def _write_private(path: Path, value: dict[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        json.dump(value, stream)
    os.replace(temporary, path)


# ---------------------------------------------------------------------------------------------- a later one


def _handed(given: list[str], deadline: float) -> bool:
    """Return whether the window there is has taken the paths. False too where it is not to be reached (yet)."""
    try:
        known = json.loads((paths.home() / _ADDRESS).read_text("utf-8"))
        address, token = known["address"], known["token"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    with _client() as knock:
        try:
            knock.settimeout(max(deadline - time.monotonic(), _AGAIN_S))
            knock.connect(address if isinstance(address, str) else tuple(address))
            knock.sendall(json.dumps({"token": token, "paths": given}).encode() + b"\n")
            knock.settimeout(max(deadline - time.monotonic(), _AGAIN_S))
            return knock.recv(16).startswith(b"taken")
        except (OSError, TypeError):
            return False


def _client() -> socket.socket:
    if sys.platform == "win32":
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    else:
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


def understood(line: bytes, token: str) -> list[Path] | None:
    """Return the paths that a later start has sent in one line; None where it is not of this user or makes no sense."""
    import hmac

    try:
        message = json.loads(line)
        if not hmac.compare_digest(str(message["token"]).encode(), token.encode()):
            return None
        return [Path(path) for path in message["paths"]]
    except (ValueError, KeyError, TypeError):
        return None
