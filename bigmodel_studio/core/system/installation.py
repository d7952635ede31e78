"""Signatures of this installation on its own files: HMAC-SHA256 (RFC 2104) by a secret that
stays in the home, readable by its owner alone. Who can read or write there needs no file to run code as the user.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from bigmodel_studio.core.system import locks, paths
from bigmodel_studio.core.system.files import fsync_folder

KEY_BYTES = 32
_WAIT_S = 10.0


def signature(data: bytes) -> str:
    """Return this installation's signature of ``data``, in hexadecimal digits. Raises ``OSError``."""
    return hmac.new(_key(), data, hashlib.sha256).hexdigest()


def has_signed(data: bytes, signed: str) -> bool:
    """Return whether ``signed`` is this installation's signature of ``data``. Raises ``OSError``."""
    return hmac.compare_digest(signature(data).encode(), signed.encode("utf-8", "replace"))


def _key() -> bytes:
    """Return the secret, made where there is none yet; a torn one (of a power cut) is none, and signs nothing."""
    path = paths.home() / "installation.key"
    with locks.lock(paths.home() / ".installation.lock", _WAIT_S):
        known = path.read_bytes() if path.exists() else b""
        return known if len(known) == KEY_BYTES else _made(path)


def _made(path: Path) -> bytes:
    key = os.urandom(KEY_BYTES)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    with open(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
    ) as out:
        out.write(key)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
    fsync_folder(path.parent)
    return key
