"""The manifest of a checkpoint: the size and the SHA-256 of every file of it, and this installation's signature of
them where they may be read by none but who wrote them.

That is so where several processes have written the trainer's state, each its part (torch's distributed checkpoints):
what says where each part lies is a pickle, which can run code when it is read. It is never read before ``check_own``.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from bigmodel_studio.core.runs.run_folder import MANIFEST
from bigmodel_studio.core.system import installation
from bigmodel_studio.core.system.files import fsync_folder, write_atomic
from bigmodel_studio.core.text.messages import StudioError

SHARED_STATE = "trainer"
"""The folder of a trainer's state in parts."""
PICKLE = f"{SHARED_STATE}/.metadata"
STATE_FILE = "trainer.safetensors"
"""A trainer's state in one file."""

_Files = dict[str, dict[str, Any]]


def seal(folder: Path) -> None:
    """Flush every file to disk, then write the manifest, and flush that. Raises ``OSError``."""
    entries: _Files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            entries[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": _hash(path)}
            with open(path, "rb+") as stream:
                os.fsync(stream.fileno())
    whole: dict[str, Any] = {"schema": 1, "files": entries}
    if PICKLE in entries:
        whole["signature"] = installation.signature(_signed_bytes(entries))
    with open(folder / MANIFEST, "w", encoding="utf-8") as manifest:
        json.dump(whole, manifest, indent=1)
        manifest.flush()
        os.fsync(manifest.fileno())
    for inner in [path for path in folder.rglob("*") if path.is_dir()]:
        fsync_folder(inner)
    fsync_folder(folder)


def drop_state(folder: Path) -> None:
    """Remove the trainer's state from a checkpoint, which stays whole at every moment of it. Raises ``OSError``, and
    ``StudioError`` "checkpoint-damaged" where there is no manifest.

    The manifest says first that there is none. Files are removed and none is written into: a fork's are links to them.
    """
    if not (folder / STATE_FILE).exists() and not (folder / SHARED_STATE).exists():
        return
    if has_state(folder):
        files, _ = _read(folder)
        kept = {name: entry for name, entry in files.items() if not _is_state(name)}
        whole = {"schema": 1, "files": kept, "trainer_state": False}
        write_atomic(folder / MANIFEST, json.dumps(whole, indent=1).encode())
    (folder / STATE_FILE).unlink(missing_ok=True)
    if (folder / SHARED_STATE).exists():
        shutil.rmtree(folder / SHARED_STATE)


def has_state(folder: Path) -> bool:
    """Return whether a checkpoint has the trainer's state still, or shall be read as if it had (no manifest, say)."""
    try:
        return json.loads((folder / MANIFEST).read_bytes()).get("trainer_state") is not False
    except (OSError, ValueError, AttributeError):
        return True


def _is_state(name: str) -> bool:
    return name == STATE_FILE or name.startswith(f"{SHARED_STATE}/")


def verify(folder: Path, under: str = "") -> None:
    """Raise ``StudioError`` "checkpoint-damaged" where a file is not as the manifest says; of those whose names begin
    with ``under``.
    """
    files, _ = _read(folder)
    try:
        for name, entry in files.items():
            path = folder / name
            if not name.startswith(under):
                continue
            if not path.is_file() or path.stat().st_size != entry["bytes"] or _hash(path) != entry["sha256"]:
                raise StudioError("checkpoint-damaged", path=str(path), detail="its contents are not what was saved")
    except (OSError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error


def verify_model(folder: Path) -> None:
    """Raise ``StudioError`` "checkpoint-damaged" where what a model is loaded from is not as the manifest says: every
    file but the trainer's state. A folder without a manifest is no checkpoint, and passes.

    A file is hashed once in this process for each size and time that it had.
    """
    if not (folder / MANIFEST).is_file():
        return
    files, _ = _read(folder)
    if not files:
        raise _unreadable(folder, ValueError("it names no file"))
    try:
        for name, entry in files.items():
            if name.startswith(SHARED_STATE):
                continue
            path = folder / name
            if not path.is_file() or path.stat().st_size != entry["bytes"] or _hash_once(path) != entry["sha256"]:
                raise StudioError("checkpoint-damaged", path=str(path), detail="its contents are not what was saved")
    except (OSError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error
    unlisted = [path.name for path in folder.glob("*.safetensors") if path.name not in files]
    if any(not name.startswith(SHARED_STATE) for name in unlisted):
        raise _unreadable(folder, ValueError(f"it lacks {unlisted[0]}"))


def check_own(folder: Path) -> None:
    """Raise ``StudioError`` "checkpoint-foreign" where the trainer's state is in parts that this installation has not
    signed, and "checkpoint-damaged" where there is no manifest. Reads nothing but that. A state that the manifest says
    is removed passes: nobody reads it (``has_state``).
    """
    if not (folder / PICKLE).exists() or not has_state(folder):
        return
    files, signed = _read(folder)
    if PICKLE not in files or not installation.has_signed(_signed_bytes(files), signed):
        raise StudioError("checkpoint-foreign", path=str(folder))


def _read(folder: Path) -> tuple[_Files, str]:
    """Return the files, and the signature ("" where there is none)."""
    try:
        whole = json.loads((folder / MANIFEST).read_bytes())
        files, signed = dict(whole["files"]), str(whole.get("signature", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(folder, error) from error
    return files, signed


def _unreadable(folder: Path, error: Exception) -> StudioError:
    return StudioError("checkpoint-damaged", path=str(folder), detail=f"its manifest: {error}")


def _signed_bytes(files: _Files) -> bytes:
    return json.dumps(files, sort_keys=True, separators=(",", ":")).encode()


def _hash_once(path: Path) -> str:
    stat = path.stat()
    return _remembered(path.absolute(), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


@functools.lru_cache(maxsize=4096)
def _remembered(path: Path, *_state: int) -> str:
    return _hash(path)


def _hash(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
