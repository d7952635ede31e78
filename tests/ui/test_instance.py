"""Two windows are one, with real processes: later starts hand their files over and end; a kill leaves nothing stuck."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bigmodel_studio.core.system.settings import SettingsStore

_START = (
    "import sys; from pathlib import Path; from bigmodel_studio.app import main;"
    " sys.exit(main([Path(a) for a in sys.argv[1:]]))"
)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ended with POSIX signals")


class Window:
    """A window in a process of its own."""

    def __init__(self, repository: Path, home: Path) -> None:
        self.home = home
        self.process = subprocess.Popen([sys.executable, "-c", _START], cwd=repository, stdin=subprocess.DEVNULL)
        self.wait_for(home / "logs" / "engine-interactive.log")

    def wait_for(self, path: Path) -> None:
        deadline = time.monotonic() + 60
        while not path.exists() and time.monotonic() < deadline:
            assert self.process.poll() is None
            time.sleep(0.02)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(60)


def _later(repository: Path, *paths: str) -> int:
    command = [sys.executable, "-c", _START, *paths]
    return subprocess.run(command, cwd=repository, timeout=60, check=False).returncode


def test_two_windows_are_one_and_a_third_start_with_a_file_opens_it_there(repository: Path, home: Path) -> None:
    window = Window(repository, home)
    assert _later(repository) == 0
    picture = next((repository / "resources" / "samples" / "pictures").glob("*.png"))
    assert _later(repository, str(picture.relative_to(repository))) == 0
    assert window.process.poll() is None
    assert window.end(signal.SIGTERM) == 0
    assert SettingsStore().values.session.page == "images"
    assert not (home / "logs" / "window.open").exists()


def test_one_that_hangs_is_not_waited_for(repository: Path, home: Path) -> None:
    """The later start opens a window of its own, and says why there are two."""
    window = Window(repository, home)
    psutil.Process(window.process.pid).suspend()
    began = time.monotonic()
    beside = subprocess.Popen([sys.executable, "-c", _START], cwd=repository, stdin=subprocess.DEVNULL)
    log = home / "logs" / "window.log"
    while (
        "problem: window-hangs" not in log.read_text("utf-8")
        and beside.poll() is None
        and time.monotonic() < began + 60
    ):
        time.sleep(0.02)
    beside.send_signal(signal.SIGTERM)
    assert beside.wait(60) == 0
    assert (home / "logs" / "window.open").exists()  # the mark of the first, which lives
    psutil.Process(window.process.pid).resume()
    assert window.end(signal.SIGTERM) == 0
    assert not (home / "logs" / "window.open").exists()


def test_a_killed_window_is_followed_by_one_that_says_so(repository: Path, home: Path) -> None:
    window = Window(repository, home)
    window.process.kill()
    window.process.wait(60)
    assert (home / "logs" / "window.open").exists()
    (home / "logs" / "engine-interactive.log").unlink()
    again = Window(repository, home)
    assert _later(repository) == 0
    assert again.end(signal.SIGTERM) == 0
    assert not (home / "logs" / "window.open").exists()
