"""Where the application keeps things. ``BIGMODEL_STUDIO_HOME`` moves everything it writes but the Hub cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder that holds everything the application writes (not created here)."""
    chosen = os.environ.get("BIGMODEL_STUDIO_HOME")
    return (
        Path(chosen).expanduser().absolute()
        if chosen
        else platformdirs.user_data_path("BigModelStudio", appauthor=False)
    )


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def runs() -> Path:
    """The folder of training runs, made where it is missing."""
    return _made(home() / "runs")


def logs() -> Path:
    """The folder of logs, made where it is missing."""
    return _made(home() / "logs")


def cache() -> Path:
    """What can be made again (token files, thumbnails), made where it is missing."""
    return _made(home() / "cache")


def trash() -> Path:
    """Where removed things wait to be undone, made where it is missing."""
    return _made(home() / "trash")


def settings_file() -> Path:
    return home() / "settings.toml"


def conversations_file() -> Path:
    return home() / "conversations.sqlite3"


def resources() -> Path:
    """The shipped files: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def starters() -> Path:
    """The models trained by this project, one folder each."""
    return resources() / "starters"


def starter_runs() -> Path:
    """The run folders that made the starters (curves and samples, no checkpoints)."""
    return resources() / "runs"


def samples() -> Path:
    """Data made by this project."""
    return resources() / "samples"


def sample_text() -> Path:
    """The stories that this project made."""
    return samples() / "stories.txt"
