"""The window as a process: it opens, ends when asked to, leaves nothing behind, and says when there is no display."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bigmodel_studio.ui.window import display

_RUN = [sys.executable, "-c", "import sys; from bigmodel_studio.app import main; sys.exit(main())"]


@pytest.mark.skipif(sys.platform != "linux", reason="displays are asked about on Linux only")
@pytest.mark.parametrize(
    ("shown", "why"), [("", "DISPLAY"), (":4711", "does not answer"), ("127.0.0.1:4711", "does not answer")]
)
def test_without_a_display_it_says_so(repository: Path, shown: str, why: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")}
    environment["DISPLAY"] = shown
    ended = subprocess.run(_RUN, cwd=repository, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[0].startswith("error: no window can be opened")
    assert why in ended.stderr
    assert "hint:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_platform_without_a_display_is_no_problem() -> None:
    assert display.why_not({"QT_QPA_PLATFORM": "offscreen"}) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be caught")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_it_cleanly(repository: Path, home: Path, how: signal.Signals) -> None:
    """The session is saved on the way out; ``nothing_left_running`` looks for the engine."""
    window = subprocess.Popen(_RUN, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    log = home / "logs" / "engine-interactive.log"
    while window.poll() is None and not log.exists():
        time.sleep(0.02)
    window.send_signal(how)
    said, _ = window.communicate(timeout=60)
    assert window.returncode == 0, said
    assert "Traceback" not in said
    assert 'page = "chat"' in (home / "settings.toml").read_text("utf-8")


def test_the_window_never_loads_what_the_first_paint_does_not_need(repository: Path) -> None:
    code = (
        "import sys\n"
        "from bigmodel_studio.app import Application\n"
        "made = Application([])\n"
        "made.application.processEvents()\n"
        "made.window.close()\n"
        "made.close()\n"
        "print([name for name in ('torch', 'transformers', 'numpy', 'PIL') if name in sys.modules])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def test_what_takes_long_waits_for_the_first_paint(repository: Path) -> None:
    """The page asks for its model at once; the engine starts, and runs are looked at, when the window is there."""
    code = (
        "from bigmodel_studio.app import Application\n"
        "made, seen = Application([]), {}\n"
        "def note(name): seen.setdefault(name, made.window._painted)\n"
        "made.lane.state_changed.connect(lambda state: note('engine'))\n"
        "made.runs.runs_changed.connect(lambda runs: note('runs'))\n"
        "while len(seen) < 2:\n"
        "    made.application.processEvents()\n"
        "made.window.close()\n"
        "made.close()\n"
        "print(seen['engine'], seen['runs'])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout.splitlines()[-1] == "True True"
