"""The Hugging Face Hub's cache on this disk: which models it has, how large they are, and what they lack.

The layout is the documented one (https://huggingface.co/docs/huggingface_hub/guides/manage-cache): in
``models--ORG--NAME/``, ``blobs/`` holds files by their hash, ``snapshots/REVISION/`` shows them under their names (as
links, or as copies where links cannot be made), and ``refs/`` says which revision ``main`` is. It is read here with the
standard library, for the client of the Hub takes longer to import than a whole cache to list. Nothing is written, no
network is used, and what is inside the files is others' business (``core.models.library``).
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from bigmodel_studio.core.models.weights import listed
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

RepoKind = Literal["model", "dataset"]
PREFIXES: dict[RepoKind, str] = {"model": "models--", "dataset": "datasets--"}
UNFINISHED = ".incomplete"
_ORGANISATION_AND_NAME = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", re.ASCII)
_HUB_ID = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?")


Stamp = tuple[tuple[str, int, int], ...]
"""Files by name, each with its size and when it was written (in ns)."""


class HubCopy(NamedTuple):
    """A repository in the cache. ``folder`` is all of it, ``snapshot`` the revision that is used (None: there is none).

    ``bytes`` are those on the disk, of all revisions, each blob once; ``last_used`` is when one of them was last read,
    by the file system (seconds since 1970); ``stamp`` changes when the files of the snapshot do; ``problem`` says why
    the copy is not whole.
    """

    id: str
    folder: Path
    snapshot: Path | None
    bytes: int
    last_used: float
    stamp: Stamp
    problem: Problem | None

    @property
    def revision(self) -> str:
        """The commit of the snapshot."""
        return self.snapshot.name if self.snapshot is not None else ""


def root() -> Path:
    """Return where huggingface_hub keeps downloads: HF_HUB_CACHE, else ``hub`` in HF_HOME, else in the user's cache."""
    chosen = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if chosen:
        return Path(os.path.expanduser(chosen))
    home = os.environ.get("HF_HOME") or f"{os.environ.get('XDG_CACHE_HOME') or '~/.cache'}/huggingface"
    return Path(os.path.expanduser(home), "hub")


def ids() -> Iterator[str]:
    """Yield the models in the cache, whole or not, by id."""
    try:
        prefix = PREFIXES["model"]
        names = [entry.name for entry in os.scandir(root()) if entry.name.startswith(prefix) and entry.is_dir()]
    except OSError:
        return
    for name in sorted(names, key=str.casefold):
        parts = name.removeprefix(prefix).split("--")
        if _HUB_ID.fullmatch("/".join(parts)):
            yield "/".join(parts)


def id_in(path: Path) -> str | None:
    """Return the id of the model that a folder or file in the cache is of; None for one that is elsewhere."""
    try:
        folder = path.relative_to(root()).parts[0]
    except (ValueError, IndexError):
        return None
    prefix = PREFIXES["model"]
    return folder.removeprefix(prefix).replace("--", "/") if folder.startswith(prefix) else None


def folder_of(name: str, kind: RepoKind = "model") -> Path | None:
    """Return the folder of a Hub id in the cache; None where it is not there, or is no id."""
    folder = _place(name, kind)
    return folder if folder is not None and folder.is_dir() else None


def may_be_id(text: str) -> bool:
    """Return whether a text may be ORGANISATION/NAME on the Hub: no path that begins with a dot or a stroke is."""
    return _ORGANISATION_AND_NAME.fullmatch(text) is not None and ".." not in text


def _place(name: str, kind: RepoKind = "model") -> Path | None:
    if not _HUB_ID.fullmatch(name) or ".." in name:
        return None
    return Path(f"{root()}/{PREFIXES[kind]}{name.replace('/', '--')}")


def look(name: str, revision: str | None = None) -> HubCopy:
    """Return what the cache has of a model, at a revision (``main`` by default, or the newest where there is no
    ``main``).

    Raises ``StudioError`` "model-unknown" where it has nothing, ``OSError`` where it cannot be read.
    """
    folder = _place(name)
    revisions = _revisions(folder) if folder is not None else []
    if folder is None or (not revisions and not folder.is_dir()):
        raise StudioError("model-unknown", model=name, near="")
    snapshot = _chosen(folder, revisions, revision)
    contents = _Contents()
    _see_blobs(f"{folder}/blobs", contents)
    for name_of_revision in revisions:
        _see_snapshot(f"{folder}/snapshots/{name_of_revision}", contents, used=name_of_revision == snapshot)
    return HubCopy(
        id=name,
        folder=folder,
        snapshot=folder / "snapshots" / snapshot if snapshot is not None else None,
        bytes=sum(contents.sizes.values()),
        last_used=contents.last_used,
        stamp=tuple(sorted(contents.files)),
        problem=_problem(name, snapshot, contents),
    )


# ---------------------------------------------------------------------------------------------- what is seen


class _Contents:
    """What is found on the way through a repository's folder."""

    def __init__(self) -> None:
        self.blobs: dict[str, tuple[int, int]] = {}
        self.files: list[tuple[str, int, int]] = []
        """Those of the snapshot that is used, and that are there."""
        self.unfinished: dict[str, int] = {}
        self.sizes: dict[tuple[int, int], int] = {}
        """By device and inode, so that what has two names counts once."""
        self.missing: list[str] = []
        self.last_used = 0.0

    def count(self, path: str) -> tuple[int, int]:
        """Count a file; its size, and when it was written. Raises ``OSError``."""
        stat = os.stat(path)
        self.sizes[stat.st_dev, stat.st_ino] = stat.st_size
        self.last_used = max(self.last_used, stat.st_atime)
        return stat.st_size, stat.st_mtime_ns


def _see_blobs(folder: str, contents: _Contents) -> None:
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # a link to nothing is missed by what needs it
                counted = contents.count(entry.path)
                if entry.name.endswith(UNFINISHED):
                    contents.unfinished[entry.name] = counted[0]
                else:
                    contents.blobs[entry.name] = counted


def _see_snapshot(folder: str, contents: _Contents, *, used: bool, below: str = "") -> None:
    """Look at a snapshot. ``used``: whether it is the one that is used, whose files are wanted by name."""
    with os.scandir(folder) as entries:
        for entry in entries:
            linked = entry.is_symlink()
            if not linked and entry.is_dir():
                _see_snapshot(entry.path, contents, used=used, below=f"{below}{entry.name}/")
                continue
            blob = contents.blobs.get(os.readlink(entry.path).rpartition("/")[2]) if linked else None
            try:
                size, written = blob or contents.count(entry.path)
            except FileNotFoundError:
                if used:
                    contents.missing.append(below + entry.name)
            else:
                if used:
                    contents.files.append((below + entry.name, size, written))


def _problem(name: str, snapshot: str | None, contents: _Contents) -> Problem | None:
    left = {part: size for part, size in contents.unfinished.items() if part.partition(".")[0] not in contents.blobs}
    if left:
        size = numbers.size(sum(left.values()))
        return Problem(code="hub-unfinished", arguments={"model": name, "size": size})
    if snapshot is None:
        return Problem(code="hub-empty", arguments={"model": name})
    if contents.missing:
        return Problem(code="hub-files-missing", arguments={"model": name, "files": listed(sorted(contents.missing))})
    return None


def _revisions(folder: Path) -> list[str]:
    """Return the names of the snapshots."""
    try:
        with os.scandir(f"{folder}/snapshots") as entries:
            return [entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _chosen(folder: Path, revisions: list[str], revision: str | None) -> str | None:
    """Return the snapshot that a revision means: ``refs/`` say where names lead; a commit is its own name."""
    wanted = revision or "main"
    if ".." in wanted or wanted.startswith("/") or set(wanted) & set("\\\0"):
        return None
    with contextlib.suppress(OSError, UnicodeDecodeError), open(f"{folder}/refs/{wanted}", encoding="ascii") as stream:
        wanted = stream.read(200).strip()
    if wanted in revisions:
        return wanted
    if revision is not None:
        return None
    return max(revisions, key=lambda name: os.stat(f"{folder}/snapshots/{name}").st_mtime, default=None)
