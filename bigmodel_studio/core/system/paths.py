"""Where the application keeps things. ``BIGMODEL_STUDIO_HOME`` moves everything it writes but the Hub cache."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

import platformdirs

from bigmodel_studio.protocol import Problem

HOME_VARIABLE = "BIGMODEL_STUDIO_HOME"
_SHOWN = 200
"""Characters of a path that are shown."""


def home() -> Path:
    """Return the folder that holds everything the application writes (not created here)."""
    chosen = os.environ.get(HOME_VARIABLE)
    return (
        Path(chosen).expanduser().absolute()
        if chosen
        else platformdirs.user_data_path("BigModelStudio", appauthor=False)
    )


def settle() -> Problem | None:
    """Make the home. Where it cannot be a folder (a file is there, its name is too long, its place is read-only), use a
    temporary one from here on, in this process and those that it starts, and return why; None where the home will do.

    A home that is a folder but cannot be written is used as it is: what is in it can be read.
    """
    wanted = home()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        wanted.joinpath("conversations.sqlite3").lstat()  # a path can be too long for what lies in it
    except FileNotFoundError:
        return None
    except OSError as error:
        with contextlib.suppress(OSError):
            if wanted.is_dir() and error.errno != errno.ENAMETOOLONG:
                return None
        instead = tempfile.mkdtemp(prefix="bigmodel-studio-")
        os.environ[HOME_VARIABLE] = instead
        detail, path = error.strerror or str(error), str(wanted)
        path = path if len(path) <= _SHOWN else f"{path[:_SHOWN]}…"
        return Problem(code="home-unusable", arguments={"path": path, "detail": detail, "instead": instead})
    return None


def _made(path: Path) -> Path:
    """Return the folder, made where it can be: one that cannot is missing to whoever reads, and refuses whoever
    writes.
    """
    with contextlib.suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    return path


def runs() -> Path:
    """Return the folder of training runs, made where it is missing."""
    return _made(home() / "runs")


def logs() -> Path:
    """Return the folder of logs, made where it is missing."""
    return _made(home() / "logs")


def cache() -> Path:
    """Return what can be made again (token files, thumbnails), made where it is missing."""
    return _made(home() / "cache")


def trash() -> Path:
    """Return where removed things wait to be undone, made where it is missing."""
    return _made(home() / "trash")


def settings_file() -> Path:
    return home() / "settings.toml"


def conversations_file() -> Path:
    return home() / "conversations.sqlite3"


def resources() -> Path:
    """Return the shipped files: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def starters() -> Path:
    """Return the models trained by this project, one folder each."""
    return resources() / "starters"


def starter_runs() -> Path:
    """Return the run folders that made the starters (curves and samples, no checkpoints)."""
    return resources() / "runs"


def samples() -> Path:
    """Return data made by this project."""
    return resources() / "samples"


def sample_pictures() -> Path:
    """Return the folder of pictures that come with the application."""
    return samples() / "pictures"


def sample_text() -> Path:
    """Return the stories that this project made."""
    return samples() / "stories.txt"
