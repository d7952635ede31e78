"""Private files stay private: other users of this computer cannot read what the application keeps in its home.

The home is 0700 and its files are 0600, those of older versions as well. What the Hub's cache holds is shared as the
user has it: processes that may use the network restore the user's own mask. On Windows the profile's folder is private
already.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from bigmodel_studio.core.system import paths

_USERS_MASK = "BIGMODEL_STUDIO_UMASK"
"""In the environment of our processes: the mask that the user's files are made with."""
_OURS = (
    *("runs", "logs", "cache", "trash", "uses", "datasets", "drawn-pictures", "pasted", "kernels"),
    *("settings.*", "conversations.*", "downloads.json", "library.json", "installation.key", ".*.lock"),
)
"""Names in the home that this application makes; what else lies there is the user's."""
_FOLDERS = 0o700
_FILES = 0o600


def begin() -> None:
    """Have this process and those that it starts make private files, and correct those that are not."""
    if sys.platform == "win32":
        return
    users = os.umask(0o077)
    os.environ.setdefault(_USERS_MASK, f"{users:03o}")
    correct(paths.home())


def share_as_the_user_does() -> None:
    """Make files as the user's other programs make them: for a process that writes into the Hub's cache."""
    with contextlib.suppress(ValueError):
        os.umask(int(os.environ.get(_USERS_MASK, ""), 8))


def correct(home: Path) -> None:
    """Take other users' rights from the home and what is ours in it. Folders below are walked where it was open."""
    try:
        found = home.lstat()
    except OSError:
        return
    if not stat.S_ISDIR(found.st_mode) or home.absolute() in (Path.home(), Path(home.anchor)):
        return
    was_open = bool(found.st_mode & 0o077)
    if was_open:
        _limit(home, _FOLDERS)
    for pattern in _OURS:
        for path in home.glob(pattern):
            for each in _walk(path, deep=was_open or path.name == "logs"):
                _limit(each, _FOLDERS if each.is_dir() else _FILES)


def _walk(path: Path, *, deep: bool) -> Iterator[Path]:
    yield path
    if deep and path.is_dir() and not path.is_symlink():
        for folder, folders, files in os.walk(path):
            yield from (Path(folder, name) for name in (*folders, *files))


def _limit(path: Path, most: int) -> None:
    """Take what is not in ``most`` from a path's mode; links, and what belongs to others, stay."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        found = path.lstat()
        if not stat.S_ISLNK(found.st_mode) and found.st_uid == os.getuid() and found.st_mode & 0o777 & ~most:
            path.chmod(found.st_mode & most)
